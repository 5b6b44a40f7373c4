"""Media that an offer and answer moves: another port, address and codec in mid-call. Asserted by what is heard there."""
import struct

import pytest
import rtp_caller
import sound
from portico import wait_for
from rtp_caller import PCMA, PCMU, Caller, drain, pace

PROMPT = 1000  # Hz: what the server plays all the while
SSRC = 0xCAFE


@pytest.fixture(scope="module")
def application(server, backend, tmp_path_factory):
    return rtp_caller.playing_application(server, backend, tmp_path_factory.mktemp("tones"), PROMPT)


def talk(caller, voice, hertz, law, former=None):
    """A second of our tone and of the prompt, both by this law, at the caller's present ports and at no others."""
    voice.socket, voice.target = caller.rtp, caller.target
    voice.sound(hertz, payload_type=law)
    caller.heard.clear()
    wait_for("the prompt at the present port", lambda: pace(0.1, voice.send, caller.listen) or sound.level(caller.samples()) > 0.1)
    if former:
        drain(former)  # what was under way
    caller.heard.clear()
    pace(1.2, voice.send, caller.listen)
    assert sound.tone_seconds(caller.samples(), 8000, PROMPT) > 0.9
    assert caller.payload_types() == {law}
    assert former is None or drain(former) == [], "the server still speaks to the former port"


def recorded_tones(application, caller, *tones):
    caller.bye()
    rate, (party, ours) = application.next_recording()
    assert sound.tone_seconds(ours, rate, PROMPT) > 1.0
    return [sound.tone_seconds(party, rate, hertz) for hertz in tones]


def test_a_reinvite_and_then_an_update_move_port_address_and_codec(application):
    caller = Caller(application)
    caller.invite()
    voice = caller.voice(400)
    talk(caller, voice, 400, PCMU)
    former, caller.formats = caller.move("127.0.0.2"), "8"
    caller.invite()
    talk(caller, voice, 650, PCMA, former)
    former, caller.formats = caller.move("127.0.0.3"), "0"
    caller.exchange("UPDATE", caller.offer())
    talk(caller, voice, 1500, PCMU, former)
    assert min(recorded_tones(application, caller, 400, 650, 1500)) > 0.9


def test_the_answer_in_the_ack_to_a_late_offer_says_where_and_how(application):
    caller = Caller(application)
    caller.move("127.0.0.2")
    caller.formats = "8"
    assert "RTP/AVP 0 8" in caller.invite_without_offer(), "the answer shall not choose what came first"
    talk(caller, caller.voice(400), 400, PCMA)
    assert recorded_tones(application, caller, 400)[0] > 0.9


def test_who_answers_our_offer_with_two_codecs_may_send_either(application):
    caller = Caller(application)
    caller.formats = "8 0"
    caller.invite_without_offer()
    voice = caller.voice(400)
    for hertz, law in ((400, PCMU), (650, PCMA), (1500, PCMU)):
        voice.sound(hertz, payload_type=law)
        pace(1.2, voice.send, caller.listen)
    assert caller.payload_types() == {PCMA}
    assert min(recorded_tones(application, caller, 400, 650, 1500)) > 0.9


def test_a_caller_comes_back_from_a_hold_by_another_port_of_its_nat(application):
    caller = Caller(application, sdp_ip="10.0.0.5")
    caller.sdp_port = 4000
    caller.invite()
    voice = caller.voice(400)
    talk(caller, voice, 400, PCMU)
    caller.invite("inactive")
    former, _ = caller.rtp, drain(caller.rtp)
    caller.rtp, caller.rtcp = rtp_caller.udp_pair("127.0.0.1")
    caller.invite()
    talk(caller, voice, 650, PCMU, former)
    assert min(recorded_tones(application, caller, 400, 650)) > 0.9


def test_alaw_that_stands_first_is_spoken_both_ways(application):
    caller = Caller(application)
    caller.formats = "8 0"
    caller.invite()
    talk(caller, caller.voice(400), 400, PCMA)
    assert recorded_tones(application, caller, 400)[0] > 0.9


def test_sender_reports_tell_the_party_what_it_sent_and_what_was_lost(application):
    caller = Caller(application)
    caller.invite()
    voice = caller.voice(400, ssrc=SSRC, sequence=1000)
    pace(0.4, voice.send, caller.listen)
    for _ in range(7):
        voice.packet()  # lost on the way

    def report_of_loss():
        pace(0.2, voice.send, caller.listen)
        return next((packet for packet in drain(caller.rtcp) if packet[1] == 200 and packet[33:36] != bytes(3)), None)

    report = wait_for("a report of what was lost", report_of_loss, seconds=30)
    caller.listen()
    head, kind, words, ssrc, *_, sent, _ = struct.unpack("!BBHIIIIII", report[:28])
    assert (head >> 6, head & 31, kind) == (2, 1, 200), "a sender report with one block (RFC 3550 section 6.4.1)"
    (server_ssrc,) = {packet[8:12] for packet in caller.heard}
    assert ssrc == int.from_bytes(server_ssrc, "big") and 0 < sent <= len(caller.heard)
    block_ssrc, loss, highest, jitter, *_ = struct.unpack("!IIIIII", report[28:52])
    assert block_ssrc == SSRC and loss & 0xFFFFFF == 7
    assert 1000 + 20 <= highest < voice.sequence and jitter < 8000
    following = report[4 * (words + 1):]
    assert following[1] == 202 and following[4:8] == server_ssrc, "SDES with CNAME (section 6.5) makes it whole"
    assert following[8] == 1 and following[9] > 0
    recorded_tones(application, caller)
