"""SIP as peers really behave: CANCEL at every point, offers that come late or again, routes, losses, session timers."""
import re
import socket
import struct
import time

import pytest
import rtp_caller
import sipp
from portico import Server, wait_for

WAITING = "<Response><Pause duration=\"40\"/></Response>"


@pytest.fixture(scope="module")
def server():
    running = Server("--digest-algorithms", "MD5,SHA-256")
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def application(server, backend):
    """No password: what is tested here comes after the door."""
    return server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"],
                                   callInitiatedCallbackUrl=backend.url + "/initiate",
                                   callStatusCallbackUrl=backend.url + "/status")


@pytest.fixture(params=["udp", "tcp", "tls"])
def transport(request):
    return request.param


def target(application, transport="udp"):
    return application.user, "127.0.0.1", application.server.sips_port if transport == "tls" else application.server.sip_port


def invite(body=None, headers=(), retrans=500):
    return [sipp.request("INVITE", 1, sipp.sdp() if body is None else body, headers, to_tag=False, retrans=retrans)]


def answered(body=None, headers=(), checks=()):
    return [*invite(body, headers), sipp.receive(100, optional=True), sipp.receive(200, record_route=True, checks=checks),
            sipp.request("ACK", 1, routes=True, uri="[next_url]")]


def cause_of_last_call(backend):
    return backend.wait_event("disconnect")["cause"]


@pytest.mark.parametrize("rule, ringing", [
    ({"silent": True}, False),                                                # while the backend thinks
    ({"raw": "<Response><Ring answerCall='false' duration='20'/></Response>"}, True),  # while it rings
])
def test_cancel_before_the_answer(application, backend, rule, ringing, transport):
    backend.script(initiate=rule)
    steps = [*invite(), sipp.receive(100)]
    steps += [sipp.receive(180)] if ringing else [sipp.pause(400)]
    back = len(steps)
    steps += [sipp.request("CANCEL", 1, to_tag=False, branch=f"[branch-{back}]"), sipp.receive(200),
              sipp.receive(487), sipp.request("ACK", 1, branch=f"[branch-{back + 3}]"), sipp.pause(100)]
    sipp.expect(steps, target(application, transport), transport=transport)
    assert cause_of_last_call(backend) == "cancel"
    assert len(backend.events("disconnect")) == 1


def test_cancel_after_the_answer_changes_nothing(application, backend, transport):
    backend.script(initiate={"raw": WAITING})
    steps = [*invite(), sipp.receive(100, optional=True), sipp.receive(200, record_route=True),
             sipp.request("CANCEL", 1, to_tag=False, branch="[branch-3]"), sipp.receive(200),
             sipp.request("ACK", 1, routes=True, uri="[next_url]"), sipp.pause(300), *sipp.bye(2)]
    sipp.expect(steps, target(application, transport), transport=transport)
    assert cause_of_last_call(backend) == "hangup"


def test_a_late_offer_gets_ours_in_the_200(application, backend, transport):
    backend.script(initiate={"raw": WAITING})
    steps = [*invite(""), sipp.receive(100, optional=True),
             sipp.receive(200, record_route=True, checks=("m=audio [0-9]+ RTP/AVP .*", "a=rtpmap:101 telephone-event")),
             sipp.request("ACK", 1, sipp.sdp(), routes=True, uri="[next_url]"), sipp.pause(300), *sipp.bye(2)]
    sipp.expect(steps, target(application, transport), transport=transport)


def test_alaw_first_is_answered_with_alaw(application, backend):
    backend.script(initiate={"raw": WAITING})
    sipp.expect([*answered(sipp.sdp(formats="8 0 101"), checks=("m=audio [0-9]+ RTP/AVP 8( 101)?",)), *sipp.bye(2)],
                target(application))


def test_a_private_address_behind_nat_is_taken_and_several_m_lines_are_refused_with_port_0(application, backend):
    backend.script(initiate={"raw": WAITING})
    body = sipp.sdp(ip="10.1.2.3") + "m=video 7000 RTP/AVP 99\na=rtpmap:99 H264/90000\n"
    sipp.expect([*answered(body, checks=("m=video 0 ",)), *sipp.bye(2)], target(application))


def test_a_reinvite_moves_the_media_and_changes_the_codec(application, backend, transport):
    backend.script(initiate={"raw": WAITING})
    moved = sipp.sdp(ip="127.0.0.2", formats="8 101", version=2)
    hold = sipp.sdp(formats="8 101", version=3).replace("a=ptime:20", "a=ptime:20\na=sendonly")
    steps = [*answered(),
             sipp.request("INVITE", 2, moved, routes=True, uri="[next_url]", retrans=500), sipp.receive(100, optional=True),
             sipp.receive(200, checks=("m=audio [0-9]+ RTP/AVP 8",)), sipp.request("ACK", 2, routes=True, uri="[next_url]"),
             sipp.request("INVITE", 3, hold, routes=True, uri="[next_url]", retrans=500), sipp.receive(100, optional=True),
             sipp.receive(200, checks=("a=recvonly",)), sipp.request("ACK", 3, routes=True, uri="[next_url]"),
             sipp.request("UPDATE", 4, sipp.sdp(formats="0 101", version=4), routes=True, uri="[next_url]", retrans=500),
             sipp.receive(200, checks=("m=audio [0-9]+ RTP/AVP 0",)),
             sipp.request("INVITE", 5, sipp.sdp(formats="18", version=5), routes=True, uri="[next_url]", retrans=500),
             sipp.receive(100, optional=True), sipp.receive(488, checks=("Warning: 305",)),
             sipp.request("ACK", 5, branch="[branch-3]", routes=True, uri="[next_url]"), *sipp.bye(6)]
    sipp.expect(steps, target(application, transport), transport=transport)


def test_our_bye_follows_the_record_routes(application, backend):
    """The routes lead back to the caller, so the BYE must come with both of them in order."""
    backend.script(initiate={"raw": "<Response><Pause duration=\"1\"/></Response>"})
    routes = ("Record-Route: <sip:[local_ip]:[local_port];lr>", "Record-Route: <sip:far@192.0.2.1;lr>")
    steps = [*answered(headers=routes),
             '<recv request="BYE" timeout="8000"><action>'
             '<ereg regexp="Route: .sip:127.0.0.1:[0-9]*;lr.*" search_in="msg" check_it="true" assign_to="r1"/>'
             '<ereg regexp="sip:far@192.0.2.1;lr" search_in="msg" check_it="true" assign_to="r2"/>'
             '</action></recv><Reference variables="r1,r2"/>', sipp.answer()]
    sipp.expect(steps, target(application))


class RawCaller:
    """A caller by hand, for what sipp never does: repeat answered requests, or leave a 200 without ACK."""

    def __init__(self, application):
        self.uri = application.uri()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(45)
        self.socket.connect(("127.0.0.1", application.server.sip_port))
        self.port = self.socket.getsockname()[1]
        self.offer = sipp.sdp(ip="127.0.0.1", port="7000").replace("\n", "\r\n")

    def send(self, method, cseq, branch, tag="", body=""):
        text = (f"{method} {self.uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch=z9hG4bK{branch}\r\n"
                f"From: <sip:me@example.net>;tag=f\r\nTo: <{self.uri}>{tag}\r\nCall-ID: by-hand-{self.port}\r\n"
                f"CSeq: {cseq} {method}\r\nMax-Forwards: 70\r\nContact: <sip:me@127.0.0.1:{self.port}>\r\n"
                + ("Content-Type: application/sdp\r\n" if body else "") + f"Content-Length: {len(body)}\r\n\r\n{body}")
        self.socket.send(text.encode())

    def receive(self):
        """The next message that is no 100."""
        while True:
            message = self.socket.recv(65535).decode()
            if not message.startswith("SIP/2.0 100"):
                return message


def test_a_lost_ack_repeats_the_200_and_ends_the_call_after_32_s(application, backend):
    backend.script(initiate={"raw": WAITING})
    caller = RawCaller(application)
    caller.send("INVITE", 1, "i", body=caller.offer)
    answers = 0
    while (message := caller.receive()).startswith("SIP/2.0 200"):
        answers += 1
    assert message.startswith("BYE ")
    # RFC 3261 section 13.3.1.4: T1, doubling to T2, for 64 * T1 makes 11; a late timer costs the last one.
    assert answers in (10, 11)
    assert cause_of_last_call(backend) == "error"
    assert "ACK" in backend.events("disconnect")[0]["errorMessage"]


def test_a_repeated_invite_and_bye_are_answered_from_memory(application, backend):
    backend.script(initiate={"raw": WAITING})
    caller = RawCaller(application)
    for _ in range(3):
        caller.send("INVITE", 1, "i", body=caller.offer)
    tag = ";tag=" + re.search(r"To:.*;tag=(\S+)", caller.receive()).group(1)
    caller.send("ACK", 1, "a", tag)
    caller.send("BYE", 2, "b", tag)
    caller.send("BYE", 2, "b", tag)
    byes = []
    while len(byes) < 2:
        message = caller.receive()
        if "CSeq: 2 BYE" in message:
            byes.append(message)
    assert all(message.startswith("SIP/2.0 200") for message in byes)
    wait_for("the end", lambda: backend.events("disconnect"))
    assert len(backend.events("initiate")) == 1 and len(backend.events("disconnect")) == 1


def test_a_request_of_an_unknown_dialog_is_481(application):
    sipp.expect([sipp.request("BYE", 1, to_tag=False).replace("To: <[service_uri]>", "To: <[service_uri]>;tag=nobody"),
                 sipp.receive(481)], target(application))


def test_a_session_timer_that_is_too_short_is_422_and_an_unrefreshed_session_is_ended(application, backend):
    backend.script(initiate={"raw": "<Response><Pause duration=\"300\"/></Response>"})
    sipp.expect([*invite(headers=("Supported: timer", "Session-Expires: 30")), sipp.receive(100, optional=True),
                 sipp.receive(422, checks=("Min-SE: 90",)), sipp.request("ACK", 1, branch="[branch-3]")], target(application))
    sipp.expect([*answered(headers=("Supported: timer", "Session-Expires: 90;refresher=uac"),
                           checks=("Session-Expires: 90;refresher=uac",)), *sipp.answer_bye(100000)],
                target(application), timeout=150)
    assert cause_of_last_call(backend) == "error"
    assert backend.events("disconnect")[0]["errorMessage"] == "the session timer ran out: the party did not refresh it"


def test_reliable_ringing_where_the_caller_demands_it(application, backend):
    backend.script(initiate={"raw": "<Response><Ring answerCall='false' duration='1'/><Pause duration='20'/></Response>"})
    prack = sipp.request("PRACK", 2, headers=("RAck: [$rseq] 1 INVITE",), uri="[next_url]", retrans=500)
    steps = [*invite(headers=("Require: 100rel",)), sipp.receive(100, optional=True),
             '<recv response="180" rrs="true"><action><ereg regexp="RSeq: *([0-9]+)" search_in="msg" check_it="true" '
             'assign_to="line,rseq"/></action></recv><Reference variables="line"/>',
             prack, sipp.receive(200), sipp.receive(200, record_route=True),
             sipp.request("ACK", 1, routes=True, uri="[next_url]"), *sipp.bye(3)]
    sipp.expect(steps, target(application))


def test_a_refer_of_the_caller_is_declined(application, backend):
    backend.script(initiate={"raw": WAITING})
    sipp.expect([*answered(), sipp.request("REFER", 2, headers=("Refer-To: <sip:x@example.net>",), routes=True, uri="[next_url]",
                                           retrans=500), sipp.receive(603), *sipp.bye(3)], target(application))


@pytest.mark.parametrize("content_type, body, digit", [
    ("application/dtmf-relay", "Signal=7\nDuration=160\n", "7"),
    ("application/dtmf-relay", "Signal=11\nDuration=160\n", "#"),
    ("application/dtmf", "5", "5"),
    ("application/dtmf", "10", "*"),
])
def test_a_digit_by_sip_info_reaches_the_gather(application, backend, content_type, body, digit):
    backend.script(initiate={"raw": "<Response><Gather gatherUrl='/menu' maxDigits='1'/></Response>"},
                   menu={"raw": "<Response><Hangup/></Response>"})
    info = sipp.request("INFO", 2, body, routes=True, uri="[next_url]", retrans=500).replace("application/sdp", content_type)
    sipp.expect([*answered(), sipp.pause(300), info, sipp.receive(200), *sipp.answer_bye()], target(application))
    assert backend.wait_event("gather")["digits"] == digit


def test_tones_of_a_caller_without_telephone_event_are_digits(application, backend):
    """Its offer has PCMU only, so keys come as sound: 4, 2, and # (ITU-T Q.23), 100 ms each."""
    backend.script(initiate={"raw": "<Response><Gather gatherUrl='/menu' terminatingDigits='#'/></Response>"},
                   menu={"raw": "<Response><Hangup/></Response>"})
    caller = rtp_caller.Caller(application)
    assert "telephone-event" not in caller.invite()
    voice = caller.voice(400)
    rtp_caller.pace(0.5, voice.send)  # speech is no digit
    for key in ((770, 1209), (697, 1336), (941, 1477)):
        voice.sound()
        rtp_caller.pace(0.2, voice.send)
        voice.sound(*key)
        rtp_caller.pace(0.1, voice.send)
    voice.sound()
    rtp_caller.pace(0.2, voice.send)
    event = backend.wait_event("gather")
    assert (event["digits"], event["terminatingDigit"]) == ("42", "#")
    assert cause_of_last_call(backend) == "hangup"


def test_digits_without_a_marker_bit_are_told_once_each(application, backend):
    """Some phones never set it: a digit is known by its time stamp (RFC 4733 section 2.5.1.2)."""
    backend.script(initiate={"raw": "<Response><Gather gatherUrl='/menu' maxDigits='3'/></Response>"},
                   menu={"raw": "<Response><Hangup/></Response>"})
    caller = RawCaller(application)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
        media.bind(("127.0.0.1", 0))
        caller.offer = caller.offer.replace("m=audio 7000", f"m=audio {media.getsockname()[1]}")
        caller.send("INVITE", 1, "i", body=caller.offer)
        message = caller.receive()
        caller.send("ACK", 1, "a", ";tag=" + re.search(r"To:.*;tag=(\S+)", message).group(1))
        peer = ("127.0.0.1", int(re.search(r"m=audio (\d+)", message).group(1)))
        for packet in range(90):  # 30 packets a digit: 10 of the event, its last three with the end bit; then silence
            digit, step = divmod(packet, 30)
            ends = step >= 7
            if step < 10:
                body = struct.pack("!BBH", 7 + digit // 2, 0x80 | 10 if ends else 10, min(step + 1, 8) * 160)
                head = struct.pack("!BBHII", 0x80, 101, packet, 160 * 30 * digit, 4711)
            else:
                body = b"\xff" * 160
                head = struct.pack("!BBHII", 0x80, 0, packet, 160 * packet, 4711)
            media.sendto(head + body, peer)
            time.sleep(0.02)
    assert backend.wait_event("gather")["digits"] == "778"
