"""What every flood is judged by: calls that are in progress meanwhile and must not notice, memory, descriptors, the API,
the counters, and a fresh call afterwards. FLOOD=large makes the floods large (`make flood`)."""
import json
import os
import re
import signal
import subprocess
import threading
import time

import sound
from portico import ACCOUNT, BINARY, http, wait_for

LARGE = os.environ.get("FLOOD") == "large"
TOOL = os.path.join(os.path.dirname(BINARY), "flood")
# Hz: what the server plays to the first call, the second, and all later ones; what each caller plays.
OURS, THEIRS = (440, 560, 680), (900, 1_100)
# What a server may hold more at the end of a flood than before it: of 200,000 datagrams 40 bytes each would be too much.
# Connections are held meanwhile. The sanitisers keep what was freed for a while.
GROWTH_MB, CONNECTIONS_MB = (8, 48) if LARGE else (160, 160)
OF_A_CALL = {f'portico_admissions_total{{reason="{reason}"}}': 1 for reason in ("challenge", "admitted")}
SMALL_REPLY_BYTES = 1_200  # what an unproven UDP source may be sent beyond what it sent itself
ROWS = []


def size(small, large):
    return large if LARGE else small


def flood(server, kind, *flags, user="nobody", password="", quiet=size(0.5, 3), over=lambda: None):
    """Runs tests/flood; what it sent and what came back. As an attacker elsewhere would, it takes no CPU from us. `over`
    is called as soon as the last is sent."""
    command = ["nice", "-n", "19", TOOL, kind, "--target", f"127.0.0.1:{server.sip_port}", "--user", user, "--realm",
               "127.0.0.1", "--password", password, "--quiet", str(quiet), *map(str, flags)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tool:
        assert tool.stdout.readline() == "sent\n"
        over()
        report = tool.stdout.read()
    assert tool.returncode == 0, report
    return json.loads(report)


def memory_mb(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1)) / 1024


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def metrics(server):
    _, _, raw = http("GET", server.http + "/metrics")
    lines = [line.rsplit(" ", 1) for line in raw.decode().splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def make_application(server, backend, tmp_path):
    """Plays a tone for longer than any flood lasts, to each of the calls in progress another, and records what comes in."""
    sounds = {f"{hertz}.wav": str(tmp_path / f"ours{hertz}.wav") for hertz in OURS}
    for hertz, path in zip(OURS, sounds.values()):
        sound.write_tone(path, hertz, size(60, 200))
    recorded = ["StartRecording", {"recordingAvailableUrl": "/available", "multiChannel": True}]
    backend.script(initiate=[{"verbs": [recorded, ["PlayAudio", "/" + name]]} for name in sounds],
                   **{name: {"file": path, "headers": {"Content-Type": "audio/wav"}} for name, path in sounds.items()})
    return server.make_application(callInitiatedCallbackUrl=backend.url + "/initiate",
                                   callStatusCallbackUrl=backend.url + "/status")


class Call:
    """A call in progress: what is heard is recorded at both ends."""

    def __init__(self, application, folder, name, hertz, transport=None):
        self.path, say = str(folder / f"{name}.wav"), str(folder / f"theirs{hertz}.wav")
        if not os.path.exists(say):
            sound.write_tone(say, hertz, size(60, 200))
        self.trace = folder / f"{name}.trace"
        with self.trace.open("w") as trace:
            self.process = subprocess.Popen([BINARY, "dial", application.uri(transport=transport), "--password",
                                             application.password, "--json", "--record", self.path, "--play", say, "--codec", "PCMU",
                                             "--trace"],
                                            stdout=subprocess.PIPE, stderr=trace, text=True)

    def port(self):
        """Where the server takes the call's RTP: the last description of the trace is the server's."""
        return int(re.findall(r"^\W*m=audio (\d+) ", self.trace.read_text(), re.M)[-1])

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.report = json.loads(self.process.communicate(timeout=30)[0])
        return self.report


def torn(path, tones):
    """The tone that is heard, the number of windows from first to last sound, and in how many of them something else is
    heard, or nothing."""
    rate, (samples, *_) = sound.read_wav(path)  # of two channels the first is the caller
    heard = sound.loud_part(samples, rate)
    hertz = max(tones, key=lambda tone: sound.share(heard[:rate], rate, tone))
    step = rate // 50
    windows = [heard[i:i + step] for i in range(step, len(heard) - 2 * step, step)]
    bad = [w for w in windows if sound.level(w) < 0.1 or sound.share(w, rate, hertz) < 0.8]
    return hertz, len(windows), len(bad)


def torn_each(paths, tones):
    """(windows, torn ones) of each: no call may hear what another one does."""
    heard = [torn(path, tones) for path in paths]
    assert len({hertz for hertz, _, _ in heard}) == len(heard), f"two calls heard the same: {heard}"
    return [(windows, bad) for _, windows, bad in heard]


class Watch:
    """`with Watch(...) as watch: flood` keeps calls going and looks at the server; judge() says what became of it.
    `transport` is that of the listener that is flooded: one of the calls goes by it, and each fresh one. None is UDP."""

    def __init__(self, name, server, backend, tmp_path, application=None, transport=None):
        self.name, self.server, self.backend, self.folder, self.calls = name, server, backend, tmp_path, len(THEIRS)
        self.transport = transport
        self.application = application or make_application(server, backend, tmp_path)
        self.pid, self.fresh_seconds = server.process.pid, 0

    def __enter__(self):
        live, told = self.server.metric("portico_calls"), len(self.backend.events("initiate"))
        self.running = [Call(self.application, self.folder, f"call{i}", hertz, transport)
                        for i, (hertz, transport) in enumerate(zip(THEIRS, (None, self.transport)))]
        wait_for("the calls", lambda: self.server.metric("portico_calls") == live + self.calls)
        self.backend.wait_event("initiate", told + self.calls)
        self.ids = {event["callId"] for event in self.backend.events("initiate")[told:]}
        self.before = self._quiet_metrics()
        self.memory, self.descriptors = [memory_mb(self.pid)], [descriptors(self.pid)]
        self.api_answers, self.over = [], threading.Event()
        self.looker = threading.Thread(target=self._look)
        self.looker.start()
        self.started = time.monotonic()
        return self

    def _quiet_metrics(self):
        """Once the calls' own messages are over; their first sounds are under way by then."""
        def received(values):
            return sum(value for key, value in values.items() if key.startswith("portico_sip_messages_received_total"))
        earlier, now = {}, metrics(self.server)
        while received(now) != received(earlier):
            time.sleep(0.5)
            earlier, now = now, metrics(self.server)
        return now

    def _look(self):
        while not self.over.wait(0.4):
            asked = time.monotonic()
            status, _ = self.server.api("GET", f"/v2/accounts/{ACCOUNT}/voice-applications/{self.application.id}")
            self.api_answers.append((status, time.monotonic() - asked))
            self.memory.append(memory_mb(self.pid))
            self.descriptors.append(descriptors(self.pid))

    def __exit__(self, kind, *_):
        self.seconds = time.monotonic() - self.started
        if kind is None:
            self.after_flood = metrics(self.server)
        self.over.set()
        self.looker.join()
        if kind is not None:
            self._kill_calls()

    def flood(self, kind, *flags, **options):
        """flood(), and a fresh call at its end: over TCP, as its messages would be counted among the flood's."""
        return flood(self.server, kind, *flags, over=lambda: self._call_afresh("tcp"), **options)

    def call_meanwhile(self):
        """A customer's call by the listener that is flooded, which must get in."""
        self._call_afresh(self.transport)

    def rose(self, name):
        """By how much the samples whose name (with labels) begins with `name` rose by the flood."""
        def total(values):
            return sum(value for key, value in values.items() if key.startswith(name))
        return total(self.after_flood) - total(self.before) - (total(OF_A_CALL) if self.fresh_seconds else 0)

    def judge(self, descriptors_more, sent=None, refused="", growth_mb=GROWTH_MB):
        """A fresh call works, nothing is left behind, the calls heard nothing. Waits, and then holds it to the bounds."""
        try:
            self._judge(descriptors_more, sent, refused, growth_mb)
        finally:
            self._kill_calls()  # those of a flood that did harm would be counted in the next one

    def _kill_calls(self):
        for call in self.running:
            call.process.kill()

    def _judge(self, descriptors_more, sent, refused, growth_mb):
        self._call_afresh(self.transport)
        assert not LARGE or self.fresh_seconds < 1, f"no normal service for {self.fresh_seconds:.1f} s after the flood"
        wait_for("memory to be given back", lambda: memory_mb(self.pid) < self.memory[0] + growth_mb)
        assert max(self.memory) < self.memory[0] + growth_mb, f"memory grew: {self.memory}"
        assert max(self.descriptors) <= self.descriptors[0] + descriptors_more, self.descriptors
        wait_for("the descriptors to be closed", self._descriptors_closed)
        assert self.api_answers and {status for status, _ in self.api_answers} == {200}, self.api_answers
        lost, bad, windows = self._judge_calls()
        late = self.rose("portico_media_ticks_missed_total")
        ROWS.append([self.name, f"{sent or 0:,}", f"{self.seconds:.0f}", refused,
                     f"{self.memory[0]:.0f} / {max(self.memory):.0f} / {memory_mb(self.pid):.0f}",
                     f"{self.descriptors[0]} / {max(self.descriptors)} / {descriptors(self.pid)}",
                     f"{1000 * max(t for _, t in self.api_answers):.0f}", f"{lost}", f"{bad} of {windows}", f"{late:.0f}",
                     f"{1000 * self.fresh_seconds:.0f}"])

    def _descriptors_closed(self):
        if descriptors(self.pid) <= self.descriptors[0] + 16:
            return True
        # What a backend has closed is closed here when the next connection is asked for.
        self._call_afresh(self.transport)
        return False

    def _call_afresh(self, transport):
        """A call of 0.2 s that nobody refuses or delays: no second try. The slowest is told."""
        asked = time.monotonic()
        report = self.application.dial("--duration", "0.2", "--record", str(self.folder / "fresh.wav"), transport=transport)
        assert report["status"] == 200, report
        self.fresh_seconds = max(self.fresh_seconds, time.monotonic() - asked)

    def _judge_calls(self):
        reports = [call.end() for call in self.running]
        assert all(r["status"] == 200 and r["hangupBy"] == "local" for r in reports), reports
        lost = sum(r["rtp"]["lost"] for r in reports)
        assert lost == 0, f"packets to the callers were lost: {reports}"
        heard = torn_each([call.path for call in self.running], OURS) + torn_each(self._recordings(), THEIRS)
        windows, bad = sum(n for n, _ in heard), sum(n for _, n in heard)
        assert all(n * 0.02 > self.seconds for n, _ in heard), f"a tone ended early: {heard}"
        # The test's own machine may be short of CPU for a moment; a flood that harms is heard in every second.
        assert all(torn <= n * 0.02 for n, torn in heard), f"something else than the tone was heard: {heard}"
        return lost, bad, windows

    def _recordings(self):
        """What the server recorded of the calls, as files."""
        def all_of_them():  # the fresh calls have theirs as well
            events = [event for event in self.backend.events("recordingAvailable") if event["callId"] in self.ids]
            return events if len(events) == self.calls else None
        for number, event in enumerate(wait_for("the recordings", all_of_them, 30)):
            status, raw = self.server.api("GET", event["mediaUrl"].removeprefix(self.server.http))
            assert status == 200, raw
            path = str(self.folder / f"recorded{number}.wav")
            with open(path, "wb") as file:
                file.write(raw)
            yield path


def table():
    head = ["flood", "sent", "s", "refused by name", "MB before / most / after", "descriptors", "API ms, worst", "RTP lost",
            "20 ms torn", "late ticks", "fresh call ms"]
    widths = [max(len(row[i]) for row in [head, *ROWS]) for i in range(len(head))]
    line = lambda row: "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"  # noqa: E731
    return "\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, ROWS)])
