"""How cost grows with the calls in progress, and the pictures of it."""
import contextlib
import time

from load import HeldCalls, load
from media import frame_us
from memory import MEDIA_PORTS
from processes import cpu_us, pss_kb

IN_PROGRESS = (1, 10, 100, 1000, 5000)


def signalling_growth(server, target, units):
    """With so many calls standing: CPU of one more call, its latency to the 200, memory of the process."""
    points = []
    for standing in IN_PROGRESS:
        with contextlib.ExitStack() as stack:
            stack.enter_context(HeldCalls(target, standing, media=MEDIA_PORTS, direction="inactive"))
            time.sleep(2)
            load("call", target, units // 4, window=16)
            before = cpu_us(server.pids)
            done = load("call", target, units, window=16)["done"]
            cpu = (cpu_us(server.pids) - before) / done
            timed = load("call", target, 1000, rate=200, hold_ms=20)
            points.append({"calls": standing, "cpu": cpu, "p50": timed["p50"], "p99": timed["p99"],
                           "mb": pss_kb(server.pids) / 1024})
        time.sleep(1)
    return points


def media_growth(server, target, sink, counts, seconds):
    """With so many prompts playing: CPU of a frame, and how much of what should have come has come."""
    points = []
    for calls in counts:
        point = {"calls": calls, **frame_us(server, target, sink, calls, seconds)}
        points.append(point)
        time.sleep(1)
    return points


def draw(signalling, media, path):
    import matplotlib  # Debian's python3-matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "portico", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(2, 2, figsize=(9, 6))
    calls = [point["calls"] for point in signalling]

    def panel(axis, title, unit, xs, lines, **scales):
        for label, values, style in lines:
            axis.plot(xs, values, style, label=label)
        axis.set(xscale="log", title=title, ylabel=unit, xlabel="calls in progress", **(scales or {"ylim": (0, None)}))
        axis.grid(True, alpha=0.3)
        if len(lines) > 1:
            axis.legend()

    panel(axes[0][0], "CPU of one more call", "µs", calls, [("", [p["cpu"] for p in signalling], "o-")])
    panel(axes[0][1], "from INVITE to 200", "ms", calls,
          [("p50", [p["p50"] / 1000 for p in signalling], "o-"), ("p99", [p["p99"] / 1000 for p in signalling], "s--")])
    panel(axes[1][0], "memory of the process (PSS)", "MB", calls, [("", [p["mb"] for p in signalling], "o-")])
    panel(axes[1][1], "CPU of a frame, prompts playing", "µs", [p["calls"] for p in media],
          [("", [p["us"] for p in media], "o-")], yscale="log")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
