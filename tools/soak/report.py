"""What a soak is held to, and the page that tells of it."""
import statistics

from soak import MIX, RECORDED

# Of the last quarter over the first. The sound cache, the speech cache and SQLite's pages fill up in the first minutes.
MEMORY_SHARE, MEMORY_MB = 1.10, 4
LATENCY_SHARE, LATENCY_MS = 1.5, 5
CPU_SHARE, CPU_PERCENT = 1.5, 0.5


def quarter(values, seconds, number):
    return [v for v in values if number * seconds / 4 <= v[0] < (number + 1) * seconds / 4]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0


def checks(soak, flat=True):
    """[(what must hold, whether it does, what was seen)]"""
    answered, placed = sum(soak.answered.values()), sum(soak.placed.values())
    ends = [seen["disconnect"] for seen in soak.calls.values()]
    recordings = {kind: (soak.recordings[kind], soak.answered[kind]) for kind in RECORDED}
    counted = lambda reason: int(soak.metrics.get(f'portico_admissions_total{{reason="{reason}"}}', 0))  # noqa: E731
    errors = {text: n for (level, text), n in soak.log.items() if level == "error"}
    out = [
        ("each call went as its kind must", not soak.faults, f"{len(soak.faults)} did not" if soak.faults else f"{placed:,} calls"),
        ("one `disconnect` a call", len(ends) == answered and set(ends) == {1},
         f"{sum(ends):,} events of {len(ends):,} calls, {answered:,} answered"),
        ("every recording downloaded, with the tone in it", all(a == b for a, b in recordings.values()),
         ", ".join(f"{kind}: {a} of {b}" for kind, (a, b) in recordings.items())),
        ("each `gather` told the digits that were dialled", soak.gathered == soak.answered["gather"],
         f"{soak.gathered:,} of {soak.answered['gather']:,}"),
        ("admissions add up", counted("admitted") == answered and counted("wrong-password") + counted("auth-lockout") == soak.placed["wrong password"] and
         counted("challenge") == placed,
         f"admitted {counted('admitted'):,}, wrong-password {counted('wrong-password'):,}, auth-lockout {counted('auth-lockout'):,}, challenge {counted('challenge'):,}"),
        ("no call and no port is left", soak.metrics.get("portico_calls") == 0 and soak.metrics.get("portico_media_ports", 0) == 0,
         f"calls {soak.metrics.get('portico_calls'):.0f}, ports {soak.metrics.get('portico_media_ports', 0):.0f}"),
        ("no error in the log", not errors and soak.exit_status == 0, str(errors or "none")),
    ]
    return out + (flatness(soak) if flat else [])


def flatness(soak):
    out = []
    for name, unit, share, more in (("memory", "MB", MEMORY_SHARE, MEMORY_MB), ("descriptors", "", 1.0, 16), ("threads", "", 1.0, 0)):
        first, last = (statistics.median(s[1] for s in quarter([(s["at"], s[name]) for s in soak.samples], soak.seconds, q))
                       for q in (0, 3))
        most = first * share + more
        out.append((f"{name} flat", last <= most, f"{first:.0f} {unit} in the first quarter, {last:.0f} in the last; {most:.0f} at most"))
    first, last = (cpu_percent(quarter([(s["at"], s["cpu"]) for s in soak.samples], soak.seconds, q)) for q in (0, 3))
    most = first * CPU_SHARE + CPU_PERCENT
    out.append(("CPU flat", last <= most, f"{first:.1f} % of a core in the first quarter, {last:.1f} in the last; {most:.1f} at most"))
    for name, field, part in (("the answer flat, median", 1, 0.5), ("the answer flat, 95th percentile", 1, 0.95),
                              ("the first sound flat, median", 2, 0.5)):
        a, b = (percentile([x[field] for x in quarter(soak.latencies, soak.seconds, q) if x[field] is not None], part) for q in (0, 3))
        most = a * LATENCY_SHARE + LATENCY_MS
        out.append((f"time to {name}", b <= most, f"{a:.0f} ms, then {b:.0f} ms; {most:.0f} at most"))
    return out


def cpu_percent(samples):
    """Of [(second, CPU seconds so far)]."""
    return 100 * (samples[-1][1] - samples[0][1]) / max(samples[-1][0] - samples[0][0], 1)


def over_time(soak, rows=12):
    lines = ["| until | memory (PSS), MB | descriptors | threads | calls | CPU of a core | answer ms, median / p99 | first sound ms, median |",
             "|---|---|---|---|---|---|---|---|"]
    before = 0.0
    for row in range(rows):
        low, high = row * soak.seconds / rows, (row + 1) * soak.seconds / rows
        part = [s for s in soak.samples if low <= s["at"] < high]
        calls = [x for x in soak.latencies if low <= x[0] < high]
        if not part or not calls:
            continue
        cpu, before = part[-1]["cpu"] - before, part[-1]["cpu"]
        mean = lambda name: statistics.mean(s[name] for s in part)  # noqa: E731
        sounds = [x[2] for x in calls if x[2] is not None]
        answers = [x[1] for x in calls]
        lines.append(f"| {high / 60:.1f} min | {mean('memory'):.1f} | {mean('descriptors'):.0f} | {mean('threads'):.0f} | "
                     f"{mean('calls'):.1f} | {100 * cpu / (high - low):.1f} % | {percentile(answers, 0.5):.0f} / "
                     f"{percentile(answers, 0.99):.0f} | {percentile(sounds, 0.5):.0f} |")
    return "\n".join(lines)


def page(soak, held, when, build):
    total = sum(soak.placed.values())
    lines = ["# Soak", "", "Written by `make soak`; the mix and what it is held to are in `tools/soak`.", "",
             f"{when}: {soak.seconds / 60:.0f} minutes at {soak.rate:g} calls a second, {total:,} calls, {build}. Callers are "
             "`portico dial` (and a caller of our own where packets get lost), the backend is the one of the end-to-end tests.", "",
             "| what must hold | | seen |", "|---|---|---|"]
    lines += [f"| {what} | {'yes' if good else '**no**'} | {seen} |" for what, good, seen in held]
    lines += ["", "| kind of call | placed | answered |", "|---|---|---|"]
    lines += [f"| {kind} | {soak.placed[kind]:,} | {soak.answered[kind]:,} |" for kind in MIX]
    lines += ["", over_time(soak), ""]
    warnings = {text: n for (level, text), n in soak.log.items() if level == "warn"}
    lines += ["Warnings in the log: " + (", ".join(f"{text} ({n})" for text, n in warnings.items()) or "none") + ".", ""]
    dropped = {name: int(value) for name, value in soak.metrics.items()
               if value and any(word in name for word in ("drop", "missed", "lost", "refused", "withheld"))}
    lines += ["Drops that were counted: " + (", ".join(f"`{name}` {value:,}" for name, value in dropped.items()) or "none") + ".", ""]
    lines += [f"- {fault}" for fault in soak.faults[:20]]
    return "\n".join(lines).rstrip() + "\n"
