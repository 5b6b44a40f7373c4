"""Spoiled messages over each transport to the real server (tests/mutate): it refuses what it must, keeps to its
bounds and goes on taking calls. `make mutate COUNT=1000000 SEED=1` runs the same with more."""
import ctypes
import json
import os
import subprocess

import pytest
from portico import BINARY, Server, wait_for

# The tool is built beside the debug binary; a release binary is attacked with it too.
TOOL = os.environ.get("PORTICO_MUTATE", os.path.join(os.path.dirname(BINARY), "mutate"))
COUNT = int(os.environ.get("PORTICO_MUTATIONS", "10000"))  # together, over the three transports
EACH = COUNT if "PORTICO_MUTATIONS" in os.environ else COUNT // 3 + 1
SEED = int(os.environ.get("PORTICO_SEED", "1"))
CLONE_NEWNET = 0x40000000
# Room for the sanitizer's own books, which grow with what was ever allocated at one time; `make mutate` goes without it.
GROWTH_BYTES_MAX = 48_000_000 if "PORTICO_MUTATIONS" in os.environ else 160_000_000
DOCUMENT = '<Response><Gather maxDigits="3" firstDigitTimeout="2"/><Pause duration="3"/></Response>'


@pytest.fixture(scope="module")
def own_network():
    """A network of this module's own, where that is allowed: spoiled messages name hosts, and no name server shall
    hear of them."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/thread-self/ns/net") as former:
        moved = libc.unshare(CLONE_NEWNET) == 0
        try:
            if moved:
                subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            if moved:
                assert libc.setns(former.fileno(), CLONE_NEWNET) == 0


@pytest.fixture(scope="module")
def server(own_network):
    running = Server("--invite-rate", "0", "--auth-failures", "0", "--log-level", "info",
                     environment={"ASAN_OPTIONS": "quarantine_size_mb=16:detect_leaks=1"})
    yield running
    assert running.stop() == 0


def resident_bytes(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def attack(server, transport, application, password, count, seed):
    port = server.sips_port if transport == "tls" else server.sip_port
    done = subprocess.run([TOOL, transport, f"127.0.0.1:{port}", application.user, password, str(count), str(seed)],
                          capture_output=True, text=True, errors="replace", timeout=600 + count // 50)
    assert done.returncode == 0, (done.stdout[:3000], done.stderr[-3000:], server.log[-20:])
    report = json.loads(done.stdout.splitlines()[-1])
    print(transport, report, "resident MB", resident_bytes(server) // 1_000_000)
    return report


def admitted(server):
    return server.metric('portico_admissions_total{reason="admitted"}')


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_spoiled_messages_admit_nobody_and_leave_the_server_as_it_was(server, transport):
    application = server.make_application(inlineBxml=DOCUMENT)
    before = admitted(server)
    # Without the password nobody gets in, whatever is said.
    attack(server, transport, application, "", max(EACH // 5, 1), SEED)
    assert admitted(server) == before
    # With it, each proof opens the door once.
    warm = resident_bytes(server)
    report = attack(server, transport, application, application.password, EACH, SEED + 1)
    assert report["answered"] > 0, "no conversation came through: nothing was tested"
    assert report["answered"] <= admitted(server) - before <= report["proofs"]
    grown = resident_bytes(server) - warm
    assert grown < GROWTH_BYTES_MAX, f"{grown} bytes more than before"
    normal = server.make_application(inlineBxml='<Response><Pause duration="1"/></Response>')
    assert normal.dial(transport=None if transport == "udp" else transport)["status"] == 200


@pytest.mark.skipif("PORTICO_MUTATIONS" not in os.environ, reason="waits for what 64*T1 and more end; inside, it is looked at")
def test_calls_that_spoiled_messages_began_end(server):
    wait_for("end of the last call", lambda: server.metric("portico_calls") == 0, 120)
