"""The servers under test and the backend that Portico asks: started on free or fixed loopback ports, stopped by their
own process ids."""
import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from processes import family, own_kb

HERE = pathlib.Path(__file__).resolve().parent
BUILT = HERE.parent / "build/bench"


def compile_tools():
    BUILT.mkdir(parents=True, exist_ok=True)
    for name in ("sipload", "sipfloor", "rtpsink", "rtpfloor"):
        subprocess.run(["cc", "-O2", "-w", "-o", str(BUILT / name), str(HERE / f"{name}.c"), "-lcrypto"], check=True)


@contextlib.contextmanager
def running(server):
    """The server until the end of the block."""
    try:
        yield server
    finally:
        server.stop()


class Target:
    """Where calls go: who answers and with which credentials."""

    def __init__(self, port, user, realm, password):
        self.port, self.user, self.realm, self.password = port, user, realm, password


class Portico:
    name = "Portico"

    def __init__(self, binary, *arguments):
        self.folder = tempfile.mkdtemp(prefix="portico-bench-")
        env = dict(os.environ, PORTICO_ACCOUNT_ID="1000001", PORTICO_CLIENT_ID="CLI-bench", PORTICO_CLIENT_SECRET="secret-of-the-bench")
        self.process = subprocess.Popen(
            [binary, "serve", "--data", self.folder, "--bind", "127.0.0.1", "--public-ip", "127.0.0.1", "--sip-port", "0",
             "--sips-port", "0", "--http", "127.0.0.1:0", "--invite-rate", "0", "--calls-per-second", "0",
             "--concurrent-calls", "0", "--log-level", "warn", *arguments],
            stdout=subprocess.PIPE, stderr=sys.stderr, text=True, env=env)
        self.ready = json.loads(self.process.stdout.readline().removeprefix("ready "))
        self.port = int(self.ready["sip"].rsplit(":", 1)[1])
        self.pids = [self.process.pid]

    def application(self, **fields):
        body = json.dumps({"applicationName": "bench", "inboundSipCallsEnabled": True, "passwordAuthEnabled": True,
                           "allowedRegions": ["US"], **fields}).encode()
        request = urllib.request.Request(self.ready["http"] + "/v2/accounts/1000001/voice-applications", body, {
            "Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(b"CLI-bench:secret-of-the-bench").decode()})
        with urllib.request.urlopen(request) as answer:
            data = json.loads(answer.read())["data"]
        time.sleep(1.1)  # what the API promises: in force within a second
        return Target(self.port, data["sipUri"].split(":")[1].split("@")[0], "127.0.0.1", data["sipAuthPassword"])

    def memory_kb(self):
        return own_kb(self.pids)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


class Kamailio:
    name = "Kamailio"

    def __init__(self, port=25060):
        self.folder = tempfile.mkdtemp(prefix="kamailio-bench-")
        text = (HERE / "kamailio.cfg").read_text()
        for word, value in {"NWORKX": "1", "CTLX": self.folder + "/ctl.sock", "DBX": self.folder + "/kam.sqlite",
                            "PORTX": str(port)}.items():
            text = text.replace(word, value)
        config = pathlib.Path(self.folder) / "kamailio.cfg"
        config.write_text(text)
        self.process = subprocess.Popen(
            ["kamailio", "-DD", "-E", "-m", "6144", "-M", "16", "-f", str(config), "-P", self.folder + "/pid"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(4)
        self.pids = family(self.process.pid)
        self.target = Target(port, "u1", "sip.test", "secret")

    def application(self, **_):
        """It answers each call itself."""
        return self.target

    def memory_kb(self):
        """By its own count of its shared memory, where all of a call is: the pool's pages stay once they were touched."""
        answer = subprocess.run(["kamcmd", "-s", f"unix:{self.folder}/ctl.sock", "stats.get_statistics",
                                 "real_used_size"], capture_output=True, text=True, check=True, timeout=30).stdout
        return int(re.search(r"real_used_size = (\d+)", answer).group(1)) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


class Floor:
    """sipfloor.c: no transactions, no dialogs, no timers. What the kernel and a digest cost."""
    name = "floor"

    def __init__(self, port=25111):
        self.process = subprocess.Popen([str(BUILT / "sipfloor"), str(port), "3600", "64"], stderr=subprocess.DEVNULL)
        time.sleep(0.3)
        self.pids = [self.process.pid]
        self.target = Target(port, "u1", "sip.test", "secret")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Backend:
    """backend.py on a free port."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, str(HERE / "backend.py")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def replies(self):
        """When each call's `initiate` was answered: SIP Call-ID to microseconds of the monotonic clock."""
        with urllib.request.urlopen(self.url + "/replies") as answer:
            return json.loads(answer.read())

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
