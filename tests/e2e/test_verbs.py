"""Each verb on a real call: the backend's BXML is written by bandwidth-sdk, what is heard is measured."""
import base64
import io
import os
import subprocess
import wave

import pytest
import rtp_caller
import sound
from portico import ACCOUNT, BINARY, http, wait_for

RATE_SLACK = 0.25  # seconds: prompts start and end on frame borders, and the far end's jitter buffer adds its own


@pytest.fixture(scope="module")
def application(server, backend):
    return server.make_application(
        applicationName="Verbs", callInitiatedCallbackUrl=backend.url + "/initiate",
        callStatusCallbackUrl=backend.url + "/status", callbackCreds={"userId": "app", "password": "backend-pw"})


@pytest.fixture(scope="module")
def tones(tmp_path_factory):
    """WAV files to be played: 440 Hz and 1 kHz."""
    folder = tmp_path_factory.mktemp("tones")
    paths = {}
    for hertz in (440, 1000):
        paths[hertz] = str(folder / f"{hertz}.wav")
        sound.write_tone(paths[hertz], hertz, 2.0, rate=16000)
    return paths


def audio(path, content_type="audio/wav"):
    return {"file": path, "headers": {"Content-Type": content_type}}


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def heard(path):
    rate, (samples,) = sound.read_wav(path)
    return rate, samples


def test_play_audio_is_heard_with_its_pitch_and_length(application, backend, tones, tmp_path):
    backend.script(initiate={"verbs": [["PlayAudio", "/tone.wav"]]}, **{"tone.wav": audio(tones[440])})
    record = str(tmp_path / "heard.wav")
    report = application.dial("--record", record)
    assert report["hangupBy"] == "remote" and report["codec"] == "PCMU"
    rate, samples = heard(record)
    assert abs(sound.tone_seconds(samples, rate, 440) - 2.0) < RATE_SLACK


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722", "opus"])
def test_every_codec_carries_the_tone_both_ways(application, backend, tones, tmp_path, codec):
    backend.script(initiate={"verbs": [["PlayAudio", "/tone.wav"],
                                       ["Record", {"maxDuration": 2, "recordingAvailableUrl": "/available"}]]},
                   **{"tone.wav": audio(tones[1000])})
    record, say = str(tmp_path / "heard.wav"), str(tmp_path / "say.wav")
    sound.write_tone(say, 600, 6.0)
    report = application.dial("--codec", codec, "--record", record, "--play", say)
    assert report["codec"] == codec
    rate, samples = heard(record)
    assert sound.tone_seconds(samples, rate, 1000) > 1.7
    event = backend.wait_event("recordingAvailable")
    rate, (recorded,) = fetch_recording(application, event)
    assert sound.tone_seconds(recorded, rate, 600) > 1.6, "our side of the call was not recorded"


def fetch_recording(application, event):
    path = event["mediaUrl"].removeprefix(application.server.http)
    status, raw = application.server.api("GET", path)
    assert status == 200, raw
    with wave.open(io.BytesIO(raw)) as file:
        assert file.getsampwidth() == 2
    target = os.path.join(application.server.data, "fetched.wav")
    with open(target, "wb") as out:
        out.write(raw)
    return sound.read_wav(target)


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_the_same_over_tcp_and_tls(application, backend, tones, tmp_path, transport):
    backend.script(initiate={"verbs": [["PlayAudio", "/tone.wav"]]}, **{"tone.wav": audio(tones[440])})
    record = str(tmp_path / "heard.wav")
    report = application.dial("--record", record, transport=transport)
    assert report["status"] == 200
    rate, samples = heard(record)
    assert sound.tone_seconds(samples, rate, 440) > 1.7


def test_srtp_carries_the_tone(application, backend, tones, tmp_path):
    backend.script(initiate={"verbs": [["PlayAudio", "/tone.wav"]]}, **{"tone.wav": audio(tones[440])})
    record = str(tmp_path / "heard.wav")
    application.dial("--srtp", "--record", record)
    rate, samples = heard(record)
    assert sound.tone_seconds(samples, rate, 440) > 1.7


def test_mp3_is_played(application, backend, tones, tmp_path):
    mp3 = str(tmp_path / "tone.mp3")
    assert os.system(f"sox {tones[440]} {mp3}") == 0
    backend.script(initiate={"verbs": [["PlayAudio", "/tone.mp3"]]}, **{"tone.mp3": audio(mp3, "audio/mpeg")})
    record = str(tmp_path / "heard.wav")
    application.dial("--record", record)
    rate, samples = heard(record)
    assert sound.tone_seconds(samples, rate, 440) > 1.7


def test_ring_is_the_north_american_ringing_tone(application, backend, tmp_path):
    backend.script(initiate={"verbs": [["Ring", {"duration": 3}]]})
    record = str(tmp_path / "heard.wav")
    application.dial("--record", record)
    rate, samples = heard(record)
    loud = sound.loud_part(samples, rate)
    assert abs(sound.seconds_of(loud, rate) - 2.0) < RATE_SLACK  # 2 s on, then silence
    # Window by window: where the caller's buffer adapts to jitter, the phase jumps once.
    windows = [loud[i:i + rate // 10] for i in range(0, len(loud) - rate // 10, rate // 10)]
    shares = [(sound.share(window, rate, 440), sound.share(window, rate, 480)) for window in windows]
    ringing = [low + high > 0.8 and low > 0.3 and high > 0.3 for low, high in shares]
    assert sum(ringing) >= 0.8 * len(windows), shares


def test_gather_stops_its_prompt_at_the_first_digit_and_reports_all(application, backend, tmp_path):
    """The digits after it, the backend's thinking and the menu take longer than what is heard of the prompt."""
    prompt, record = str(tmp_path / "prompt.wav"), str(tmp_path / "heard.wav")
    sound.write_tone(prompt, 440, 12.0)
    backend.script(
        initiate={"verbs": [["Gather", {"gatherUrl": "/menu", "terminatingDigits": "#", "tag": "menu-1"},
                             [["PlayAudio", "/prompt.wav"]]]]},
        menu={"verbs": [["Pause", {"duration": 1}], ["Hangup"]], "delayMs": 500}, **{"prompt.wav": audio(prompt)})
    report = application.dial("--digits", "1W2*4#", "--digits-after", "1500", "--record", record)
    event = backend.wait_event("gather")
    assert (event["digits"], event["terminatingDigit"], event["tag"]) == ("12*4", "#", "menu-1")
    disconnect = backend.wait_event("disconnect")
    assert disconnect["cause"] == "hangup" and disconnect["callId"] == event["callId"]
    assert len(backend.events("disconnect")) == 1
    rate, samples = heard(record)
    assert report["durationMs"] > 4500
    assert 0.3 < sound.tone_seconds(samples, rate, 440) < 3.0, "the prompt stops at the first digit"


def test_a_paused_recording_lacks_what_was_said_meanwhile_and_a_stopped_gather_tells_no_digit(server, backend):
    """The party's tone and a key before, in and after the gap; redirects tell where the document is."""
    application = server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"],
                                          callInitiatedCallbackUrl=backend.url + "/initiate",
                                          callStatusCallbackUrl=backend.url + "/status")
    backend.script(
        initiate={"verbs": [["StartRecording", {"recordingAvailableUrl": "/available"}], ["StartGather", {"dtmfUrl": "/dtmf"}],
                            ["Pause", {"duration": 1.5}], ["StopGather"], ["PauseRecording"], ["Redirect", {"redirectUrl": "/paused"}]]},
        paused={"verbs": [["Pause", {"duration": 3.5}], ["ResumeRecording"], ["Redirect", {"redirectUrl": "/resumed"}]]},
        resumed={"verbs": [["Pause", {"duration": 1.5}]]})
    caller = rtp_caller.Caller(application)
    caller.invite()
    voice = caller.voice(500)

    def say(hertz, *key):
        for tones, seconds in (((hertz,), 0.5), ((), 0.1), (key, 0.1), ((), 0.1)):
            voice.sound(*tones)
            rtp_caller.pace(seconds, voice.send)

    def wait_for_redirect(path):
        wait_for(path, lambda: rtp_caller.pace(0.1, voice.send) or backend.requests(path))

    say(500, 697, 1209)
    wait_for_redirect("/paused")
    say(900, 697, 1336)
    wait_for_redirect("/resumed")
    say(1300, 697, 1477)
    available = backend.wait_event("recordingAvailable")
    backend.wait_event("disconnect")
    assert [e["digit"] for e in backend.events("dtmf")] == ["1"]
    rate, (recorded,) = fetch_recording(application, available)
    before, gap, after = (sound.tone_seconds(recorded, rate, hertz) for hertz in (500, 900, 1300))
    assert before > 0.3 and gap == 0 and after > 0.3
    assert 2.5 < sound.seconds_of(recorded, rate) < 4.5, "the gap is absent (contract bxml.md, PauseRecording)"
    assert abs(float(available["duration"][2:-1]) - sound.seconds_of(recorded, rate)) < 0.1


def test_an_mp3_recording_is_decoded_to_the_voice(application, backend, tmp_path):
    backend.script(initiate={"verbs": [["StartRecording", {"recordingAvailableUrl": "/available", "fileFormat": "mp3",
                                                           "multiChannel": True}], ["Pause", {"duration": 3}]]})
    say = str(tmp_path / "say.wav")
    sound.write_tone(say, 700, 6.0)
    application.dial("--play", say)
    available = backend.wait_event("recordingAvailable")
    assert (available["fileFormat"], available["status"], available["channels"]) == ("mp3", "complete", 2)
    status, raw = application.server.api("GET", available["mediaUrl"].removeprefix(application.server.http))
    assert status == 200
    rate, (party, ours) = sound.read_mp3(raw)
    assert sound.tone_seconds(party, rate, 700) > 2.5 and sound.level(ours) < 0.01
    assert abs(sound.seconds_of(party, rate) - float(available["duration"][2:-1])) < 0.2


def test_start_gather_reports_each_digit_while_other_verbs_run(application, backend):
    backend.script(initiate={"verbs": [["StartGather", {"dtmfUrl": "/dtmf"}], ["Pause", {"duration": 4}]]})
    application.dial("--digits", "1W2", "--digits-after", "800")
    backend.wait_event("disconnect")
    assert [e["digit"] for e in backend.events("dtmf")] == ["1", "2"]


def test_send_dtmf_arrives_at_the_caller(application, backend):
    backend.script(initiate={"verbs": [["Pause", {"duration": 1}], ["SendDtmf", "12W34#", {"toneDuration": 120}],
                                       ["Pause", {"duration": 1}]]})
    assert application.dial()["digitsReceived"] == "1234#"


def test_record_tells_complete_then_available_and_the_file_holds_the_voice(application, backend, tmp_path):
    backend.script(initiate={"verbs": [["Record", {"recordCompleteUrl": "/saved", "recordingAvailableUrl": "/available",
                                                   "terminatingDigits": "#"}]]},
                   saved={"verbs": [["Hangup"]]})
    say = str(tmp_path / "say.wav")
    sound.write_tone(say, 700, 10.0)
    application.dial("--play", say, "--digits", "#", "--digits-after", "3000")
    complete = backend.wait_event("recordComplete")
    available = backend.wait_event("recordingAvailable")
    assert available["recordingId"] == complete["recordingId"] and available["status"] == "complete"
    assert available["channels"] == 1 and available["fileFormat"] == "wav"
    rate, (recorded,) = fetch_recording(application, available)
    assert sound.tone_seconds(recorded, rate, 700) > 2.0
    assert abs(sound.seconds_of(recorded, rate) - 3.0) < 0.6


@pytest.mark.parametrize("deleted", ["", "/media"])
def test_a_message_is_heard_by_its_media_url_until_it_is_deleted(application, backend, tmp_path, deleted):
    server = application.server
    backend.script(initiate={"verbs": [["Record", {"maxDuration": 2, "recordingAvailableUrl": "/available"}]]})
    say, record = str(tmp_path / "say.wav"), str(tmp_path / "heard.wav")
    sound.write_tone(say, 700, 6.0)
    application.dial("--play", say)
    message = backend.wait_event("recordingAvailable")
    files = lambda: [file for _, _, names in os.walk(server.data) for file in names if message["recordingId"] in file]
    assert len(files()) == 1
    backend.script(initiate={"verbs": [["PlayAudio", message["mediaUrl"]]]})
    application.dial("--record", record)
    rate, samples = heard(record)
    assert sound.tone_seconds(samples, rate, 700) > 1.6
    path = message["mediaUrl"].removeprefix(server.http)
    assert server.api("DELETE", path.removesuffix("/media") + deleted)[0] == 204
    assert files() == [] and server.api("GET", path)[0] == 404
    application.dial()
    assert backend.wait_event("disconnect", 2)["cause"] == "application-error"


def test_start_recording_in_two_channels_keeps_the_sides_apart(application, backend, tones, tmp_path):
    backend.script(initiate={"verbs": [["StartRecording", {"recordingAvailableUrl": "/available", "multiChannel": True}],
                                       ["PlayAudio", "/tone.wav"], ["StopRecording"], ["Pause", {"duration": 1}]]},
                   **{"tone.wav": audio(tones[1000])})
    say = str(tmp_path / "say.wav")
    sound.write_tone(say, 500, 6.0)
    application.dial("--play", say)
    available = backend.wait_event("recordingAvailable")
    assert available["channels"] == 2
    rate, (left, right) = fetch_recording(application, available)
    assert sound.tone_seconds(left, rate, 500) > 1.5 and sound.tone_seconds(left, rate, 1000) < 0.2
    assert sound.tone_seconds(right, rate, 1000) > 1.5 and sound.tone_seconds(right, rate, 500) < 0.2


def test_speak_sentence_says_something_as_long_as_speech_is(application, backend, tmp_path):
    backend.script(initiate={"verbs": [["SpeakSentence", "One <break time='1s'/> two."]]})
    record = str(tmp_path / "heard.wav")
    application.dial("--record", record)
    rate, samples = heard(record)
    voiced = sound.loud_part(samples, rate)
    assert sound.seconds_of(voiced, rate) > 1.3
    middle = min(sound.level(voiced[i:i + rate // 2]) for i in range(0, len(voiced) - rate // 2, rate // 50))
    assert middle < 0.01, "the break is not silent"


def test_initiate_and_redirect_carry_headers_credentials_and_tags(application, backend):
    backend.script(initiate={"verbs": [["Tag", "t=1"], ["Redirect", {"redirectUrl": "/next"}]]},
                   next={"verbs": [["Hangup"]]})
    report = application.dial("--header", "X-Ticket: 4711", "--header", "x-ticket: 4712", "--from",
                              "sip:+15551230001@pbx.example.net", check=False)
    assert report["status"] == 603
    initiate = backend.requests("/initiate")[0]
    assert initiate["headers"]["authorization"] == basic("app", "backend-pw")
    assert initiate["event"]["sipHeaders"] == {"x-ticket": "4712"}
    assert initiate["event"]["from"] == "+15551230001" and initiate["event"]["to"] == application.data["sipUri"] + \
        f":{application.server.sip_port}"
    assert backend.events("redirect")[0]["tag"] == "t=1"
    assert backend.wait_event("disconnect")["cause"] == "hangup"


def test_a_failing_primary_leads_to_the_fallback(server, backend):
    application = server.make_application(
        callInitiatedCallbackUrl=backend.url + "/down", callInitiatedFallbackUrl=backend.url + "/fallback",
        callInitiatedFallbackMethod="GET", callInitiatedFallbackCreds={"userId": "second", "password": "two"},
        callStatusCallbackUrl=backend.url + "/status", callStatusMethod="GET",
        callbackCreds={"userId": "app", "password": "backend-pw"})
    backend.script(down={"status": 500}, fallback={"verbs": [["Hangup"]]})
    assert application.dial(check=False)["status"] == 603
    fallback = backend.requests("/fallback")[0]
    assert fallback["method"] == "GET" and fallback["query"]["eventType"] == "initiate"
    assert fallback["headers"]["authorization"] == basic("second", "two")
    (end,) = wait_for("the end of the call", lambda: backend.requests("/status"))
    assert end["method"] == "GET" and end["query"]["eventType"] == "disconnect" and end["query"]["cause"] == "hangup"
    assert end["headers"]["authorization"] == basic("app", "backend-pw")


@pytest.mark.parametrize("rule, status, cause", [
    ({"status": 503}, 500, "callback-error"),
    ({"raw": "<Response><Gather maxDigits='99'/></Response>"}, 500, "invalid-bxml"),
    ({"status": 302, "headers": {"Location": "/elsewhere"}}, 500, "callback-error"),
    ({"raw": ""}, 603, "hangup"),
])
def test_what_the_backend_gets_wrong_refuses_the_call(server, backend, rule, status, cause):
    application = server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                          callStatusCallbackUrl=backend.url + "/status")
    backend.script(initiate=rule)
    assert application.dial(check=False)["status"] == status
    assert backend.wait_event("disconnect")["cause"] == cause


def test_an_ogg_file_is_an_application_error(application, backend, tmp_path):
    ogg = tmp_path / "a.ogg"
    ogg.write_bytes(b"OggS\0\2" + bytes(500))
    backend.script(initiate={"verbs": [["PlayAudio", "/a.ogg"]]}, **{"a.ogg": audio(str(ogg), "audio/ogg")})
    application.dial()
    event = backend.wait_event("disconnect")
    assert event["cause"] == "application-error" and "PlayAudio" in event["errorMessage"]


def test_a_slow_backend_of_one_call_does_not_hold_up_another(server, application, backend, tones):
    slow = server.make_application(callInitiatedCallbackUrl=backend.url + "/slow", callbackTimeout=3,
                                   callStatusCallbackUrl=backend.url + "/status")
    backend.script(slow={"silent": True}, initiate={"verbs": [["Hangup"]]})
    waiting = subprocess.Popen([BINARY, "dial", slow.uri(), "--json", "--password", slow.password],
                               stdout=subprocess.PIPE, text=True)
    wait_for("the slow backend's request", lambda: backend.requests("/slow"))
    assert application.dial(check=False)["status"] == 603
    assert waiting.poll() is None, "the slow call should still wait for its backend"
    out, _ = waiting.communicate(timeout=20)
    assert '"status":500' in out


def test_the_call_is_listed_with_its_times_and_cause(application, backend):
    backend.script(initiate={"verbs": [["Pause", {"duration": 1}]]})
    application.dial()
    event = backend.wait_event("disconnect")
    status, state = wait_for("the call's record", lambda: (lambda r: r if r[0] == 200 and r[1]["state"] == "disconnected" else None)(
        application.server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls/{event['callId']}")))
    assert state["disconnectCause"] == "hangup" and state["answerTime"] and state["endTime"]
    assert http("GET", application.server.http + "/healthz")[0] == 200
