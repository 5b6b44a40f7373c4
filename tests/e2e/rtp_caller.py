"""A caller by hand whose every RTP packet is the test's to choose, and the attackers beside it."""
import math
import re
import socket
import struct
import time

import sound
import srtp

SAMPLES = 160  # 20 ms at 8 kHz


def to_ulaw(sample):
    value, sign = min(abs(int(sample)), 32635) + 132, 0x80 if sample < 0 else 0
    exponent = value.bit_length() - 8
    return ~(sign | exponent << 4 | value >> (exponent + 3) & 15) & 0xFF


def from_ulaw(octet):
    octet = ~octet & 0xFF
    value = ((octet & 15) << 3 | 132) << (octet >> 4 & 7)
    return (132 - value if octet & 0x80 else value - 132) / 32768


def to_alaw(sample):
    value, sign = min(abs(int(sample)), 32767) >> 3, 0x00 if sample < 0 else 0x80
    exponent = max(0, value.bit_length() - 5)
    return (sign | exponent << 4 | value >> max(1, exponent) & 15) ^ 0x55


def from_alaw(octet):
    octet ^= 0x55
    exponent, value = octet >> 4 & 7, (octet & 15) << 4 | 8
    value = (value | 256) << (exponent - 1) if exponent else value
    return (value if octet & 0x80 else -value) / 32768


PCMU, PCMA = 0, 8  # payload types
LAWS = {PCMU: (to_ulaw, from_ulaw), PCMA: (to_alaw, from_alaw)}


class Voice:
    """Tones as RTP. `target` is where its packets go, `socket` where they come from."""

    def __init__(self, socket, target, hertz, ssrc, sequence=1000, protection=None):
        self.socket, self.target, self.ssrc, self.sequence, self.protection = socket, target, ssrc, sequence, protection
        self.at = 0
        self.sound(hertz)

    def sound(self, *hertz, payload_type=PCMU):
        """From the next packet on these tones at once; none of them is silence."""
        law = LAWS[payload_type][0]
        self.payload_type, level = payload_type, 12000 / max(1, len(hertz))
        self.period = bytes(law(level * sum(math.sin(2 * math.pi * h * i / 8000) for h in hertz)) for i in range(8000))

    def packet(self):
        first = self.at * SAMPLES % 8000
        head = struct.pack("!BBHII", 0x80, self.payload_type, self.sequence & 0xFFFF, self.at * SAMPLES, self.ssrc)
        packet = head + self.period[first:first + SAMPLES]
        self.sequence, self.at = self.sequence + 1, self.at + 1
        return self.protection.protect(packet) if self.protection else packet

    def send(self):
        packet = self.packet()
        self.socket.sendto(packet, self.target)
        return packet


def udp(ip, port=0):
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((ip, port))
    made.setblocking(False)
    return made


def udp_pair(ip):
    """RTP and RTCP on ports beside each other."""
    while True:
        rtp = udp(ip)
        port = rtp.getsockname()[1]
        try:
            if port % 2 == 0:
                return rtp, udp(ip, port + 1)
        except OSError:
            pass
        rtp.close()


def drain(sock):
    packets = []
    while True:
        try:
            packets.append(sock.recv(4096))
        except BlockingIOError:
            return packets


def pace(seconds, *each):
    """Calls each of `each` every 20 ms for so long."""
    began = time.monotonic()
    for i in range(int(seconds * 50)):
        for step in each:
            step()
        time.sleep(max(0.0, began + (i + 1) * 0.02 - time.monotonic()))


def playing_application(server, backend, folder, hertz):
    """Records both sides apart and plays a tone: no password, what is tested with it comes after the door."""
    tone = str(folder / "prompt.wav")
    sound.write_tone(tone, hertz, 40.0)
    backend.script(initiate={"raw": "<Response><StartRecording multiChannel='true'/><PlayAudio>/prompt.wav</PlayAudio></Response>"},
                   **{"prompt.wav": {"file": tone, "headers": {"Content-Type": "audio/wav"}}})
    return server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"],
                                   callInitiatedCallbackUrl=backend.url + "/initiate")


class Caller:
    """One call over UDP; `sdp_ip` is what it says of its media, `secure` an offer with SRTP."""

    def __init__(self, application, sdp_ip="127.0.0.1", secure=False):
        self.uri = application.uri()
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sip.bind(("127.0.0.1", 0))
        self.sip.settimeout(30)
        self.sip.connect(("127.0.0.1", application.server.sip_port))
        self.port = self.sip.getsockname()[1]
        self.rtp, self.rtcp = udp_pair("127.0.0.1")
        self.sdp_ip, self.cseq, self.tag, self.version = sdp_ip, 0, "", 0
        self.formats = "0"
        self.sdp_port = None  # other than that of the socket, as behind a NAT
        self.send_key = srtp.Direction() if secure else None
        self.receive_key = None
        self.heard = []  # packets, decrypted where they had to be
        self.bad_tags = 0

    def offer(self, direction="sendrecv"):
        self.version += 1
        keys = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{self.send_key.inline}\r\n" if self.send_key else ""
        return (f"v=0\r\no=- 1 {self.version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 {self.sdp_ip}\r\nt=0 0\r\n"
                f"m=audio {self.sdp_port or self.rtp.getsockname()[1]} RTP/{'SAVP' if self.send_key else 'AVP'} {self.formats}\r\n{keys}a={direction}\r\n")

    def request(self, method, body=""):
        text = (f"{method} {self.uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch=z9hG4bK{self.cseq}{method}\r\n"
                f"From: <sip:me@example.net>;tag=f\r\nTo: <{self.uri}>{self.tag}\r\nCall-ID: rtp-{self.port}\r\n"
                f"CSeq: {self.cseq} {method}\r\nMax-Forwards: 70\r\nContact: <sip:me@127.0.0.1:{self.port}>\r\n"
                + ("Content-Type: application/sdp\r\n" if body else "") + f"Content-Length: {len(body)}\r\n\r\n{body}")
        self.sip.send(text.encode())

    def answer_to(self, method):
        while True:
            message = self.sip.recv(65535).decode()
            if f"CSeq: {self.cseq} {method}" in message and not message.startswith("SIP/2.0 1"):
                return message

    def invite(self, direction="sendrecv"):
        """INVITE or re-INVITE, to the ACK. The server's RTP address is in `target` then."""
        answer = self.exchange("INVITE", self.offer(direction))
        self.request("ACK")
        return answer

    def invite_without_offer(self):
        """The server offers in its 200, and the ACK carries our answer."""
        offer = self.exchange("INVITE")
        self.request("ACK", self.offer())
        return offer

    def exchange(self, method, offer=""):
        self.cseq += 1
        self.request(method, offer)
        answer = self.answer_to(method)
        assert answer.startswith("SIP/2.0 200"), answer
        self.tag = ";tag=" + re.search(r"^To:.*;tag=(\S+)", answer, re.M).group(1)
        self.target = ("127.0.0.1", int(re.search(r"m=audio (\d+)", answer).group(1)))
        if self.send_key:
            inline = re.search(r"inline:([^|\s]+)", answer).group(1)
            if self.receive_key is None or self.receive_key.inline != inline:
                self.receive_key = srtp.Direction(inline)
        return answer

    def move(self, ip):
        """Other ports on another address, to be told by the next offer or answer. Returns the former RTP socket."""
        former, self.sdp_ip = self.rtp, ip
        self.rtp, self.rtcp = udp_pair(ip)
        return former

    def voice(self, hertz, ssrc=0xCAFE, sequence=1000):
        return Voice(self.rtp, self.target, hertz, ssrc, sequence, self.send_key)

    def listen(self):
        for packet in drain(self.rtp):
            if self.receive_key:
                packet = self.receive_key.unprotect(packet)
                if packet is None:
                    self.bad_tags += 1
                    continue
            self.heard.append(packet)

    def samples(self):
        return [LAWS[packet[1] & 0x7F][1](octet) for packet in self.heard for octet in packet[12:]]

    def payload_types(self):
        return {packet[1] & 0x7F for packet in self.heard}

    def bye(self):
        self.cseq += 1
        self.request("BYE")
        assert self.answer_to("BYE").startswith("SIP/2.0 200")


def rtcp_goodbye(ssrc):
    """A receiver report of nothing, and BYE (RFC 3550 sections 6.4.2 and 6.6)."""
    return struct.pack("!BBHI", 0x80, 201, 1, ssrc) + struct.pack("!BBHI", 0x81, 203, 1, ssrc)
