"""Peers that keep every byte: a backend that stores requests as they came, and a caller that sends what it is told."""
import contextlib
import socket
import threading
import uuid


class Listener:
    """A TCP port of its own; each connection goes to `taken`, on the thread that accepts."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.taken(connection)

    def stop(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # the port stays open while accept() waits on it
        self.listener.close()


class RawBackend(Listener):
    """Answers each HTTP request by `document(path)`; `requests` holds the raw bytes of each."""

    def __init__(self, document=lambda path: b"<Response/>", headers=b"Content-Type: application/xml\r\n"):
        self.document, self.headers, self.requests = document, headers, []
        super().__init__()

    def taken(self, connection):
        threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        data = b""
        with connection:
            while True:
                while b"\r\n\r\n" not in data:
                    try:
                        more = connection.recv(65536)
                    except OSError:  # hung up on, as what swells is
                        return
                    if not more:
                        return
                    data += more
                head, data = data.split(b"\r\n\r\n", 1)
                length = 0
                for line in head.split(b"\r\n")[1:]:
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                while len(data) < length:
                    data += connection.recv(65536)
                body, data = data[:length], data[length:]
                self.requests.append((head, body))
                path = head.split(b" ")[1].split(b"?")[0].decode("latin-1")
                answer = self.document(path)
                if answer is None:
                    return
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n" + self.headers +
                                       b"Content-Length: %d\r\n\r\n" % len(answer) + answer)
                except OSError:
                    return


SDP = (b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 101\r\n"
       b"a=rtpmap:101 telephone-event/8000\r\n")


class RawCaller:
    """One INVITE over UDP with the header lines given as bytes; then ACK and BYE."""

    def __init__(self, server, application, source="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", server.sip_port))
        self.socket.settimeout(15)
        self.here = b"%s:%d" % (source.encode(), self.socket.getsockname()[1])
        self.contact = b"<sip:caller@" + self.here + b">"
        self.uri = f"sip:{application.user}@127.0.0.1:{server.sip_port}".encode()
        self.call_id = uuid.uuid4().hex.encode()
        self.branch = b"z9hG4bK" + uuid.uuid4().hex.encode()
        self.received = []

    def send(self, method, cseq, lines=(), body=b"", to_tag=b"", branch=None, from_field=b"<sip:caller@a.example>;tag=f"):
        head = [method + b" " + self.uri + b" SIP/2.0",
                b"Via: SIP/2.0/UDP " + self.here + b";branch=" + (branch or self.branch),
                b"From: " + from_field, b"To: <" + self.uri + b">" + to_tag, b"Call-ID: " + self.call_id,
                b"CSeq: %d " % cseq + method, b"Max-Forwards: 70", b"Contact: " + self.contact, *lines]
        if body and not any(line.startswith(b"Content-Type:") for line in lines):
            head.append(b"Content-Type: application/sdp")
        head.append(b"Content-Length: %d" % len(body))
        self.socket.send(b"\r\n".join(head) + b"\r\n\r\n" + body)

    def receive(self, want):
        """The next message whose first line holds one of `want`."""
        while True:
            message = self.socket.recv(65536)
            self.received.append(message)
            if any(w in message.split(b"\r\n", 1)[0] for w in want):
                return message

    def call(self, lines=(), from_field=b"<sip:caller@a.example>;tag=f"):
        """The final answer; a 200 is acknowledged."""
        self.send(b"INVITE", 1, lines, SDP, from_field=from_field)
        return self.take_answer(from_field)

    def take_answer(self, from_field=b"<sip:caller@a.example>;tag=f"):
        answer = self.receive([b" 2", b" 3", b" 4", b" 5", b" 6"])
        tag = b""
        for line in answer.split(b"\r\n"):
            if line.lower().startswith(b"to:") and b";tag=" in line:
                tag = b";tag=" + line.split(b";tag=")[1]
        ok = answer.startswith(b"SIP/2.0 2")
        self.send(b"ACK", 1, to_tag=tag, branch=b"z9hG4bKack" + self.call_id if ok else None, from_field=from_field)
        self.to_tag, self.from_field = tag, from_field
        return answer

    def bye(self):
        self.send(b"BYE", 2, to_tag=self.to_tag, branch=b"z9hG4bKbye" + self.call_id, from_field=self.from_field)
