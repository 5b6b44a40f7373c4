"""Runs the real binary, and talks to it as its users do."""
import atexit
import base64
import io
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

import sound

BINARY = os.environ["PORTICO_BINARY"]
ACCOUNT = "1000001"
CLIENT = "CLI-test"
SECRET = "client-secret-of-the-tests"
SEED = {"PORTICO_ACCOUNT_ID": ACCOUNT, "PORTICO_CLIENT_ID": CLIENT, "PORTICO_CLIENT_SECRET": SECRET}


def http(method, url, body=None, headers=None, timeout=20):
    """(status, headers, body bytes); error statuses are returned, not raised."""
    data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
    request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
    if isinstance(body, (dict, list)):
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def wait_for(what, condition, seconds=15):
    """Polls until `condition()` is true and returns its value; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"still no {what} after {seconds} s")
        time.sleep(0.05)


def in_mounts(script):
    """What a command begins with to run in a mount namespace that `script` has prepared."""
    assert os.geteuid() == 0, "these tests mount file systems: run them as root"
    # Where / is no mount point (a chroot), its mounts cannot be made private, and nobody shares them.
    private = "mount --make-rprivate / 2>/dev/null || ! mountpoint -q /\n"
    return ("unshare", "--mount", "--propagation", "unchanged", "sh", "-ec", private + script + '\nexec "$@"', "sh")


class Server:
    """portico serve with its own data directory, free ports, loopback only. None takes away a variable or the log's level."""

    def __init__(self, *flags, data=None, environment=None, wrapper=(), log_level="debug"):
        self.data = data or tempfile.mkdtemp(prefix="portico-e2e-")
        rtp = 20000 + (os.getpid() * 7 + id(self) // 64) % 150 * 200
        self.rtp_ports = (rtp, rtp + 199)
        command = [*wrapper, BINARY, "serve", "--data", self.data, "--bind", "127.0.0.1", "--public-ip", "127.0.0.1",
                   "--sip-port", "0", "--sips-port", "0", "--http", "127.0.0.1:0", "--node", "node1",
                   "--rtp-ports", f"{rtp}-{rtp + 199}", "--allow-private-source-ips", "--log-format", "json",
                   *(["--log-level", log_level] if log_level else []), "--calls-per-second", "0",
                   "--concurrent-calls", "0", "--drain-timeout", "3", *flags]
        env = {**os.environ, **SEED, **(environment or {})}
        env = {name: value for name, value in env.items() if value is not None}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
        atexit.register(self.process.kill)  # where a test failed before stop()
        self.log = []
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            self.process.wait(10)
            raise AssertionError(f"no ready line but {line!r}:\n" + "\n".join(self.log[-20:]))
        self.ready = json.loads(line[len("ready "):])
        self.http = self.ready["http"]
        self.sip_port = int(self.ready["sip"].rsplit(":", 1)[1])
        self.sips_port = int(self.ready["sips"].rsplit(":", 1)[1])

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line.rstrip("\n"))

    def logged(self, word):
        """The lines of the log with `word` in their message."""
        lines = [json.loads(line) for line in list(self.log) if line.startswith("{")]
        return [line for line in lines if word in line["message"]]

    def api(self, method, path, body=None, headers=None, client=(CLIENT, SECRET)):
        token = base64.b64encode(":".join(client).encode()).decode()
        status, reply_headers, raw = http(method, self.http + path, body,
                                          {"Authorization": f"Basic {token}", **(headers or {})})
        try:
            return status, json.loads(raw) if raw else None
        except ValueError:  # audio, BXML, text
            return status, raw

    def make_application(self, **fields):
        """An enabled application: password authentication unless `fields` say otherwise."""
        body = {"applicationName": "Test", "inboundSipCallsEnabled": True, "passwordAuthEnabled": True,
                "allowedRegions": ["US"], **fields}
        status, reply = self.api("POST", f"/v2/accounts/{ACCOUNT}/voice-applications", body)
        assert status == 201, reply
        return Application(self, reply["data"])

    def dial(self, uri, *flags, password=None, timeout=60, check=True):
        command = [BINARY, "dial", uri, "--json", *(["--password", password] if password else []), *flags]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        report = json.loads(done.stdout) if done.stdout.strip() else {}
        report["exit"] = done.returncode
        report["stderr"] = done.stderr
        if check:
            assert done.returncode == 0, (report, self.log[-30:])
        return report

    def metric(self, name):
        """Sum over the samples whose name (with labels) begins with `name`."""
        _, _, raw = http("GET", self.http + "/metrics")
        return sum(float(line.rsplit(" ", 1)[1]) for line in raw.decode().splitlines() if line.startswith(name))

    def stop(self):
        """Ends the server, which must end well."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("the server did not end 20 s after SIGTERM")
        self._reader.join(5)
        bad = [line for line in self.log if re.search(r"(Address|Thread|Leak|UndefinedBehavior)Sanitizer|runtime error", line)]
        assert not bad and self.process.returncode == 0, f"{self.process.returncode}\n" + "\n".join(self.log[-80:])
        return self.process.returncode


class Application:
    def __init__(self, server, data):
        self.server = server
        self.data = data
        self.id = data["applicationId"]
        self.user = data["sipUri"].split(":", 1)[1].split("@")[0]
        self.password = data.get("sipAuthPassword")
        self.recordings_seen = 0

    def uri(self, scheme="sip", transport=None):
        port = self.server.sips_port if transport == "tls" else self.server.sip_port
        return f"{scheme}:{self.user}@127.0.0.1:{port}" + (f";transport={transport}" if transport else "")

    def dial(self, *flags, transport=None, **kwargs):
        kwargs.setdefault("password", self.password)
        return self.server.dial(self.uri(transport=transport), *flags, **kwargs)

    def admissions(self):
        status, reply = self.server.api("GET", f"/v1/accounts/{ACCOUNT}/voice-applications/{self.id}/admissions")
        assert status == 200, reply
        return reply["data"]

    def newest_admission(self, **wanted):
        """The newest row, which must come to be like this: it is written a moment after the answer."""
        def newest():
            rows = self.admissions()
            return rows[0] if rows and wanted.items() <= rows[0].items() else None
        return wait_for(f"a newest decision with {wanted}", newest)

    def next_recording(self):
        """(rate, channels) of the server's newest recording, once there is one more than at the last time."""
        def ready():
            status, listed = self.server.api("GET", f"/api/v2/accounts/{ACCOUNT}/recordings")
            assert status == 200
            done = all(r["status"] != "processing" for r in listed)
            return listed[-1] if done and len(listed) > self.recordings_seen else None
        newest = wait_for("the recording", ready)
        self.recordings_seen += 1
        assert newest["status"] == "complete"
        status, raw = self.server.api("GET", newest["mediaUrl"].removeprefix(self.server.http))
        assert status == 200
        return sound.read_wav(io.BytesIO(raw))


class Backend:
    """The test backend (backend/server.mjs): bandwidth-sdk writes what it answers. The soak uses it too."""

    def __init__(self):
        here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "backend")
        if not os.path.isdir(os.path.join(here, "node_modules")):
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=here, check=True)
        self.process = subprocess.Popen(["node", os.path.join(here, "server.mjs")], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening "), line
        self.url = f"http://127.0.0.1:{line.split()[1]}"
        self.former_calls = set()  # their last events may still come in after the next script is set

    def script(self, **paths):
        """script(initiate={"verbs": [...]}): what /initiate answers. Forgets the requests so far."""
        self.former_calls |= {r["event"].get("callId") for r in self.requests() if "event" in r} - {None}
        rules = {"/" + name: rule for name, rule in paths.items()}
        status, _, raw = http("PUT", self.url + "/_script", rules)
        assert status == 204, raw

    def requests(self, path=None):
        _, _, raw = http("GET", self.url + "/_requests")
        return [r for r in json.loads(raw) if path is None or r["path"] == path]

    def events(self, kind=None):
        found = [r["event"] for r in self.requests() if "event" in r]
        found = [e for e in found if e.get("callId") not in self.former_calls]
        return [e for e in found if kind is None or e.get("eventType") == kind]

    def wait_event(self, kind, count=1, seconds=15):
        wait_for(f"{kind} event ({count})", lambda: len(self.events(kind)) >= count, seconds)
        return self.events(kind)[count - 1]

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
