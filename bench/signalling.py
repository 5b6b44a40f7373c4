"""CPU and latency of signalling work: Portico, Kamailio and the floor in turn, run after run."""
import statistics

from load import load
from processes import cpu_us

# label, generator's mode, target in CPU microseconds, units of one run as a share of --units
WORK = [("refuse: INVITE, 407, ACK", "refuse", "inv407", 13, 2.0),
        ("OPTIONS, 200", "options", "options", 8, 2.0),
        ("authenticated call, inline BXML", "call", "call", 80, 1.0),
        ("authenticated call, `initiate` webhook", "webhook", "call", 200, 0.5)]


def one_run(server, target, mode, units, **options):
    before = cpu_us(server.pids)
    result = load(mode, target, units, **options)
    return (cpu_us(server.pids) - before) / result["done"]


def measure_cpu(contestants, runs, units):
    """`contestants`: (server, {work: target}). Returns {work: {server name: [microseconds a unit, a run each]}}."""
    figures = {key: {} for _, key, _, _, _ in WORK}
    for run in range(-1, runs):  # the first is for warming up
        for _, key, mode, _, share in WORK:
            for server, targets in contestants:
                if key not in targets:
                    continue
                count = int(units * share) if run >= 0 else units // 5
                used = one_run(server, targets[key], mode, count)
                if run >= 0:
                    figures[key].setdefault(server.name, []).append(used)
    return figures


def medians(figures):
    return {key: {name: statistics.median(values) for name, values in by_server.items()} for key, by_server in figures.items()}


def measure_latency(contestants, rate, seconds):
    """At a fixed rate: {work: {server name: percentiles in microseconds}}. Of a call: from its INVITE to the 200."""
    out = {}
    for key, mode in (("refuse", "inv407"), ("options", "options"), ("call", "call")):
        for server, targets in contestants:
            # hold: what is timed ends with the 200; the BYE follows.
            options = {"hold_ms": 20} if mode == "call" else {}
            result = load(mode, targets[key], rate * seconds, rate=rate, **options)
            out.setdefault(key, {})[server.name] = {name: result[name] for name in ("p50", "p90", "p99")}
    return out
