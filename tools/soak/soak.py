"""Mixed calls at a steady rate against the real binary with a real backend, and everything that is looked at meanwhile."""
import collections
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
import wave

import sound
from lossy_caller import LossyCall
from portico import BINARY, Backend, Server, http, wait_for

OURS, THEIRS = 440, 700  # Hz
SAY = "Thank you for waiting. Your call is important to somebody."
MIX = {"prompt": 25, "gather": 20, "record": 20, "caller hangs up early": 15, "we hang up early": 5, "wrong password": 10,
       "lost packets": 5}
ANSWERED = [kind for kind in MIX if kind != "wrong password"]
RECORDED = {"record": 1.5, "lost packets": 1.5}  # seconds of the caller's tone that the recording must have


def path_of(kind):
    return kind.replace(" ", "-")


class Soak:
    def __init__(self, folder, rate, seconds, seed=1):
        self.folder, self.rate, self.seconds, self.random = str(folder), rate, seconds, random.Random(seed)
        self.lock = threading.Lock()
        self.samples, self.latencies, self.faults = [], [], []
        self.placed, self.answered = collections.Counter(), collections.Counter()
        self.calls = {}  # callId -> events so far, by type
        self.recordings = collections.Counter()  # looked at
        self.dialled, self.gathered = {}, 0  # caller -> digits that no gather event has told yet; how many were told
        self.over = threading.Event()
        self.say = os.path.join(self.folder, "theirs.wav")
        sound.write_tone(self.say, THEIRS, 10)

    # --- the server and what it plays ---
    def open(self):
        tone = os.path.join(self.folder, "ours.wav")
        sound.write_tone(tone, OURS, 2)
        self.backend = Backend()
        self.server = Server("--log-level", "info", "--invite-rate", "0")
        prompt = [["PlayAudio", "/tone.wav"], ["SpeakSentence", SAY]]
        record = ["Record", {"maxDuration": 3, "recordCompleteUrl": "/recorded", "recordingAvailableUrl": "/available"}]
        verbs = {"prompt": prompt, "caller hangs up early": prompt, "we hang up early": [["Pause", {"duration": 0.5}]],
                 "gather": [["Gather", {"gatherUrl": "/gathered", "maxDigits": 4}, [["PlayAudio", "/tone.wav"]]]],
                 "record": [record], "lost packets": [record], "wrong password": prompt}
        self.backend.script(gathered={"verbs": [["Hangup"]]}, recorded={"verbs": [["Hangup"]]},
                            **{"tone.wav": {"file": tone, "headers": {"Content-Type": "audio/wav"}}},
                            **{path_of(kind): {"verbs": what} for kind, what in verbs.items()})
        self.applications = {kind: self.server.make_application(
            applicationName=kind, callInitiatedCallbackUrl=f"{self.backend.url}/{path_of(kind)}",
            callStatusCallbackUrl=self.backend.url + "/status") for kind in MIX}
        self.started = time.monotonic()

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    # --- one call ---
    def place(self, kind, number):
        application = self.applications[kind]
        if kind == "lost packets":
            call = LossyCall(application.user, application.password, self.server.sip_port, number)
            report = call.run(2.5, THEIRS)
            call.close()
        else:
            report = self.dial(kind, application, number)
        self.judge(kind, report)

    def dial(self, kind, application, number):
        caller, digits = f"sip:caller-{number}@127.0.0.1", f"{number % 10000:04d}"
        if kind == "gather":
            self.dialled[caller] = digits
        flags = {"gather": ["--from", caller, "--digits", digits, "--digits-after", "700"],
                 "record": ["--play", self.say], "caller hangs up early": ["--duration", "1"]}.get(kind, [])
        heard = os.path.join(self.folder, f"heard-{number}.wav")
        password = "wrong" if kind == "wrong password" else application.password
        done = subprocess.run([BINARY, "dial", application.uri(), "--json", "--password", password, "--codec", "PCMU",
                               "--record", heard, *flags], capture_output=True, text=True, timeout=120)
        report = json.loads(done.stdout) if done.stdout.strip() else {"status": -1, "why": done.stderr}
        if kind == "prompt" and report["status"] == 200:
            rate, (samples,) = sound.read_wav(heard)
            report["heard"] = sound.tone_seconds(samples, rate, OURS)
        if os.path.exists(heard):
            os.remove(heard)
        return report

    def judge(self, kind, report):
        status = report["status"]
        with self.lock:
            self.placed[kind] += 1
            self.answered[kind] += status == 200
            if report.get("answerMs") is not None:
                self.latencies.append((time.monotonic() - self.started, report["answerMs"], report.get("firstAudioMs")))
        # All callers have one address: after five wrong passwords in a minute it is locked out.
        if status not in ((407, 403) if kind == "wrong password" else (200,)):
            self.fault(f"{kind}: {report}")
        elif status == 200 and (report["rtp"]["lost"] or not report["rtp"]["received"]):
            self.fault(f"{kind}: packets were lost: {report}")
        if kind == "prompt" and status == 200 and report["heard"] < 1.8:
            self.fault(f"prompt: only {report['heard']:.2f} s of 2 s of the tone were heard")

    # --- meanwhile ---
    def sample(self):
        pid = self.server.process.pid
        with open(f"/proc/{pid}/smaps_rollup") as file:
            memory = int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1)) / 1024
        fields = open(f"/proc/{pid}/stat").read().rsplit(") ", 1)[1].split()
        self.samples.append({"at": time.monotonic() - self.started, "memory": memory,
                             "descriptors": len(os.listdir(f"/proc/{pid}/fd")), "threads": int(fields[17]),
                             "cpu": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
                             "calls": self.server.metric("portico_calls")})

    def take_events(self):
        _, _, raw = http("DELETE", self.backend.url + "/_requests")
        for request in json.loads(raw):
            event = request.get("event")
            if not event or "callId" not in event:
                continue
            seen = self.calls.setdefault(event["callId"], collections.Counter())
            seen[event["eventType"]] += 1
            if event["eventType"] == "recordingAvailable":
                self.look_at_recording(event)
            if event["eventType"] == "gather":
                self.look_at_digits(event)

    def look_at_digits(self, event):
        dialled = self.dialled.pop(event["from"], None)
        if event["digits"] != dialled:
            return self.fault(f"gather: {event['digits']!r} was told of {event['from']}, who dialled {dialled!r}")
        self.gathered += 1

    def look_at_recording(self, event):
        kind = next(k for k, a in self.applications.items() if a.id == event["applicationId"])
        path = event["mediaUrl"].removeprefix(self.server.http)
        status, raw = self.server.api("GET", path)
        file = os.path.join(self.folder, "recording.wav")
        with open(file, "wb") as out:
            out.write(raw if isinstance(raw, bytes) else b"")
        try:
            rate, channels = sound.read_wav(file)
            heard = sound.tone_seconds(channels[0], rate, THEIRS)
        except (EOFError, AssertionError, wave.Error) as error:
            return self.fault(f"recording of {kind}: status {status}, {error}")
        self.recordings[kind] += 1
        if heard < RECORDED[kind]:
            self.fault(f"recording of {kind}: only {heard:.2f} s of the caller's tone")

    def watch(self):
        while not self.over.wait(min(5, self.seconds / 12)):
            try:
                self.sample()
                self.take_events()
            except Exception as error:  # pylint: disable=broad-except
                self.fault(f"watcher: {error!r}")

    # --- all of it ---
    def run(self):
        watcher = threading.Thread(target=self.watch)
        watcher.start()
        kinds = [kind for kind, weight in MIX.items() for _ in range(weight)]
        running, number = [], 0
        while time.monotonic() - self.started < self.seconds:
            number += 1
            time.sleep(max(0.0, self.started + number / self.rate - time.monotonic()))
            # In a short run each kind has its turn.
            kind = list(MIX)[number - 1] if number <= len(MIX) else self.random.choice(kinds)
            running = [thread for thread in running if thread.is_alive()]
            thread = threading.Thread(target=self.place, args=(kind, number))
            thread.start()
            running.append(thread)
        for thread in running:
            thread.join()
        wait_for("the server's calls to end", lambda: self.server.metric("portico_calls") == 0, 60)
        self.over.set()
        watcher.join()
        wait_for("a terminal event of each call", self.all_ended, 60)
        for caller, digits in self.dialled.items():
            self.fault(f"gather: {caller} dialled {digits}, and no event told of it")

    def all_ended(self):
        self.take_events()
        ended = sum(1 for seen in self.calls.values() if seen["disconnect"])
        recorded = sum(self.recordings.values())
        return ended >= sum(self.answered.values()) and recorded >= sum(self.answered[kind] for kind in RECORDED)

    def close(self):
        _, _, raw = http("GET", self.server.http + "/metrics")
        self.metrics = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in raw.decode().splitlines()
                        if line and not line.startswith("#")}
        self.server.process.send_signal(signal.SIGTERM)
        self.exit_status = self.server.process.wait(30)
        self.backend.stop()
        self.log = collections.Counter()
        for line in self.server.log:
            try:
                entry = json.loads(line)
            except ValueError:
                self.log["error", line] += 1
                continue
            if entry["level"] in ("warn", "error"):
                self.log[entry["level"], entry["message"]] += 1
