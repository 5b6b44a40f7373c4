"""The machine fails under the server: store, descriptors, network, name service, helper processes.

Needs root, as CI has it: file systems are mounted in a mount namespace of the server's own.
"""
import collections
import errno
import json
import os
import socket
import sqlite3
import struct
import subprocess

import pytest
import sound
from portico import ACCOUNT, BINARY, Server, http, wait_for


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


def in_mounts(script):
    """Runs the server in a mount namespace that `script` has prepared."""
    assert os.geteuid() == 0, "these tests mount file systems: run them as root"
    return ("unshare", "--mount", "--propagation", "private", "sh", "-ec", script + '\nexec "$@"', "sh")


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


def test_descriptors_gone_and_back(backend, tmp_path):
    server = Server()
    application = make_application(server, backend, initiate={"raw": "<Response><Ring duration='6'/></Response>"})
    record = str(tmp_path / "heard.wav")
    dial = start_dial(application, "--record", record)
    wait_for("the call", lambda: server.metric("portico_calls") == 1 and calls(server, "answered"))
    pid = server.process.pid
    before = subprocess.run(["prlimit", "--pid", str(pid), "--nofile", "--noheadings", "-o", "SOFT,HARD"],
                            capture_output=True, text=True, check=True).stdout.split()
    idle = server.make_application(callInitiatedCallbackUrl="http://127.0.0.1:1/never")  # a connection of its own
    subprocess.run(["prlimit", "--pid", str(pid), f"--nofile=3:{before[1]}"], check=True)
    refused = idle.dial(check=False, timeout=90)
    assert refused["status"] >= 500, "refused, not left hanging"
    with pytest.raises(Exception):  # nobody can be let in, and nobody waits for ever
        http("GET", server.http + "/healthz", timeout=2)
    subprocess.run(["prlimit", "--pid", str(pid), f"--nofile={before[0]}:{before[1]}"], check=True)
    report = report_of(dial)
    assert report["status"] == 200 and report["hangupBy"] == "remote"
    rate, (samples,) = sound.read_wav(record)
    assert sound.level(sound.loud_part(samples, rate)) > 0.02, "the call in progress went on"
    wait_for("the API", lambda: http("GET", server.http + "/healthz")[0] == 200)
    backend.script(initiate={"raw": "<Response><Pause duration='1'/></Response>"})
    assert application.dial()["status"] == 200
    server.stop()


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    here = os.path.dirname(os.path.abspath(__file__))
    library = str(tmp_path_factory.mktemp("shim") / "fault_shim.so")
    subprocess.run(["clang-19", "-shared", "-fPIC", "-O1", "-o", library, os.path.join(here, "fault_shim.c"), "-ldl"], check=True)
    return library


class Faults:
    """The switches of fault_shim.c and a server under them."""

    def __init__(self, shim, tmp_path, *flags):
        self.path = str(tmp_path / "faults")
        self.set()
        self.server = Server(*flags, environment={"LD_PRELOAD": shim, "FAULT_FILE": self.path})

    def set(self, wall_seconds=0, send_errno=0):
        with open(self.path, "r+b" if os.path.exists(self.path) else "w+b") as file:
            file.write(struct.pack("<qii", int(wall_seconds * 1e9), send_errno, 0))


def test_a_network_that_takes_no_packets_for_a_while(backend, shim, tmp_path):
    faults = Faults(shim, tmp_path)
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


def test_a_silent_name_service_costs_only_the_call_that_needs_it(backend, tmp_path):
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.77", 53))
    resolv = tmp_path / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.77\noptions timeout:5 attempts:3\n")
    server = Server(wrapper=in_mounts(f"mount --bind {resolv} /etc/resolv.conf"))
    lost = server.make_application(callInitiatedCallbackUrl="http://backend.test.invalid/initiate", callbackTimeout=2,
                                   callStatusCallbackUrl=backend.url + "/status")
    prompt = make_application(server, backend, initiate={"raw": "<Response><PlayAudio>http://prompts.test.invalid/a.wav</PlayAudio></Response>"},
                              timeout=2, other={"raw": "<Response><Pause duration='1'/></Response>"})
    other = server.make_application(callInitiatedCallbackUrl=backend.url + "/other", callStatusCallbackUrl=backend.url + "/status")
    waiting = [start_dial(lost), start_dial(prompt)]
    wait_for("questions to the name service", lambda: server.metric("portico_calls") == 2)
    for _ in range(3):
        assert other.dial()["status"] == 200, "other calls are unharmed"
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
