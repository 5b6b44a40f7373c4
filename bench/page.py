"""docs/benchmarks.md from the figures of one run."""
import os
import pathlib
import platform

import growth
import signalling

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTES = pathlib.Path(__file__).resolve().parent / "notes.md"


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())
    return f"{cpu}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}"


def number(value, digits=1):
    return "-" if value is None else f"{value:,.{digits}f}"


def cpu_rows(figures):
    rows = ["| work, CPU µs a unit | floor | Kamailio | Portico | Portico / Kamailio | target |", "|---|---|---|---|---|---|"]
    middle = signalling.medians(figures["cpu"])
    for label, key, _, target, _ in signalling.WORK:
        by = middle[key]
        spread = figures["cpu"][key]["Portico"]
        peer = by.get("Kamailio")
        rows.append(f"| {label} | {number(by.get('floor'))} | {number(peer)} | {number(by['Portico'])} "
                    f"({number(min(spread))} – {number(max(spread))}) | {number(by['Portico'] / peer if peer else None, 2)} | "
                    f"≤ {target} |")
    return rows


def latency_rows(figures):
    rows = ["| answer, 300 a second | server | p50 µs | p90 µs | p99 µs |", "|---|---|---|---|---|"]
    names = {"refuse": "INVITE to 407", "options": "OPTIONS to 200", "call": "INVITE, 407, INVITE to 200"}
    for key, label in names.items():
        for server, at in figures["latency"][key].items():
            rows.append(f"| {label} | {server} | {at['p50']:,} | {at['p90']:,} | {at['p99']:,} |")
    return rows


def memory_rows(figures):
    memory, frames = figures["memory"], figures.get("frames", {})
    rows = ["| memory | Kamailio | Portico | target |", "|---|---|---|---|"]
    held = memory["held_call_kb"]
    for name, label in (("fresh", "established call without media, kB, a second after its set-up"),
                        ("settled", "the same, 36 s later: its transactions have ended")):
        target = "≤ 8" if name == "settled" else ""
        peer = held.get("Kamailio", {}).get(name, 0)
        peer = peer if peer > 0.5 else None  # a pool of shared memory that was touched before does not grow again
        rows.append(f"| {label} | {number(peer)} | {number(held['Portico'][name])} | {target} |")
    rows.append(f"| {memory['strangers']:,} strangers' INVITEs after their answers, kB together | | "
                f"{number(memory['strangers_kb'], 0)} | 0 |")
    rows.append(f"| call with a prompt playing, kB | | {number(frames.get('playing_call_kb'))} | ≤ 20 |")
    rows.append(f"| idle process, MB | {number(figures['idle_mb'].get('Kamailio'))} | {number(figures['idle_mb']['Portico'])} | |")
    rows.append(f"| the process after all of this page, MB | | {number(figures['after_mb'])} | |")
    return rows


def media_rows(figures):
    frames, audio = figures["frames"], figures["first_audio"]
    rows = ["| prompts | floor | Portico | target |", "|---|---|---|---|",
            f"| playing to {frames['calls']} calls, CPU µs a 20 ms frame | {number(frames['floor'], 2)} | "
            f"{number(frames['Portico'], 2)} | ≤ 5 |",
            f"| frames that came of those due | | {100 * frames['received']:.1f} % | |",
            f"| authenticated call, 5 s prompt, BYE, CPU µs | | {number(figures['prompt_call'], 0)} | ≤ 1,500 |"]
    for key, label, target in (("inline", "first audio after the admitted INVITE, inline BXML", "≤ 5 ms p99"),
                               ("webhook", "first audio after the webhook's reply", "≤ 25 ms p99")):
        at = audio[key]
        rows.append(f"| {label}, ms p50 / p99 of {at['count']} | | {at['p50'] / 1000:.1f} / {at['p99'] / 1000:.1f} | {target} |")
    return rows


def growth_rows(figures):
    rows = ["| calls in progress | CPU µs of one more call | INVITE to 200, p50 / p99 ms | process, MB |", "|---|---|---|---|"]
    for point in figures["growth"]["signalling"]:
        rows.append(f"| {point['calls']:,} | {number(point['cpu'])} | {point['p50'] / 1000:.1f} / {point['p99'] / 1000:.1f} | "
                    f"{number(point['mb'])} |")
    rows += ["", "| prompts playing | CPU µs a frame | came of those due |", "|---|---|---|"]
    for point in figures["growth"]["media"]:
        rows.append(f"| {point['calls']:,} | {number(point['us'], 2)} | {100 * point['received']:.1f} % |")
    return rows


def write(figures, args):
    rows = ["# Benchmarks", "",
            "Made by `make bench`. CPU is user and system time of the server's process by the kernel's own clock of it, per unit of",
            f"work, on loopback; medians of {args.runs} runs after a warm-up, Portico, Kamailio and the floor in turn, run after",
            f"run ({args.units:,} calls a run; refusals and OPTIONS twice, webhooks half as many). The floor is a bare C loop",
            "without any state (`bench/sipfloor.c`, `bench/rtpfloor.c`): what the kernel and a digest cost. Compare only within",
            "one run.", "",
            f"Machine: {machine()}; others took {figures['machine_busy_cores']:.1f} cores at the start, load average "
            f"{figures['load_average']:.1f}.", "", "## Signalling", "", *cpu_rows(figures), "",
            "Kamailio answers calls itself here, without dialog state and without media; Portico's calls have transactions, a",
            "dialog, an SDP answer, an RTP port, a document that runs, and a record in the store. In brackets: the least and the",
            "most of the runs.", "", *latency_rows(figures), ""]
    control = figures.get("sipp")
    if control:
        rows += [f"Control: sipp against itself, 64 calls at a time, made {control['rate']:,.0f} calls a second "
                 f"({control['successful']:,} of {control['asked']:,} succeeded) at {control['us_both_sides']:.0f} µs of CPU a call "
                 "for both sides.", ""]
    rows += ["## Memory", "", *memory_rows(figures), "", "## Prompts", "", *media_rows(figures), "", "## Growth with load", "",
             *growth_rows(figures), "", "![Growth with the calls in progress](benchmarks-growth.svg)", "",
             "Calls in progress stand without audio (`a=inactive`) while others are set up and ended beside them; the last panel",
             "is of prompts that play.", ""]
    if NOTES.exists():
        rows += [NOTES.read_text().rstrip(), ""]
    growth.draw(figures["growth"]["signalling"], figures["growth"]["media"], ROOT / "docs/benchmarks-growth.svg")
    (ROOT / "docs/benchmarks.md").write_text("\n".join(rows))
    print("\n".join(rows))
