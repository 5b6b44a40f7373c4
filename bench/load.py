"""Runs the load generators and reads what they print."""
import contextlib
import os
import re
import signal
import socket
import subprocess

from servers import BUILT

_source_ports = iter(range(7200, 2**15))


def source_port(address):
    """A new one for each load, which gets no answers of an earlier load then."""
    for port in _source_ports:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
            probe.bind((address, port))
            return port
    raise RuntimeError("no source port is left")


def command(mode, target, count, *, window=64, rate=0, hold_ms=0, seconds=60, media=(40000, 1), direction="sendrecv",
            source="127.0.0.1"):
    return [str(BUILT / "sipload"), "-m", mode, "-n", str(count), "-w", str(window), "-t", str(seconds), "-p",
            str(target.port), "-s", str(source_port(source)), "-u", target.user, "-P", target.password, "-r", target.realm,
            "-U", target.user, "-R", str(rate), "-h", str(hold_ms), "-M", str(media[0]), "-C", str(media[1]), "-D", direction,
            "-b", source]


def read(out):
    numbers = dict(re.findall(r"(\w+)=(\d+)", out))
    return {name: int(numbers[name]) for name in ("done", "fail", "rate", "p50", "p90", "p99", "rtx")} | {"line": out.strip()}


def load(mode, target, count, *, times=None, allow_failures=0.01, **options):
    env = dict(os.environ, TIMES=times) if times else None
    out = subprocess.run(command(mode, target, count, **options), capture_output=True, text=True, check=True, env=env).stdout
    result = read(out)
    if result["done"] < count * (1 - allow_failures):
        raise RuntimeError(f"too many calls failed: {result['line']}")
    return result


class HeldCalls:
    """`count` calls that stand until the end of the block."""

    def __init__(self, target, count, **options):
        self.count = count
        self.process = subprocess.Popen(command("open", target, count, hold_ms=10**9, seconds=600, **options),
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.opened = int(re.search(r"OPEN (\d+)", line).group(1)) if line.startswith("OPEN") else 0
        if self.opened < count * 0.99:
            raise RuntimeError(f"only {self.opened} of {count} calls were set up: {line.strip()} {self.end().strip()}")

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.end()

    def end(self):
        """What it complained of."""
        self.process.send_signal(signal.SIGUSR1)
        try:
            return self.process.communicate(timeout=90)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.communicate()[1]


class RtpSink:
    """The callers' phones. `speak`: RTP packets that each sends once it hears the server; -1 without end, as most do."""

    def __init__(self, base, count, speak=-1):
        self.base, self.count = base, count
        self.process = subprocess.Popen([str(BUILT / "rtpsink"), str(base), str(count), str(speak)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def ask(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def packets(self):
        return int(self.ask("count").split()[0])

    def first(self):
        out, line = {}, self.ask("first")
        while line != "end\n":
            port, at = map(int, line.split())
            out[port] = at
            line = self.process.stdout.readline()
        return out

    def forget(self):
        assert self.ask("forget") == "forgotten\n"

    @property
    def media(self):
        return self.base, self.count

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.wait(10)
