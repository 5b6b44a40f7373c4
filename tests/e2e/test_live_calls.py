"""What the API and the backend do with a call in progress, and what is kept of their talks."""
import json
import subprocess

import pytest
import rtp_caller
import sound
from portico import ACCOUNT, BINARY, wait_for

REPLY_MAX = 64 * 1024


@pytest.fixture
def application(server, backend):
    return server.make_application(
        callInitiatedCallbackUrl=backend.url + "/initiate", callStatusCallbackUrl=backend.url + "/status",
        callbackCreds={"userId": "app", "password": "backend-pw"})


class Live:
    """A call that somebody else ends. `report()` waits for its end."""

    def __init__(self, application, backend, *flags):
        self.server = application.server
        self.dial = subprocess.Popen([BINARY, "dial", application.uri(), "--json", "--password", application.password,
                                      "--duration", "60", *flags], stdout=subprocess.PIPE, text=True)
        self.id = backend.wait_event("initiate")["callId"]
        self.path = f"/api/v2/accounts/{ACCOUNT}/calls/{self.id}"
        wait_for("the answer", lambda: self.server.api("GET", self.path)[1].get("state") == "answered")

    def report(self):
        return json.loads(self.dial.communicate(timeout=60)[0])


def test_a_call_outlives_its_password_its_uri_and_its_application(server, application, backend):
    backend.script(initiate={"verbs": [["Pause", {"duration": 60}]]}, next={"verbs": [["Hangup"]]})
    call = Live(application, backend)
    path = f"/v2/accounts/{ACCOUNT}/voice-applications/{application.id}"
    status, reply = server.api("PATCH", path, {"passwordAuthEnabled": True})
    assert status == 200
    assert application.dial(check=False)["status"] == 407, "the old password is refused"
    application.password = reply["data"]["sipAuthPassword"]
    assert server.api("PATCH", path, {"inboundSipCallsEnabled": False})[0] == 200
    assert application.dial(check=False)["status"] == 404
    assert server.api("DELETE", path)[0] == 204
    assert server.api("GET", path)[0] == 404
    assert application.dial(check=False)["status"] == 404
    assert server.api("GET", call.path)[1]["state"] == "answered" and call.dial.poll() is None

    # It still talks to its backend, with the redirect's credentials and at its end with the application's.
    assert server.api("POST", call.path, {"redirectUrl": backend.url + "/next", "username": "app", "password": "pw-2"})[0] == 200
    report = call.report()
    assert report["status"] == 200 and report["hangupBy"] == "remote"
    end = backend.wait_event("disconnect")
    assert end["cause"] == "hangup" and end["callId"] == call.id and end["applicationId"] == application.id
    assert backend.requests("/next")[0]["headers"]["authorization"] == "Basic YXBwOnB3LTI="
    assert backend.requests("/status")[0]["headers"]["authorization"] == "Basic YXBwOmJhY2tlbmQtcHc="
    assert len(backend.events("disconnect")) == 1


def test_a_document_by_put_and_a_redirect_by_post_take_over_from_the_verb_that_runs(server, application, backend, tmp_path):
    for hertz, seconds in ((440, 2.0), (1000, 2.0), (600, 50.0)):
        sound.write_tone(str(tmp_path / f"{hertz}.wav"), hertz, seconds)
    backend.script(initiate={"verbs": [["PlayAudio", "/600.wav"], ["Pause", {"duration": 600}]]},
                   played={"verbs": [["Pause", {"duration": 600}]]},
                   next={"verbs": [["PlayAudio", "/440.wav"], ["Hangup"]]},
                   **{f"{hertz}.wav": {"file": str(tmp_path / f"{hertz}.wav"), "headers": {"Content-Type": "audio/wav"}}
                      for hertz in (440, 600, 1000)})
    record = str(tmp_path / "heard.wav")
    call = Live(application, backend, "--record", record)
    document = (f"<Bxml><PlayAudio>{backend.url}/1000.wav</PlayAudio>"
                f"<Redirect redirectUrl='{backend.url}/played' tag='by put'/></Bxml>")

    def put(text, **headers):
        return server.api("PUT", call.path + "/bxml", text.encode(), {"Content-Type": "application/xml", **headers})[0]

    assert put("<Response><Gather maxDigits='99'/></Response>") == 400, "a document with a fault changes nothing"
    assert put(document, **{"Content-Type": "text/plain"}) == 415
    wait_for("the prompt to be fetched", lambda: backend.requests("/600.wav"))
    assert put(document) == 204
    assert backend.wait_event("redirect")["tag"] == "by put"
    assert server.api("POST", call.path, {"redirectUrl": backend.url + "/next", "tag": "by post"})[0] == 200
    assert backend.wait_event("redirect", 2)["tag"] == "by post"
    report = call.report()
    assert report["hangupBy"] == "remote" and report["durationMs"] < 60000
    rate, (heard,) = sound.read_wav(record)
    middle = [i for i in range(0, len(heard) - rate // 25, rate // 25) if sound.share(heard[i:i + rate // 25], rate, 1000) > 0.7]
    assert 1.7 < len(middle) / 25 < 2.3, "the document's prompt, whole and once"
    assert sound.tone_seconds(heard[middle[-1]:], rate, 440) > 1.7, "then that of the redirect"
    assert sound.tone_seconds(heard, rate, 600) < 45, "the first prompt was cut off"
    over = wait_for("the end's record", lambda: server.api("GET", call.path)[1]["state"] == "disconnected")
    assert over and server.api("POST", call.path, {"redirectUrl": backend.url + "/next"})[0] == 409
    assert put(document) == 409


def test_a_recording_is_paused_and_goes_on_by_put(server, backend):
    application = server.make_application(passwordAuthEnabled=False, allowedSourceIps=["127.0.0.0/8"],
                                          callInitiatedCallbackUrl=backend.url + "/initiate")
    backend.script(initiate={"verbs": [["StartRecording", {}], ["Pause", {"duration": 60}]]})
    caller = rtp_caller.Caller(application)
    caller.invite()
    voice = caller.voice(500)
    path = f"/api/v2/accounts/{ACCOUNT}/calls/{backend.wait_event('initiate')['callId']}/recording"

    def say(hertz):
        for tones, seconds in (((), 0.2), ((hertz,), 0.5), ((), 0.3)):
            voice.sound(*tones)
            rtp_caller.pace(seconds, voice.send)

    say(500)
    assert server.api("PUT", path, {"state": "paused"}) == (200, None)
    say(900)
    assert server.api("PUT", path, {"state": "stopped"})[0] == 400
    assert server.api("PUT", path, {"state": "recording"}) == (200, None)
    say(1300)
    caller.bye()
    rate, (recorded,) = application.next_recording()
    before, gap, after = (sound.tone_seconds(recorded, rate, hertz) for hertz in (500, 900, 1300))
    assert before > 0.3 and gap == 0 and after > 0.3
    assert server.api("PUT", path, {"state": "paused"})[0] == 404


def exchanges(server, call_id, count):
    path = f"/v1/accounts/{ACCOUNT}/webhooks?callId={call_id}"
    rows = wait_for(f"{count} rows of the webhook log",
                    lambda: (lambda rows: rows if len(rows) >= count else None)(server.api("GET", path)[1]["data"]))
    assert len(rows) == count, rows
    return list(reversed(rows))  # oldest first


def test_the_webhook_log_holds_each_exchange_with_its_bodies_status_and_latency(server, application, backend):
    backend.script(initiate={"verbs": [["Pause", {"duration": 0.2}], ["Redirect", {"redirectUrl": "/next"}]], "delayMs": 400},
                   next={"verbs": [["Hangup"]]}, status={"status": 202, "raw": "noted"})
    application.dial()
    call_id = backend.wait_event("disconnect")["callId"]
    rows = exchanges(server, call_id, 3)
    assert [(row["event"], row["status"], row["attempt"], row["fallback"], row["error"]) for row in rows] == [
        ("initiate", 200, 1, False, None), ("redirect", 200, 1, False, None), ("disconnect", 202, 1, False, None)]
    for row, path in zip(rows, ("/initiate", "/next", "/status")):
        assert row["url"] == backend.url + path and row["method"] == "POST"
        assert (row["callId"], row["applicationId"]) == (call_id, application.id)
        assert row["requestBody"] == backend.requests(path)[0]["body"]
        assert "backend-pw" not in json.dumps(row) and "YXBwOmJhY2tlbmQtcHc=" not in json.dumps(row)
    assert rows[0]["latencyMs"] >= 390 and "<Pause" in rows[0]["responseBody"], rows[0]
    assert "<Hangup" in rows[1]["responseBody"] and rows[2]["responseBody"] == "noted"
    assert rows[0]["time"] <= rows[1]["time"] <= rows[2]["time"]
    _, other = server.api("GET", f"/v1/accounts/{ACCOUNT}/webhooks?callId=c-none")
    assert other["data"] == []


def test_the_webhook_log_holds_what_failed_and_bodies_up_to_the_limit(server, backend):
    application = server.make_application(
        callInitiatedCallbackUrl=backend.url + "/down", callInitiatedFallbackUrl=backend.url + "/fallback",
        callStatusCallbackUrl=backend.url + "/status")
    whole = f"<Response><!--{'é' * 20000}--><Redirect redirectUrl='/long'/></Response>"
    whole += " " * (REPLY_MAX - len(whole.encode()))
    backend.script(down={"status": 503, "raw": "out of order"}, fallback={"raw": whole}, long={"raw": whole + " "},
                   status={"status": 204})
    assert application.dial(check=False)["status"] == 500
    end = backend.wait_event("disconnect")
    assert end["cause"] == "invalid-bxml"
    down, fallback, long, _ = exchanges(server, end["callId"], 4)
    assert (down["status"], down["responseBody"], down["fallback"]) == (503, "out of order", False)
    assert "503" in down["error"] and fallback["fallback"]
    assert (fallback["status"], fallback["responseBody"], fallback["error"]) == (200, whole, None)
    assert long["status"] == 200 and str(REPLY_MAX) in long["error"], "a byte more is no document"
