"""Connections that are gone and addresses that do not answer: RFC 3261 section 18.2.2, RFC 3263 section 4.3."""
import collections
import contextlib
import json
import re
import socket
import ssl
import struct
import subprocess
import threading
import uuid

import pytest
from portico import BINARY, Server, in_mounts, wait_for
from raw import SDP, RawCaller
from sipp import free_port
from test_operations import certificate

DOMAIN = "sip.failover.test"
NAME_SERVER = "127.0.0.78"


@pytest.fixture(scope="module")
def server():
    running = Server("--domain", DOMAIN)
    yield running
    assert running.stop() == 0


class TcpCaller:
    """A phone that calls over TCP and listens at `sent_by`, byte by byte."""
    transport = "TCP"

    def __init__(self, server, application, address, port):
        self.sent_by = address if port == 5060 else f"{address}:{port}"
        self.uri = f"sip:{application.user}@127.0.0.1:{server.sip_port}"
        self.call_id = uuid.uuid4().hex
        self.contact = ""  # other than where it listens
        self.listener = socket.create_server((address, port))
        self.listener.settimeout(15)
        self.server = ("127.0.0.1", server.sip_port)
        self.socket = socket.create_connection(self.server, timeout=15, source_address=(address, 0))
        self.data = b""

    def send(self, method, cseq, body=b"", to_tag=""):
        head = [f"{method} {self.uri} SIP/2.0", f"Via: SIP/2.0/{self.transport} {self.sent_by};branch=z9hG4bK{method}{cseq}{self.call_id}",
                "From: <sip:caller@a.example>;tag=f", f"To: <{self.uri}>{to_tag}", f"Call-ID: {self.call_id}",
                f"CSeq: {cseq} {method}", "Max-Forwards: 70",
                f"Contact: <sip:caller@{self.contact or self.sent_by};transport={self.transport.lower()}>"]
        if body:
            head.append("Content-Type: application/sdp")
        head.append(f"Content-Length: {len(body)}")
        self.socket.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    def receive(self, start):
        """The next message that begins with `start`; those before it are passed over."""
        while True:
            while b"\r\n\r\n" not in self.data:
                more = self.socket.recv(65536)
                assert more, "the connection was closed"
                self.data += more
            head, rest = self.data.split(b"\r\n\r\n", 1)
            length = int([line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")][0].split(b":")[1])
            while len(rest) < length:
                rest += self.socket.recv(65536)
            self.data = rest[length:]
            if head.startswith(start.encode()):
                return head.decode()

    def connect_again(self):
        address = self.socket.getsockname()[0]
        self.lose_connection()
        self.socket = socket.create_connection(self.server, timeout=15, source_address=(address, 0))

    def lose_connection(self):
        self.socket.close()
        self.data = b""

    def be_connected_to(self):
        self.socket, peer = self.listener.accept()
        self.socket.settimeout(15)
        return peer


class TlsCaller(TcpCaller):
    """The same over TLS. It listens where it calls from, with a certificate of 127.0.0.1; its Via names `host`."""
    transport = "TLS"

    def __init__(self, server, application, address, identity, host):
        super().__init__(server, application, address, free_port())
        self.socket.close()
        self.sent_by = f"{host}:{self.listener.getsockname()[1]}"
        plain = socket.create_connection(("127.0.0.1", server.sips_port), timeout=15, source_address=(address, 0))
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        self.socket = trusting.wrap_socket(plain)
        self.identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.identity.load_cert_chain(*identity)

    def be_connected_to(self):
        peer = super().be_connected_to()
        self.socket = self.identity.wrap_socket(self.socket, server_side=True)
        return peer


@pytest.mark.parametrize("port", [None, 5060], ids=["port of sent-by", "default port"])
def test_an_answer_whose_connection_is_gone_goes_where_its_sender_listens(server, backend, port):
    caller = TcpCaller(server, slow_application(server, backend), "127.0.83.5", port or free_port())
    lose_the_connection_of_the_invite(caller)
    caller.be_connected_to()
    take_the_late_answer(caller, backend)


def slow_application(server, backend):
    backend.script(initiate={"delayMs": 1500, "raw": "<Response><Pause duration='20'/></Response>"})
    return server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"],
                                   callInitiatedCallbackUrl=backend.url + "/initiate",
                                   callStatusCallbackUrl=backend.url + "/status")


def lose_the_connection_of_the_invite(caller):
    caller.send("INVITE", 1, SDP)
    caller.receive("SIP/2.0 100")
    caller.lose_connection()


def take_the_late_answer(caller, backend):
    answer = caller.receive("SIP/2.0 200")
    assert f"Call-ID: {caller.call_id}" in answer and "1 INVITE" in answer
    tag = ";tag=" + answer.split("\r\nTo:")[1].split("\r\n")[0].split(";tag=")[1]
    caller.send("ACK", 1, to_tag=tag)
    caller.send("BYE", 2, to_tag=tag)
    assert "2 BYE" in caller.receive("SIP/2.0 200")
    assert backend.wait_event("disconnect")["cause"] == "hangup"
    caller.listener.close()


def test_over_tls_such_an_answer_is_told_only_to_who_shows_a_certificate_of_sent_by(backend, tmp_path):
    identity = certificate(tmp_path, "phone")
    server = Server(environment={"SSL_CERT_FILE": identity[0]})
    application = slow_application(server, backend)
    stranger = TlsCaller(server, application, "127.0.83.6", identity, "localhost")
    lose_the_connection_of_the_invite(stranger)
    with pytest.raises(ssl.SSLError):
        stranger.be_connected_to()
    stranger.listener.close()
    caller = TlsCaller(server, application, "127.0.83.7", identity, "127.0.0.1")
    lose_the_connection_of_the_invite(caller)
    caller.be_connected_to()
    take_the_late_answer(caller, backend)
    assert server.stop() == 0


def test_over_tls_a_request_goes_by_a_new_connection_to_who_shows_a_certificate_of_the_next_hop(backend, tmp_path):
    identity = certificate(tmp_path, "phone")
    server = Server(environment={"SSL_CERT_FILE": identity[0]})
    backend.script(initiate={"raw": "<Response><Pause duration='2'/></Response>"})
    application = server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"],
                                          callInitiatedCallbackUrl=backend.url + "/initiate")
    caller = TlsCaller(server, application, "127.0.83.8", identity, "127.0.0.1")
    caller.send("INVITE", 1, SDP)
    answer = caller.receive("SIP/2.0 200")
    caller.send("ACK", 1, to_tag=";tag=" + answer.split("\r\nTo:")[1].split("\r\n")[0].split(";tag=")[1])
    caller.lose_connection()  # as a proxy does with one that is idle
    caller.be_connected_to()
    bye = caller.receive("BYE ")
    assert f"Call-ID: {caller.call_id}" in bye and "SIP/2.0/TLS" in bye
    caller.listener.close()
    assert server.stop() == 0


def test_tls_takes_no_key_exchange_that_costs_the_server_more_than_its_caller(server):
    for group, taken in (("X25519", True), ("P-256", True), ("P-384", True), ("ffdhe2048", False), ("ffdhe8192", False)):
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{server.sips_port}", "-groups", group],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=15)
        assert (b"BEGIN CERTIFICATE" in done.stdout) == taken, group


class NameService:
    """Answers SRV and A questions as told, over UDP at NAME_SERVER."""

    def __init__(self, services, addresses, ttl=60):
        self.services, self.addresses, self.ttl = services, addresses, ttl
        self.asked = collections.Counter()  # for the address of a name
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAME_SERVER, 53))
        self.socket.settimeout(0.1)
        self.stopped = False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @staticmethod
    def _name(text):
        return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"

    def _records(self, name, kind):
        if kind == 33:
            return [struct.pack("!HHH", priority, 0, port) + self._name(target)
                    for priority, target, port in self.services.get(name, [])]
        return [socket.inet_aton(ip) for ip in self.addresses.get(name, [])] if kind == 1 else []

    def _serve(self):
        while not self.stopped:
            try:
                question, asker = self.socket.recvfrom(4096)
            except TimeoutError:
                continue
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]].decode().lower())
                at += 1 + question[at]
            kind = struct.unpack("!H", question[at + 1:at + 3])[0]
            self.asked[".".join(labels)] += kind == 1
            records = self._records(".".join(labels), kind)
            answer = question[:2] + struct.pack("!HHHHH", 0x8580, 1, len(records), 0, 0) + question[12:at + 5]
            for record in records:
                answer += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, self.ttl, len(record)) + record
            self.socket.sendto(answer, asker)

    def stop(self):
        self.stopped = True
        self.thread.join()
        self.socket.close()


def refusing_port(transport):
    """Where the first try fails: TCP is refused, TLS breaks in its handshake, UDP answers 407, then 503. Yields port and tries seen."""
    seen = []
    if transport == "tcp":
        return free_port(), seen, lambda: None
    if transport == "tls":
        listener = socket.create_server(("127.0.0.1", 0))

        def hang_up():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    seen.append(connection.recv(100))
                    connection.close()
        threading.Thread(target=hang_up, daemon=True).start()
        return listener.getsockname()[1], seen, listener.close
    busy = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    busy.bind(("127.0.0.1", 0))

    def refuse():
        with contextlib.suppress(OSError):
            while True:
                request, source = busy.recvfrom(65536)
                lines = request.decode().split("\r\n")
                seen.append(lines[0])
                if lines[0].startswith("INVITE"):
                    kept = [line for line in lines if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq")]
                    to = [line for line in lines if line.startswith("To:")][0] + ";tag=busy"
                    says = ["SIP/2.0 503 Service Unavailable"] if "\r\nProxy-Authorization:" in request.decode() else [
                        "SIP/2.0 407 Proxy Authentication Required", 'Proxy-Authenticate: Digest realm="first", nonce="n", qop="auth"']
                    busy.sendto("\r\n".join([*says, *kept, to, "Content-Length: 0", "", ""]).encode(), source)
    threading.Thread(target=refuse, daemon=True).start()
    return busy.getsockname()[1], seen, busy.close


@pytest.mark.parametrize("transport", ["tcp", "tls", "udp"])
def test_dial_goes_to_the_next_address_when_the_first_fails(server, backend, tmp_path, transport):
    """The resolver of `portico dial` is pointed at ours by a mount of its own."""
    backend.script(initiate={"raw": "<Response><Pause duration='1'/></Response>"})
    application = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                          callStatusCallbackUrl=backend.url + "/status")
    dead, tries, close = refusing_port(transport)
    service = {"tcp": "_sip._tcp.", "tls": "_sips._tcp.", "udp": "_sip._udp."}[transport] + DOMAIN
    alive = server.sips_port if transport == "tls" else server.sip_port
    names = NameService({service: [(10, "first." + DOMAIN, dead), (20, "second." + DOMAIN, alive)]},
                        {"first." + DOMAIN: ["127.0.0.1"], "second." + DOMAIN: ["127.0.0.1"]})
    resolv = tmp_path / "resolv.conf"
    resolv.write_text(f"nameserver {NAME_SERVER}\n")
    command = [*in_mounts(f"mount --bind {resolv} /etc/resolv.conf"), BINARY, "dial", f"sip:{application.user}@{DOMAIN}",
               "--transport", transport, "--json", "--trace", "--password", application.password]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    finally:
        names.stop()
        close()
    report = json.loads(done.stdout)
    assert report["status"] == 200 and report["hangupBy"] == "remote" and done.returncode == 0, (report, done.stderr)
    assert f"127.0.0.1:{dead}" in done.stderr.split(f"127.0.0.1:{alive}")[0], "the first was tried first"
    assert tries or transport == "tcp"
    # It calls from where the way to that address begins, not from where a default route does.
    assert "@127.0.0.1>;tag=" in done.stderr and "\nc=IN IP4 127.0.0.1" in done.stderr.replace("\r", "")
    assert backend.wait_event("disconnect")["cause"] == "hangup"


def test_a_hello_that_comes_in_pieces_is_waited_for(server):
    """TLS begins once its first record is whole; whoever is that slow is understood all the same."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing)
    with socket.create_connection(("127.0.0.1", server.sips_port), timeout=15) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def until_done(step):
            while True:
                try:
                    done = step()
                except ssl.SSLWantReadError:
                    done = None
                for byte in outgoing.read():
                    connection.sendall(bytes([byte]))
                if done is not None:
                    return done
                incoming.write(connection.recv(65536))

        until_done(lambda: client.do_handshake() or True)
        client.write(b"OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bKpieces\r\n"
                     b"From: <sip:a@a.example>;tag=f\r\nTo: <sip:127.0.0.1>\r\nCall-ID: pieces\r\nCSeq: 1 OPTIONS\r\n"
                     b"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n")
        assert until_done(lambda: client.read(65536)).startswith(b"SIP/2.0 200 ")


def test_requests_of_ours_follow_a_name_in_maddr(backend, tmp_path):
    """RFC 3263 section 4: it is looked up in place of the host, which here is an address that nobody listens at."""
    backend.script(initiate={"raw": "<Response><Pause duration='1'/></Response>"})
    names = NameService({}, {"phone." + DOMAIN: ["127.0.83.9"]})
    resolv = tmp_path / "resolv.conf"
    resolv.write_text(f"nameserver {NAME_SERVER}\n")
    server = Server(wrapper=in_mounts(f"mount --bind {resolv} /etc/resolv.conf"))
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.83.9", 0))
    listener.settimeout(15)
    try:
        application = server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"],
                                              callInitiatedCallbackUrl=backend.url + "/initiate")
        caller = RawCaller(server, application)
        port = listener.getsockname()[1]
        caller.contact = f"<sip:caller@127.0.83.8:{port};maddr=phone.{DOMAIN}>".encode()
        assert b" 200 " in caller.call().split(b"\r\n", 1)[0]
        assert listener.recv(65536).startswith(b"BYE ")
    finally:
        names.stop()
        listener.close()
        server.stop()


def test_a_next_hop_is_looked_up_for_another_name_and_not_for_another_connection(backend, tmp_path):
    """The caller may own the name server, and let nobody remember its answers."""
    first, second = "phone." + DOMAIN, "desk." + DOMAIN
    names = NameService({}, {first: ["127.0.83.10"], second: ["127.0.83.10"]}, ttl=0)
    resolv = tmp_path / "resolv.conf"
    resolv.write_text(f"nameserver {NAME_SERVER}\n")
    server = Server(wrapper=in_mounts(f"mount --bind {resolv} /etc/resolv.conf"))
    try:
        caller = TcpCaller(server, slow_application(server, backend), "127.0.83.10", free_port())
        port = caller.listener.getsockname()[1]
        caller.contact = f"{first}:{port}"
        caller.send("INVITE", 1, SDP)
        answer = caller.receive("SIP/2.0 200")
        tag = ";tag=" + answer.split("\r\nTo:")[1].split("\r\n")[0].split(";tag=")[1]
        caller.send("ACK", 1, to_tag=tag)
        wait_for("the question", lambda: names.asked[first] > 0)
        for cseq in range(2, 6):
            caller.connect_again()
            caller.send("OPTIONS", cseq, to_tag=tag)
            caller.receive("SIP/2.0 200")
        caller.contact = f"{second}:{port}"
        caller.send("UPDATE", 6, to_tag=tag)
        caller.receive("SIP/2.0 200")
        wait_for("the other question", lambda: names.asked[second] > 0)
        assert (names.asked[first], names.asked[second]) == (1, 1)
        caller.send("BYE", 7, to_tag=tag)
        assert "7 BYE" in caller.receive("SIP/2.0 200")
    finally:
        names.stop()
        server.stop()


def test_a_caller_who_names_many_hosts_has_one_looked_up_at_a_time(backend, tmp_path):
    """Each search may last minutes where the caller's name servers are silent, and all calls share the resolver."""
    resolv = tmp_path / "resolv.conf"
    resolv.write_text(f"nameserver {NAME_SERVER}\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((NAME_SERVER, 53))
        silent.setblocking(False)
        server = Server(wrapper=in_mounts(f"mount --bind {resolv} /etc/resolv.conf"))
        caller = TcpCaller(server, slow_application(server, backend), "127.0.83.12", free_port())
        port = caller.listener.getsockname()[1]
        caller.contact = f"phone1.{DOMAIN}:{port}"
        caller.send("INVITE", 1, SDP)
        tag = ";tag=" + caller.receive("SIP/2.0 200").split("\r\nTo:")[1].split("\r\n")[0].split(";tag=")[1]
        caller.send("ACK", 1, to_tag=tag)
        for cseq in range(2, 9):
            caller.contact = f"phone{cseq}.{DOMAIN}:{port}"
            caller.send("UPDATE", cseq, to_tag=tag)
            caller.receive("SIP/2.0 200")
        asked = set()
        with contextlib.suppress(BlockingIOError):
            while True:
                asked |= set(re.findall(rb"phone\d", silent.recv(4096)))
        assert asked == {b"phone1"}
        caller.send("BYE", 9, to_tag=tag)
        assert "9 BYE" in caller.receive("SIP/2.0 200")
        server.stop()


def test_webhooks_go_to_the_address_of_a_name_that_answers(backend, tmp_path):
    backend.script(initiate={"raw": "<Response><Pause duration='1'/></Response>"})
    port = int(backend.url.rsplit(":", 1)[1])
    names = NameService({}, {"backend." + DOMAIN: ["127.0.84.1", "127.0.0.1"]})
    resolv = tmp_path / "resolv.conf"
    resolv.write_text(f"nameserver {NAME_SERVER}\nsearch {DOMAIN}\n")
    server = Server(wrapper=in_mounts(f"mount --bind {resolv} /etc/resolv.conf"))
    try:
        with socket.socket() as silent, socket.socket() as waiting:
            silent.bind(("127.0.84.1", port))
            silent.listen(0)
            waiting.connect(("127.0.84.1", port))  # the queue is full: nobody else is answered
            application = server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"],
                                                  callInitiatedCallbackUrl=f"http://backend:{port}/initiate",
                                                  callStatusCallbackUrl=f"http://backend:{port}/status")
            assert b" 200 " in RawCaller(server, application).call().split(b"\r\n", 1)[0]
            assert backend.wait_event("disconnect")["cause"] == "hangup"
            assert names.asked["backend." + DOMAIN] == 1
    finally:
        names.stop()
        assert server.stop() == 0
