"""A caller on a bad line: SIP over UDP by hand, and RTP of which packets are missing, late or doubled."""
import hashlib
import math
import random
import re
import socket
import struct
import time

FRAME = 160  # samples of 20 ms


def mu_law(sample):
    """One byte of PCMU (ITU-T G.711)."""
    magnitude = min(abs(sample), 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~((sample < 0) << 7 | exponent << 4 | (magnitude >> exponent + 3) & 15) & 0xFF


def tone_frames(hertz):
    """PCMU of one second, in frames."""
    coded = bytes(mu_law(int(16000 * math.sin(2 * math.pi * hertz * i / 8000))) for i in range(8000))
    return [coded[i:i + FRAME] for i in range(0, 8000, FRAME)]


def md5(*parts):
    return hashlib.md5(":".join(parts).encode()).hexdigest()


class LossyCall:
    def __init__(self, user, password, port, seed):
        self.user, self.password, self.uri = user, password, f"sip:{user}@127.0.0.1:{port}"
        self.server, self.random = ("127.0.0.1", port), random.Random(seed)
        self.sip, self.rtp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for one in (self.sip, self.rtp):
            one.bind(("127.0.0.1", 0))
        self.sip.settimeout(0.5)
        self.here = "127.0.0.1:%d" % self.sip.getsockname()[1]
        self.id = "%032x" % self.random.getrandbits(128)
        self.to, self.target = f"<{self.uri}>", self.uri
        self.heard = []  # sequence numbers of the server's packets

    def request(self, method, cseq, more="", body="", branch=None):
        branch = branch or f"{cseq}{method}"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (f"{method} {self.target} SIP/2.0\r\nVia: SIP/2.0/UDP {self.here};rport;branch=z9hG4bK{self.id}{branch}\r\n"
                f"From: <sip:lossy@127.0.0.1>;tag={self.id[:8]}\r\nTo: {self.to}\r\nCall-ID: {self.id}\r\n"
                f"CSeq: {cseq} {method}\r\nMax-Forwards: 70\r\nContact: <sip:lossy@{self.here}>\r\n{more}{kind}"
                f"Content-Length: {len(body)}\r\n\r\n{body}").encode()

    def exchange(self, message, seconds=16):
        """Sends until a final answer comes; (status, text)."""
        deadline, cseq = time.monotonic() + seconds, re.search(rb"CSeq: (.*)\r", message).group(1).decode()
        while time.monotonic() < deadline:
            self.sip.sendto(message, self.server)
            answer = self.await_answer(cseq, deadline)
            if answer:
                return answer
        return 0, ""

    def await_answer(self, cseq, deadline):
        provisional = False
        while time.monotonic() < deadline:
            try:
                text = self.sip.recv(8192).decode(errors="replace")  # whoever had the port before may be sent something
            except TimeoutError:
                if provisional:
                    continue
                return None
            if not text.startswith("SIP/2.0 ") or f"CSeq: {cseq}\r\n" not in text:
                continue
            if not text.startswith("SIP/2.0 1"):
                return int(text[8:11]), text
            provisional = True
        return None

    def proof(self, challenge):
        line = next(x for x in challenge.splitlines() if x.startswith("Proxy-Authenticate:") and "MD5" in x)
        nonce, realm = re.search('nonce="(.*?)"', line).group(1), re.search('realm="(.*?)"', line).group(1)
        cnonce = "%08x" % self.random.getrandbits(32)
        response = md5(md5(self.user, realm, self.password), nonce, "00000001", cnonce, "auth", md5("INVITE", self.uri))
        return (f'Proxy-Authorization: Digest username="{self.user}", realm="{realm}", nonce="{nonce}", uri="{self.uri}", '
                f'qop=auth, nc=00000001, cnonce="{cnonce}", response="{response}", algorithm=MD5\r\n')

    def run(self, seconds, hertz=700):
        """A whole call; a report like that of `portico dial`."""
        sdp = (f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
               f"m=audio {self.rtp.getsockname()[1]} RTP/AVP 0\r\n")
        status, text = self.exchange(self.request("INVITE", 1, body=sdp))
        if status == 407:
            ack = self.request("ACK", 1, branch="1INVITE").replace(b"To: " + self.to.encode(), b"To: " + field(text, "To").encode())
            self.sip.sendto(ack, self.server)
            started = time.monotonic()
            status, text = self.exchange(self.request("INVITE", 2, self.proof(text), sdp))
        if status != 200:
            return {"status": status}
        answered = time.monotonic()
        self.to = field(text, "To")
        self.target = re.search(r"<(.*?)>", field(text, "Contact")).group(1)
        self.sip.sendto(self.request("ACK", 2, branch="ack"), self.server)
        self.talk(("127.0.0.1", int(re.search(r"m=audio (\d+)", text).group(1))), seconds, hertz)
        status, _ = self.exchange(self.request("BYE", 3))
        # 481: the far end's own BYE was under way.
        return {"status": 200 if status in (200, 481) else status, "answerMs": int(1000 * (answered - started)),
                "rtp": {"received": len(self.heard), "lost": self.lost()}}

    def lost(self):
        """What is missing between the first and the last packet that came; what passes 65535 goes on behind it."""
        numbers = {(number - self.heard[0] + 0x8000) % 0x10000 for number in self.heard}
        return max(numbers) - min(numbers) + 1 - len(numbers) if numbers else 0

    def talk(self, to, seconds, hertz):
        """Every tenth packet is missing, some are doubled or change places, and once there is nothing for 300 ms."""
        frames, held = tone_frames(hertz), None
        start, count = time.monotonic(), int(seconds * 50)
        gap = self.random.randrange(count // 2, count)
        self.rtp.setblocking(False)
        for number in range(count):
            time.sleep(max(0.0, start + number * 0.02 - time.monotonic()))
            self.hear(to)
            luck = self.random.random()
            if luck < 0.1 or gap <= number < gap + 15:
                continue
            packet = struct.pack(">BBHII", 0x80, 0, number & 0xFFFF, number * FRAME, 0x50414B) + frames[number % 50]
            if luck < 0.15 and held is None:
                held = packet
                continue
            for one in [packet, held] if held else [packet] * (2 if luck > 0.97 else 1):
                self.rtp.sendto(one, to)
            held = None

    def hear(self, server):
        while True:
            try:
                packet, source = self.rtp.recvfrom(2048)
            except (BlockingIOError, ConnectionRefusedError):
                return
            if source == server:  # whoever had the port before may be sent something
                self.heard.append(int.from_bytes(packet[2:4], "big"))

    def close(self):
        self.sip.close()
        self.rtp.close()


def field(text, name):
    return next(line.split(": ", 1)[1] for line in text.split("\r\n") if line.startswith(name + ": "))
