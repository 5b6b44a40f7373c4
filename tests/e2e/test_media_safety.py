"""RTP inject and bleed on real sockets: what the server heard is asserted by tone, what it sent by who got it."""
import pytest
import rtp_caller
import sound
import srtp
from rtp_caller import Caller, Voice, drain, pace, udp

VOICE, NOISE, PROMPT = 400, 2000, 1000  # Hz: the party, the attacker, what the server plays
STRANGER = "127.0.0.66"


@pytest.fixture(scope="module")
def application(server, backend, tmp_path_factory):
    return rtp_caller.playing_application(server, backend, tmp_path_factory.mktemp("tones"), PROMPT)


class Counters:
    """What named counters have grown by."""

    def __init__(self, server):
        self.server, self.before = server, {}
        self.names = ('portico_media_drops_total{reason="%s"}', 'portico_rtp_drops_total{reason="%s"}',
                      "portico_media_sources_replaced_total%.0s")
        for reason in ("stranger", "other_source", "not_receiving", "rtcp_goodbye", "rtcp_stranger", "srtp_auth_failed",
                       "srtp_replayed", "sequence_jump", "replaced"):
            self.before[reason] = self.now(reason)

    def now(self, reason):
        unplaced = self.server.metric('portico_media_unplaced_packets_total{reason="stranger"}') if reason == "stranger" else 0
        if reason == "replaced":
            return self.server.metric("portico_media_sources_replaced_total")
        return unplaced + sum(self.server.metric(name % reason) for name in self.names[:2])

    def grown(self, reason):
        return self.now(reason) - self.before[reason]


def end(application, caller):
    """Hangs up; seconds of the party's and the attacker's tone that the server has recorded, and the last second."""
    caller.bye()
    rate, (samples, _) = application.next_recording()
    last = samples[-rate:]
    return {"voice": sound.tone_seconds(samples, rate, VOICE), "noise": sound.tone_seconds(samples, rate, NOISE),
            "trace": sound.share(last, rate, NOISE)}


def attacker_voice(caller, ip=STRANGER, ssrc=0x666, sequence=9000):
    return Voice(udp(ip), caller.target, NOISE, ssrc, sequence)


def test_a_stranger_who_guesses_the_port_is_not_heard_and_gets_nothing(server, application):
    """Before the call, before the party's first packet, beside it, and after its last."""
    counters = Counters(server)
    before = udp(STRANGER)
    probe = Caller(application)
    probe.invite()  # tells the port that the next call will have
    probe.bye()
    application.next_recording()
    early = Voice(before, probe.target, NOISE, 0x666)
    pace(0.2, early.send)
    caller = Caller(application)
    caller.invite()
    early.target = caller.target
    voice = caller.voice(VOICE)
    pace(0.5, early.send)
    pace(1.5, early.send, voice.send, caller.listen)
    pace(0.3, early.send)
    result = end(application, caller)
    assert result["voice"] > 1.2 and result["noise"] == 0 and result["trace"] < 0.01
    assert drain(before) == [], "the prompt bled to a stranger"
    assert sound.tone_seconds(caller.samples(), 8000, PROMPT) > 1.2
    assert counters.grown("stranger") >= 100


@pytest.mark.parametrize("case, sdp_ip, attacker_ip", [
    ("another port of the party's address", "127.0.0.1", "127.0.0.1"),
    ("a stranger, the party's SDP names an address behind a NAT", "10.9.8.7", STRANGER)])
def test_who_sends_first_gives_way_to_the_party(server, application, case, sdp_ip, attacker_ip):
    counters = Counters(server)
    caller = Caller(application, sdp_ip=sdp_ip)
    caller.invite()
    attacker = attacker_voice(caller, ip=attacker_ip)
    voice = caller.voice(VOICE)
    pace(0.4, attacker.send)
    pace(0.2, attacker.send, voice.send)
    drain(attacker.socket)
    drain(caller.rtp)
    pace(1.6, attacker.send, voice.send, caller.listen)
    bled = drain(attacker.socket)
    result = end(application, caller)
    assert bled == [], case
    assert result["voice"] > 1.3 and result["noise"] < 0.8 and result["trace"] < 0.01, case
    assert sound.tone_seconds(caller.samples(), 8000, PROMPT) > 1.2, case
    assert counters.grown("replaced") == 1 and counters.grown("stranger") >= 70


def test_a_second_stream_from_the_partys_own_address_is_not_heard_beside_it(server, application):
    """As spoofed packets arrive: from the right address, with another SSRC, and with the right one but other numbers."""
    counters = Counters(server)
    caller = Caller(application)
    caller.invite()
    voice = caller.voice(VOICE)
    pace(0.2, voice.send)
    other = Voice(caller.rtp, caller.target, NOISE, 0x666, 9000)
    same = Voice(caller.rtp, caller.target, NOISE, voice.ssrc, 40000)
    pace(1.6, voice.send, other.send, same.send)
    result = end(application, caller)
    assert result["voice"] > 1.3 and result["noise"] == 0 and result["trace"] < 0.01
    assert counters.grown("other_source") >= 70 and counters.grown("sequence_jump") >= 70


def test_a_forged_goodbye_ends_neither_the_media_nor_the_call(server, application):
    counters = Counters(server)
    caller = Caller(application)
    caller.invite()
    voice = caller.voice(VOICE)
    pace(0.3, voice.send)
    rtcp_port = (caller.target[0], caller.target[1] + 1)
    caller.rtcp.sendto(rtp_caller.rtcp_goodbye(voice.ssrc), rtcp_port)  # as if spoofed
    caller.rtp.sendto(rtp_caller.rtcp_goodbye(voice.ssrc), caller.target)
    stranger = udp(STRANGER)
    stranger.sendto(rtp_caller.rtcp_goodbye(voice.ssrc), rtcp_port)
    drain(caller.rtp)
    pace(1.5, voice.send, caller.listen)
    assert sound.tone_seconds(caller.samples(), 8000, PROMPT) > 1.2
    assert end(application, caller)["voice"] > 1.4
    assert counters.grown("rtcp_goodbye") >= 1 and counters.grown("rtcp_stranger") + counters.grown("stranger") >= 1


def test_srtp_takes_neither_wrong_tags_nor_replays_and_rolls_over(server, application):
    """The party's numbers pass 65535 in the middle; an attacker sends what it captured, from both addresses."""
    counters = Counters(server)
    caller = Caller(application, secure=True)
    caller.invite()
    voice = caller.voice(VOICE, sequence=65490)
    forged = Voice(udp(STRANGER), caller.target, NOISE, voice.ssrc, 65490, srtp.Direction())  # before the party
    pace(0.2, forged.send)
    spoofed = Voice(caller.rtp, caller.target, NOISE, voice.ssrc, 65500, srtp.Direction())
    clear = Voice(caller.rtp, caller.target, NOISE, voice.ssrc, 65500)

    def speak():
        captured = voice.send()
        caller.rtp.sendto(captured, caller.target)
        forged.socket.sendto(captured, caller.target)

    pace(2.0, speak, spoofed.send, clear.send, forged.send, caller.listen)
    assert voice.sequence > 65536 and caller.bad_tags == 0
    result = end(application, caller)
    assert result["voice"] > 1.6 and result["noise"] == 0 and result["trace"] < 0.01
    assert sound.tone_seconds(caller.samples(), 8000, PROMPT) > 1.6
    assert drain(forged.socket) == []
    assert counters.grown("srtp_auth_failed") >= 100 and counters.grown("srtp_replayed") >= 90


def test_the_roll_over_counter_lives_through_hold_and_starts_anew_with_new_keys(server, application):
    counters = Counters(server)
    caller = Caller(application, secure=True)
    caller.invite()
    voice = caller.voice(VOICE, sequence=65500)
    pace(1.0, voice.send, caller.listen)  # rolls over: the counter is 1 from here on
    first_key = caller.receive_key.inline
    caller.invite("sendonly")  # hold: the party plays us music, and we are silent
    pace(0.6, voice.send, caller.listen)
    caller.invite("sendrecv")
    assert caller.receive_key.inline == first_key, "the same keys both ways: the counters go on"
    caller.heard.clear()
    pace(1.0, voice.send, caller.listen)
    assert sound.tone_seconds(caller.samples(), 8000, PROMPT) > 0.7
    caller.send_key = voice.protection = srtp.Direction()  # new key, same stream: the counter is 0 again
    caller.invite()
    assert caller.receive_key.inline != first_key
    caller.heard.clear()
    caller.bad_tags = 0
    pace(1.2, voice.send, caller.listen)
    assert sound.tone_seconds(caller.samples(), 8000, PROMPT) > 0.9
    assert caller.bad_tags <= 2, "only what was under way with the old key"
    result = end(application, caller)
    assert result["voice"] > 3.5, "of 3.8 s: before, in and after the hold, and with the new key the party is heard"
    assert counters.grown("srtp_auth_failed") <= 2, "no packet of the party fails by a wrong counter"
