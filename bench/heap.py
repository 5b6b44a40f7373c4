"""A flame graph of what established calls hold of the heap: heaptrack on two servers, one with few calls and one with many;
what the second holds more is the calls'."""
import collections
import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

import flamegraph
from load import HeldCalls
from memory import MEDIA_PORTS, SETTLED_SECONDS
from servers import BUILT, HERE, Portico

TRACKER = pathlib.Path("/usr/lib/heaptrack")
FEW, MANY = 20, 1020
SOURCES = {path.name for path in (HERE.parent / "src").rglob("*.*")}


@contextlib.contextmanager
def environment(**names):
    before = dict(os.environ)
    os.environ.update(names)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Tracked:
    """What heaptrack_interpret writes, a fact a line: strings, code addresses, traces, kinds of blocks (size, trace), and one
    line for each block that comes or goes. Numbers are hexadecimal; an index of 0 is nothing."""

    def __init__(self, lines):
        self.strings, self.addresses, self.traces, self.kinds = [""], [[]], [(0, 0)], []
        self.blocks = collections.Counter()  # by kind
        for line in lines:
            what, _, rest = line.rstrip("\n").partition(" ")
            if what == "s":
                self.strings.append(rest.split(" ", 1)[1])
            elif what in "ita+-" and what:
                getattr(self, "_take_" + {"+": "come", "-": "go"}.get(what, what))(*(int(word, 16) for word in rest.split()))

    def _take_i(self, _address, _module, *frames):  # function, file, line of each: the inlined ones first
        self.addresses.append([(frames[i], frames[i + 1]) for i in range(0, len(frames) - 1, 3)])

    def _take_t(self, address, parent):
        self.traces.append((address, parent))

    def _take_a(self, size, trace):
        self.kinds.append((size, trace))

    def _take_come(self, kind):
        self.blocks[kind] += 1

    def _take_go(self, kind):
        self.blocks[kind] -= 1

    def held(self):
        """{frames in our own sources, from the outside in: bytes}. The standard library's frames say little."""
        held = collections.Counter()
        for kind, count in self.blocks.items():
            size, trace = self.kinds[kind]
            held[tuple(reversed(list(self._frames(trace))))] += size * count
        return held

    def _frames(self, trace):
        while trace:
            address, trace = self.traces[trace]
            for function, file in self.addresses[address]:
                name = pathlib.Path(self.strings[file]).name
                if name in SOURCES:
                    yield f"{flamegraph.short(self.strings[function])} ({name})"


def held_by(binary, inline_bxml, count, folder):
    """What a server holds with so many calls, a while after their set-up."""
    raw = f"{folder}/{count}"
    with environment(LD_PRELOAD=f"{TRACKER}/libheaptrack_preload.so:{BUILT}/libmallocnew.so", DUMP_HEAPTRACK_OUTPUT=raw):
        server = Portico(binary)
    try:
        calls = HeldCalls(server.application(inlineBxml=inline_bxml), count, media=MEDIA_PORTS, direction="inactive")
        time.sleep(SETTLED_SECONDS)
        calls.process.send_signal(signal.SIGKILL)
        server.process.send_signal(signal.SIGKILL)  # what is not freed by now is held
        calls.process.wait()
    finally:
        server.stop()
    with open(raw, "rb") as data:
        tracked = subprocess.run([TRACKER / "libexec/heaptrack_interpret"], stdin=data, capture_output=True, check=True).stdout
    return Tracked(tracked.decode().splitlines()).held()


def heap_graph(binary, inline_bxml, path):
    """Writes the graph; False without heaptrack."""
    path.unlink(missing_ok=True)
    if not TRACKER.exists():
        return False
    subprocess.run(["cc", "-O2", "-w", "-shared", "-fPIC", "-o", BUILT / "libmallocnew.so", HERE / "mallocnew.c"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        few, many = (held_by(binary, inline_bxml, count, folder) for count in (FEW, MANY))
    root = flamegraph.Node()
    for frames, size in many.items():
        flamegraph.add(root, frames, max(0, round((size - few[frames]) / (MANY - FEW))))
    path.write_text(flamegraph.draw_within(root, f"held by an established call: {root.samples:,} bytes of the heap"))
    return True
