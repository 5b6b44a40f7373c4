"""Prompts: CPU of a frame, of a whole call, and how soon the first audio comes."""
import pathlib
import statistics
import subprocess
import tempfile
import time

from load import HeldCalls, RtpSink, load
from processes import cpu_us
from servers import BUILT

FRAMES_A_SECOND = 50
ARRIVALS = 100  # calls a second: more at once find each other's sources unknown and need a socket each


def frame_us(server, target, sink, calls, seconds):
    """CPU of the server for a frame that a caller received, while `calls` prompts play."""
    with HeldCalls(target, calls, media=sink.media, rate=ARRIVALS):
        time.sleep(1)
        cpu, packets, began = cpu_us(server.pids), sink.packets(), time.monotonic()
        time.sleep(seconds)
        cpu, packets, took = cpu_us(server.pids) - cpu, sink.packets() - packets, time.monotonic() - began
    return {"us": cpu / packets, "received": packets / (calls * FRAMES_A_SECOND * took)}


def floor_frame_us(sink, calls, seconds):
    out = subprocess.run([str(BUILT / "rtpfloor"), str(sink.base), str(calls), str(seconds)], capture_output=True, text=True,
                         check=True).stdout
    return float(out)


def frame_rows(server, target, sink, calls, runs, seconds):
    rows = {"Portico": [], "floor": [], "received": []}
    frame_us(server, target, sink, calls, 1)
    for _ in range(runs):
        row = frame_us(server, target, sink, calls, seconds)
        rows["Portico"].append(row["us"])
        rows["received"].append(row["received"])
        rows["floor"].append(floor_frame_us(sink, calls, seconds))
    return {name: statistics.median(values) for name, values in rows.items()}


def prompt_call_us(server, target, sink, calls, rate, prompt_ms=5000):
    """CPU of an authenticated call that hears `prompt_ms` of a prompt and hangs up."""
    before, packets = cpu_us(server.pids), sink.packets()
    result = load("call", target, calls, rate=rate, hold_ms=prompt_ms, media=sink.media, seconds=calls / rate + 20)
    took, packets = cpu_us(server.pids) - before, sink.packets() - packets
    wanted = result["done"] * FRAMES_A_SECOND * prompt_ms / 1000
    if packets < wanted * 0.99:
        raise RuntimeError(f"the calls heard {packets} of {wanted:.0f} packets")
    return took / result["done"]


def percentiles(values):
    ordered = sorted(values)
    return {"p50": ordered[len(ordered) // 2], "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
            "count": len(ordered)}


def first_audio(target, sink, backend=None):
    """Microseconds from the admitted INVITE (or from the backend's reply) to the first RTP packet, one call at a time."""
    calls = sink.count
    sink.forget()
    with tempfile.TemporaryDirectory() as folder:
        times = pathlib.Path(folder) / "times"
        load("call", target, calls, rate=20, hold_ms=1000, media=sink.media, times=str(times), seconds=calls / 20 + 20)
        asked = [line.split() for line in times.read_text().splitlines()]
    heard = sink.first()
    since = backend.replies() if backend else {}
    took = [heard[int(port)] - (since[call_id] if backend else int(at)) for port, call_id, at in asked if int(port) in heard]
    if len(took) < calls * 0.99:  # or the latest of all would be left out of the row
        raise RuntimeError(f"only {len(took)} of {calls} calls heard anything")
    return percentiles(took)


def first_audio_rows(targets, sink, backend, runs):
    """Inline and by webhook in turn, run after run: medians, and the least and the most of each p99."""
    rows = {name: [] for name in targets}
    for _ in range(runs):
        for name, target in targets.items():
            rows[name].append(first_audio(target, sink, backend if name == "webhook" else None))
    return {name: {key: statistics.median(row[key] for row in of) for key in of[0]} |
                  {"p99_of_runs": sorted(row["p99"] for row in of)} for name, of in rows.items()}
