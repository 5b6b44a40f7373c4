"""A flame graph of what established calls hold of the heap: heaptrack on two servers, one with few calls and one with many;
what the second holds more is the calls'."""
import collections
import contextlib
import os
import pathlib
import re
import shutil
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


def held_by(binary, inline_bxml, calls, folder):
    """{stack from the outside in: bytes} of what a server holds with so many calls, a while after their set-up."""
    raw = folder / f"{calls}.raw"
    library = BUILT / "libmallocnew.so"
    with environment(LD_PRELOAD=f"{TRACKER}/libheaptrack_preload.so:{library}", DUMP_HEAPTRACK_OUTPUT=str(raw)):
        server = Portico(binary)
    try:
        with HeldCalls(server.application(inlineBxml=inline_bxml), calls, media=MEDIA_PORTS, direction="inactive"):
            time.sleep(SETTLED_SECONDS)
            server.process.kill()  # what is not freed by now is held
    finally:
        server.stop()
    tracked, folded = folder / f"{calls}.tracked", folder / f"{calls}.folded"
    with raw.open("rb") as data, tracked.open("wb") as out:
        subprocess.run([TRACKER / "libexec/heaptrack_interpret"], stdin=data, stdout=out, stderr=subprocess.DEVNULL, check=True)
    subprocess.run(["heaptrack_print", "-f", tracked, "-F", folded, "--flamegraph-cost-type", "leaked"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    held = collections.Counter()
    for line in folded.read_text().splitlines():
        frames, size = line.rsplit(" ", 1)
        held[tuple(own_frames(frames.split(";")))] += int(size)
    return held


def own_frames(frames):
    """Those in our own sources: the standard library's say little."""
    for frame in frames:
        match = re.match(r"(.+) \((.+)\)$", frame)
        if match and match.group(2) in SOURCES:
            yield f"{flamegraph.short(match.group(1))} ({match.group(2)})"


def heap_graph(binary, inline_bxml, title, path):
    """Writes the graph; False without heaptrack."""
    if not shutil.which("heaptrack_print"):
        return False
    subprocess.run(["cc", "-O2", "-w", "-shared", "-fPIC", "-o", BUILT / "libmallocnew.so", HERE / "mallocnew.c"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        few, many = (held_by(binary, inline_bxml, calls, pathlib.Path(folder)) for calls in (FEW, MANY))
    root = flamegraph.Node()
    for frames, size in (many - few).items():
        flamegraph.add(root, frames, round(size / (MANY - FEW)))
    path.write_text(flamegraph.draw_within(root, f"{title}: {root.samples:,} bytes a call"))
    return True
