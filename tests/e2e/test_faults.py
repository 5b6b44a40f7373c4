"""The machine fails under the server: disk, store, descriptors, network, clock, name service, helper processes, SIGKILL.

Needs root, as CI has it: file systems are mounted in a mount namespace of the server's own.
"""
import base64
import collections
import errno
import http.server as http_server
import json
import os
import socket
import sqlite3
import struct
import subprocess
import threading
import time

import pytest
import sound
from faults import Faults
from portico import ACCOUNT, BINARY, CLIENT, SECRET, Server, http, in_mounts, wait_for

DAY = 24 * 3600


def start_dial(application, *flags):
    return subprocess.Popen([BINARY, "dial", application.uri(), "--json", "--password", application.password, *flags],
                            stdout=subprocess.PIPE, text=True)


def report_of(dial):
    return json.loads(dial.communicate(timeout=60)[0])


def make_application(server, backend, timeout=15, **paths):
    backend.script(**paths)
    return server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate", callbackTimeout=timeout,
                                   callStatusCallbackUrl=backend.url + "/status")


def calls(server, state=None):
    listed = server.api("GET", f"/api/v2/accounts/{ACCOUNT}/calls")[1]
    return [c for c in listed if state in (None, c["state"])]


def told(backend):
    """How often each event of each call (and recording) was told."""
    return collections.Counter((e["eventType"], e["callId"], e.get("recordingId")) for e in backend.events())


@pytest.fixture
def tone(tmp_path):
    path = str(tmp_path / "say.wav")
    sound.write_tone(path, 700, 20.0)
    return path


def fetch(server, event, tmp_path):
    status, raw = server.api("GET", event["mediaUrl"].removeprefix(server.http))
    assert status == 200, raw
    target = tmp_path / f"{event['recordingId']}.{event['fileFormat']}"
    target.write_bytes(raw)
    return sound.read_wav(str(target)) if event["fileFormat"] == "wav" else sound.read_mp3(raw)


class SmallDisk:
    """A server whose data directory is a file system of a few MB."""

    def __init__(self, tmp_path, megabytes):
        folder = tmp_path / "data"
        folder.mkdir()
        script = f"mount -t tmpfs -o size={megabytes}m tmpfs {folder}"
        self.server = Server(data=str(folder), wrapper=in_mounts(script))
        self.filler = f"/proc/{self.server.process.pid}/root{folder}/filler"

    def fill(self):
        with open(self.filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    def free(self):
        os.unlink(self.filler)


def test_a_full_disk_costs_a_part_of_a_recording_and_delays_what_is_told(backend, tmp_path, tone):
    disk = SmallDisk(tmp_path, 24)
    server = disk.server
    application = make_application(
        server, backend,
        initiate={"raw": "<Response><StartRecording recordingAvailableUrl='/available'/><Pause duration='4'/></Response>"})
    dial = start_dial(application, "--play", tone)
    backend.wait_event("initiate")
    wait_for("the recording's file", lambda: server.metric("portico_media_ports") == 1)
    staging = os.path.join(os.path.dirname(disk.filler), "objects/.staging")
    wait_for("sound on the disk", lambda: any(os.path.getsize(os.path.join(staging, f)) > 12_000 for f in os.listdir(staging)))
    disk.fill()
    report = report_of(dial)
    assert report["status"] == 200 and report["hangupBy"] == "remote" and report["durationMs"] >= 3900, "the call went on"
    assert application.dial(check=False)["status"] == 200, "calls are admitted from memory"
    retries = server.metric("portico_store_retries_total")
    wait_for("writes that are tried again", lambda: server.metric("portico_store_retries_total") > retries)
    assert backend.events("recordingAvailable") == []
    disk.free()
    backend.wait_event("recordingAvailable", count=2, seconds=30)
    backend.wait_event("disconnect", count=2)
    # Told as they happened: the first call's end before the second's, each once.
    assert application.dial()["status"] == 200
    backend.wait_event("recordingAvailable", count=3)
    events = backend.events("recordingAvailable")
    assert [e["status"] for e in events] == ["partial", "error", "complete"]
    rate, (samples,) = fetch(server, events[0], tmp_path)
    assert 0.4 < sound.tone_seconds(samples, rate, 700) < 3.9 and len(samples) / rate == pytest.approx(
        float(events[0]["duration"][2:-1]), abs=0.1)
    assert fetch(server, events[2], tmp_path)
    server.stop()
    assert set(told(backend).values()) == {1}


class Prompt(http_server.BaseHTTPRequestHandler):
    """A second of silence, never to be cached."""

    def do_GET(self):
        body = b"RIFF" + struct.pack("<I", 16_036) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + \
            b"data" + struct.pack("<I", 16_000) + bytes(16_000)
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_a_disk_that_hangs_under_recordings_and_prompts_holds_up_no_webhook(backend, tmp_path, tone):
    faults = Faults(tmp_path)
    server = faults.server
    application = make_application(
        server, backend,
        initiate={"raw": "<Response><StartRecording recordingAvailableUrl='/available'/><Pause duration='15'/></Response>"})
    recorded = 8
    dials = [start_dial(application, "--play", tone) for _ in range(recorded)]
    staging = os.path.join(server.data, "objects/.staging")
    wait_for("sound on the disk", lambda: len(os.listdir(staging)) == recorded and
             all(os.path.getsize(os.path.join(staging, f)) > 4_000 for f in os.listdir(staging)), seconds=60)
    prompts = http_server.ThreadingHTTPServer(("127.0.0.1", 0), Prompt)
    threading.Thread(target=prompts.serve_forever, daemon=True).start()
    faults.set(disk_hangs=1)
    time.sleep(2)  # each recording has more to write by then
    url = f"http://127.0.0.1:{prompts.server_port}/prompt.wav"
    backend.script(initiate={"raw": f"<Response><PlayAudio>{url}</PlayAudio></Response>"})
    waiting = start_dial(application)
    backend.wait_event("initiate")
    time.sleep(1)  # it fetches its prompt
    backend.script(initiate={"raw": "<Response><Pause duration='1'/></Response>"})
    assert application.dial()["status"] == 200
    assert backend.wait_event("disconnect")["cause"] == "hangup"
    faults.set()
    report_of(waiting)
    for dial in dials:
        report_of(dial)
    wait_for("the recordings", lambda: [r["status"] for r in server.api("GET", f"/api/v2/accounts/{ACCOUNT}/recordings")[1]]
             == ["complete"] * recorded, seconds=60)
    prompts.shutdown()
    server.stop()


def test_a_locked_store_holds_up_no_call_and_loses_nothing(backend):
    server = Server()
    application = make_application(server, backend, initiate={"raw": "<Response><Pause duration='1'/></Response>"})
    assert application.dial()["status"] == 200
    backend.wait_event("disconnect")
    other = sqlite3.connect(os.path.join(server.data, "portico.db"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        assert application.dial()["status"] == 200
    # Longer than the store waits for a lock: 2 s.
    wait_for("a write that is tried again", lambda: server.metric("portico_store_retries_total") >= 1)
    assert len(backend.events("initiate")) == 3 and len(backend.events("disconnect")) == 1
    other.execute("ROLLBACK")
    backend.wait_event("disconnect", count=3)
    wait_for("the calls' records", lambda: len(calls(server, "disconnected")) == 3)
    assert server.metric("portico_store_dropped_total") == server.metric("portico_store_writes_refused_total") == 0
    server.stop()
    assert set(told(backend).values()) == {1}


@pytest.mark.release
def test_descriptors_gone_and_back(backend, tmp_path):
    faults = Faults(tmp_path)
    server = faults.server
    seconds = 12
    prompt = str(tmp_path / "prompt.wav")
    sound.write_tone(prompt, 700, seconds)
    application = make_application(
        server, backend, initiate={"raw": "<Response><PlayAudio>/prompt.wav</PlayAudio></Response>"},
        **{"prompt.wav": {"file": prompt, "headers": {"Content-Type": "audio/wav"}}})
    record = str(tmp_path / "heard.wav")
    dial = start_dial(application, "--record", record)
    wait_for("the tone", lambda: os.path.exists(record) and os.path.getsize(record) > 8_000)
    idle = server.make_application(callInitiatedCallbackUrl="http://127.0.0.1:1/never")  # a connection of its own
    faults.descriptors_gone(True)
    refused = idle.dial(check=False, timeout=90)
    assert refused["status"] >= 500, "refused, not left hanging"
    assert dial.poll() is None, "the tone must outlast this, or its end tells nothing"
    with pytest.raises(Exception):  # nobody can be let in, and nobody waits for ever
        http("GET", server.http + "/healthz", timeout=2)
    faults.descriptors_gone(False)
    report = report_of(dial)
    assert report["status"] == 200 and report["hangupBy"] == "remote"
    rate, (samples,) = sound.read_wav(record)
    heard = sound.loud_part(samples, rate)
    assert sound.tone_seconds(heard, rate, 700) > seconds - 1, "the call in progress went on, all the while"
    assert sound.tone_seconds(heard[-rate:], rate, 700) > 0.7, "and to its end"
    wait_for("the API", lambda: http("GET", server.http + "/healthz")[0] == 200)
    backend.script(initiate={"raw": "<Response><Pause duration='1'/></Response>"})
    assert application.dial()["status"] == 200
    server.stop()


@pytest.mark.release
def test_a_network_that_takes_no_packets_for_a_while(backend, tmp_path):
    faults = Faults(tmp_path)
    server = faults.server
    application = make_application(server, backend, initiate={"raw": "<Response><Ring duration='8'/></Response>"})
    record = str(tmp_path / "heard.wav")
    dial = start_dial(application, "--record", record)
    wait_for("the call", lambda: server.metric("portico_calls") == 1 and calls(server, "answered"))
    for number in (errno.ENOBUFS, errno.EAGAIN):
        blocked = server.metric("portico_udp_blocked_total")
        faults.set(send_errno=number)
        wait_for("blocked sends", lambda: server.metric("portico_udp_blocked_total") > blocked + 20)
        faults.set()
    report = report_of(dial)
    assert report["status"] == 200 and report["hangupBy"] == "remote"
    rate, (samples,) = sound.read_wav(record)
    second_ring = samples[5 * rate:]  # 2 s of ringing, 4 s of silence, and again
    assert sound.level(sound.loud_part(second_ring, rate)) > 0.02, "the call goes on"
    backend.wait_event("disconnect")
    server.stop()


def token(server):
    status, _, raw = http("POST", server.http + "/api/v1/oauth2/token", b"grant_type=client_credentials",
                          {"Authorization": "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode(),
                           "Content-Type": "application/x-www-form-urlencoded"})
    assert status == 200, raw
    return json.loads(raw)["access_token"]


@pytest.mark.release
@pytest.mark.parametrize("jump", [400 * DAY, -DAY])
def test_the_wall_clock_jumps_and_nothing_waits_for_it(backend, tmp_path, jump, tone):
    faults = Faults(tmp_path)
    server = faults.server
    application = make_application(
        server, backend,
        initiate={"raw": "<Response><StartRecording recordingAvailableUrl='/available'/><Pause duration='2'/></Response>"})
    assert application.dial()["status"] == 200  # whose record must outlive the jump
    backend.wait_event("recordingAvailable")
    bearer = token(server)
    dial = start_dial(application, "--play", tone)
    wait_for("the call", lambda: server.metric("portico_calls") == 1 and calls(server, "answered"))
    faults.set(wall_seconds=jump)
    report = report_of(dial)
    assert report["hangupBy"] == "remote" and report["durationMs"] >= 1900, "timers are on the other clock"
    available = backend.wait_event("recordingAvailable", count=2)
    backend.wait_event("disconnect", count=2)
    assert available["endTime"] > available["startTime"]
    ended = [e for e in backend.events("disconnect") if e["callId"] == available["callId"]][0]
    assert ended["startTime"] <= ended["answerTime"] < ended["endTime"]
    # A nonce of before the jump is stale and leads to a fresh one; the next call gets in by password.
    assert application.dial()["status"] == 200
    backend.wait_event("disconnect", count=3)
    status = http("GET", server.http + f"/v2/accounts/{ACCOUNT}/voice-applications", headers={"Authorization": f"Bearer {bearer}"})[0]
    assert status == (401 if jump > 0 else 200)
    assert http("GET", server.http + f"/v2/accounts/{ACCOUNT}/voice-applications",
                headers={"Authorization": f"Bearer {token(server)}"})[0] == 200
    assert len(calls(server)) == 3 and fetch(server, backend.events("recordingAvailable")[0], tmp_path), "nothing was forgotten"
    faults.set()  # and back
    assert application.dial()["status"] == 200
    backend.wait_event("disconnect", count=4)
    server.stop()
    assert set(told(backend).values()) == {1}


def test_a_silent_name_service_costs_only_the_call_that_needs_it(backend, tmp_path):
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.77", 53))
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.77\noptions timeout:5 attempts:3\n")
    server = Server(wrapper=in_mounts(f"mount --bind {resolv} /etc/resolv.conf"))
    lost = server.make_application(callInitiatedCallbackUrl="http://backend.test.invalid/initiate", callbackTimeout=15,
                                   callStatusCallbackUrl=backend.url + "/status")
    prompt = make_application(server, backend, initiate={"raw": "<Response><PlayAudio>http://prompts.test.invalid/a.wav</PlayAudio></Response>"},
                              timeout=2, other={"raw": "<Response><Pause duration='0.2'/></Response>"})
    other = server.make_application(callInitiatedCallbackUrl=backend.url + "/other", callStatusCallbackUrl=backend.url + "/status")
    waiting = [start_dial(lost), start_dial(prompt)]
    wait_for("questions to the name service", lambda: server.metric("portico_calls") == 2)
    for _ in range(3):
        assert other.dial()["status"] == 200, "other calls are unharmed"
    assert waiting[0].poll() is None, "they did not wait for an answer of the name service"
    assert report_of(waiting[0])["status"] == 500
    assert report_of(waiting[1])["status"] in (200, 500)
    backend.wait_event("disconnect", count=5, seconds=40)
    causes = {e["applicationId"]: e["cause"] for e in backend.events("disconnect")}
    assert causes[lost.id] == "callback-error" and causes[other.id] == "hangup"
    assert causes[prompt.id] == "application-error"
    server.stop()
    silent.close()


def test_a_speech_process_killed_in_a_sentence_is_started_again(backend, tmp_path):
    """espeak-ng stands behind a script that waits until the test has seen it."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "espeak-ng").write_text(f"#!/bin/sh\n[ -e {tmp_path}/slow ] && exec sleep 30\nexec /usr/bin/espeak-ng \"$@\"\n")
    (tools / "espeak-ng").chmod(0o755)
    (tmp_path / "slow").touch()
    server = Server(environment={"PATH": f"{tools}:{os.environ['PATH']}"})
    application = make_application(server, backend, initiate={"raw": "<Response><SpeakSentence>One sentence.</SpeakSentence></Response>"})

    def engine():
        children = []
        for task in os.listdir(f"/proc/{server.process.pid}/task"):
            children += open(f"/proc/{server.process.pid}/task/{task}/children").read().split()
        return [int(child) for child in children]

    record = str(tmp_path / "heard.wav")
    dial = start_dial(application, "--record", record)
    victim = wait_for("the speech process", engine)[0]
    (tmp_path / "slow").unlink()
    os.kill(victim, 9)
    report = report_of(dial)
    assert report["status"] == 200
    rate, (samples,) = sound.read_wav(record)
    assert sound.seconds_of(sound.loud_part(samples, rate), rate) > 0.4, "the sentence was spoken by the second process"
    assert server.metric("portico_speech_engine_failures_total") == 1
    # Both attempts die: the verb fails as the contract says, the next sentence works.
    (tmp_path / "slow").touch()
    backend.script(initiate={"raw": "<Response><SpeakSentence>Another sentence.</SpeakSentence></Response>"})
    dial = start_dial(application)
    first = wait_for("the speech process", engine)[0]
    os.kill(first, 9)
    second = wait_for("the second one", lambda: [p for p in engine() if p != first])[0]
    os.kill(second, 9)
    report_of(dial)
    assert backend.wait_event("disconnect")["cause"] == "application-error"
    (tmp_path / "slow").unlink()
    backend.script(initiate={"raw": "<Response><SpeakSentence>A third sentence.</SpeakSentence></Response>"})
    assert application.dial()["status"] == 200
    assert backend.wait_event("disconnect")["cause"] == "hangup"
    server.stop()


def test_after_sigkill_recordings_are_readable_and_announced_and_each_call_ends_once(backend, tmp_path, tone):
    """There is but one pair of RTP ports, and a speech process that outlives its server might keep it."""
    low = 18000 + os.getpid() % 900 * 2
    one_pair = ("--rtp-ports", f"{low}-{low + 1}")
    tools, speaking = tmp_path / "bin", tmp_path / "speaking"
    tools.mkdir()
    (tools / "espeak-ng").write_text(f"#!/bin/sh\necho $$ > {speaking}\nexec sleep 60\n")
    (tools / "espeak-ng").chmod(0o755)
    server = Server(*one_pair, environment={"PATH": f"{tools}:{os.environ['PATH']}"})
    document = "<Response><Tag>t-1</Tag><StartRecording recordingAvailableUrl='/available' fileFormat='%s'/>" \
               "<SpeakSentence>That nobody hears.</SpeakSentence><Pause duration='60'/></Response>"
    formats = ["wav", "mp3", "wav"]
    application = make_application(server, backend, initiate=[{"raw": document % name} for name in formats] +
                                   [{"raw": "<Response><PlayAudio>/prompt.wav</PlayAudio></Response>"}],
                                   **{"prompt.wav": {"file": tone, "headers": {"Content-Type": "audio/wav"}}})
    dials = [start_dial(application, "--play", tone, "--duration", "6") for _ in range(3)]
    wait_for("the calls", lambda: len(calls(server, "answered")) == 3)
    assert server.metric("portico_media_ports ") == 3
    staging = os.path.join(server.data, "objects/.staging")
    wait_for("sound on the disk", lambda: len(os.listdir(staging)) == 3 and
             all(os.path.getsize(os.path.join(staging, f)) > 4_000 for f in os.listdir(staging)), seconds=30)
    orphan = int(wait_for("the speech process", lambda: speaking.exists() and speaking.read_text()))
    server.process.kill()
    server.process.wait()
    stray = os.path.join(staging, "r-of-nobody.wav")
    open(stray, "wb").write(b"RIFF")
    again = Server(*one_pair, data=server.data)
    backend.wait_event("recordingAvailable", count=3)
    backend.wait_event("disconnect", count=3)
    for event in backend.events("recordingAvailable"):
        assert event["status"] == "partial" and event["tag"] == "t-1"
        assert float(event["duration"][2:-1]) > 0.4
        rate, (samples,) = fetch(again, event, tmp_path)
        assert sound.tone_seconds(samples, rate, 700) > 0.4
        slack = 0.02 if event["fileFormat"] == "wav" else 0.1  # seconds: MP3 has frames of 72 ms, and delays by one
        assert abs(len(samples) / rate - float(event["duration"][2:-1])) < slack
    assert sorted(e["fileFormat"] for e in backend.events("recordingAvailable")) == sorted(formats)
    assert {e["cause"] for e in backend.events("disconnect")} == {"error"}
    assert os.listdir(staging) == []
    assert len(calls(again, "disconnected")) == 3
    os.kill(orphan, 0)  # it is there still
    application.server = again
    records = [str(tmp_path / f"heard-{n}.wav") for n in range(3)]
    fresh = [start_dial(application, "--record", record, "--duration", "4") for record in records]
    wait_for("as many ports as before", lambda: again.metric("portico_media_ports ") == 3)
    for dial, record in zip(fresh, records):
        report = report_of(dial)
        assert report["status"] == 200, report
        rate, (samples,) = sound.read_wav(record)
        assert sound.tone_seconds(samples, rate, 700) > 2, "no port of the killed server is taken"
    wait_for("no port to be left", lambda: again.metric("portico_media_ports ") == again.metric("portico_calls ") == 0)
    again.stop()
    os.kill(orphan, 9)
    third = Server(data=server.data)  # finds nothing left to do
    application.server = third
    assert application.dial("--duration", "1")["status"] == 200
    backend.wait_event("disconnect", count=7)
    third.stop()
    assert set(told(backend).values()) == {1}
    for dial in dials:
        dial.communicate(timeout=40)
