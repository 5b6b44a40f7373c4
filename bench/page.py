"""docs/benchmarks.md from the figures of one run."""
import os
import pathlib
import platform
import subprocess
import time

import growth
import signalling

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAMES = "benchmarks-{}.svg"
LABELS = {key: label for label, key, *_ in signalling.WORK} | {
    "silent": "playing to callers that have fallen silent, a frame", "prompt_call": "authenticated call, 5 s prompt, BYE, caller silent",
    "held": "memory of an established call, kB", "strangers": "memory after strangers' INVITEs, kB together", "inline": "first audio after the admitted INVITE, ms",
    "webhook_audio": "first audio after the webhook's reply, ms"}
NOTES = pathlib.Path(__file__).resolve().parent / "notes.md"


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), platform.machine())
    return f"{cpu}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}"


def build():
    """Which code was measured, and when."""
    commit = subprocess.run(["git", "-C", ROOT, "log", "-1", "--format=%h"], capture_output=True, text=True, check=False).stdout.strip()
    changed = subprocess.run(["git", "-C", ROOT, "diff", "--quiet", "HEAD", "--", "src"], check=False).returncode != 0
    return f"{time.strftime('%Y-%m-%d', time.gmtime())}, build of {commit or 'no repository'}{' with changes' if changed else ''}"


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


def frame_rows(frames):
    rows = []
    for name, label, target in (("silent", "callers that have fallen silent", "≤ 5"),
                                ("speaking", "callers that speak meanwhile: a packet in for each out", "")):
        at = frames[name]
        rows.append(f"| playing to {frames['calls']} calls, CPU µs a 20 ms frame, {label} | {number(at['floor'], 2)} | "
                    f"{number(at['Portico'], 2)} | {target} |")
        rows.append(f"| frames that came of those due | | {100 * at['received']:.1f} % | |")
    return rows


def prompt_call_rows(calls):
    rows = [f"| authenticated call, 5 s prompt, BYE, CPU µs, callers that have fallen silent | | {number(calls['silent'], 0)} | ≤ 1,500 |",
            f"| the same, callers that speak meanwhile | | {number(calls['speaking'], 0)} | |"]
    without = calls["without_media"]
    others = f", Kamailio {number(without['Kamailio'], 0)}" if "Kamailio" in without else ""
    rows.append(f"| authenticated calls without prompt at the same rate, CPU µs{others} | {number(without['floor'], 0)} | "
                f"{number(without['Portico'], 0)} | |")
    return rows


def media_rows(figures):
    frames, audio = figures["frames"], figures["first_audio"]
    rows = ["| prompts | floor | Portico | target |", "|---|---|---|---|",
            *frame_rows(frames),
            *prompt_call_rows(figures["prompt_call"])]
    for key, label, target in (("inline", "first audio after the admitted INVITE, inline BXML", "≤ 5 ms p99"),
                               ("webhook", "first audio after the webhook's reply", "≤ 25 ms p99")):
        at = audio[key]
        runs = f"{at['p99_of_runs'][0] / 1000:.1f} – {at['p99_of_runs'][-1] / 1000:.1f}"
        rows.append(f"| {label}, ms p50 / p99 of {at['count']} | | {at['p50'] / 1000:.1f} / {at['p99'] / 1000:.1f} ({runs}) | "
                    f"{target} |")
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


def graph_of(key):
    return ROOT / "docs" / FLAMES.format(key.replace("_", "-"))


def missed(figures):
    """{row: (figure, target)} of the rows over their targets, as far as they were measured."""
    rows = {}
    if "cpu" in figures:
        middle = signalling.medians(figures["cpu"])
        rows |= {key: (middle[key]["Portico"], target) for _, key, _, target, _ in signalling.WORK}
    if "frames" in figures:
        rows["silent"] = (figures["frames"]["silent"]["Portico"], 5)
    if "prompt_call" in figures:
        rows["prompt_call"] = (figures["prompt_call"]["silent"], 1500)
    if "memory" in figures:
        rows["held"] = (figures["memory"]["held_call_kb"]["Portico"]["settled"], 8)
        rows["strangers"] = (figures["memory"]["strangers_kb"], 0)
    if "first_audio" in figures:
        rows["inline"] = (figures["first_audio"]["inline"]["p99"] / 1000, 5)
        rows["webhook_audio"] = (figures["first_audio"]["webhook"]["p99"] / 1000, 25)
    return {key: row for key, row in rows.items() if row[0] > row[1]}


def missed_rows(figures):
    rows = []
    for key, (figure, target) in missed(figures).items():
        graph = graph_of(key)
        link = f": [flame graph]({graph.name})" if graph.exists() else ""
        rows.append(f"- {LABELS[key]}: {number(figure)}, to be {target}{link}")
    return rows or ["None in this run."]


def part(figures, rows, *needed):
    return rows(figures) if all(key in figures for key in needed) else ["Not measured in this run."]


def write(figures, args):
    rows = ["# Benchmarks", "",
            "Made by `make bench`. CPU is user and system time of the server's process by the kernel's own clock of it, per unit of",
            f"work, on loopback; medians of {args.runs} runs after a warm-up, Portico, Kamailio and the floor in turn, run after",
            f"run ({args.units:,} calls a run; refusals and OPTIONS twice, webhooks half as many). The floor is a bare C loop",
            "without any state (`bench/sipfloor.c`, `bench/rtpfloor.c`): what the kernel and a digest cost. Compare only within",
            "one run.", "",
            f"{build()}. Machine: {machine()}; others took {figures['machine_busy_cores']:.1f} cores at the start, load average "
            f"{figures['load_average']:.1f}.", "", "## Signalling", "", *part(figures, cpu_rows, "cpu"), "",
            "Kamailio answers calls itself here, without dialog state and without media; Portico's calls have transactions, a",
            "dialog, an SDP answer, an RTP port, a document that runs, and a record in the store. In brackets: the least and the",
            "most of the runs.", "", *part(figures, latency_rows, "latency"), ""]
    control = figures.get("sipp")
    if control:
        rows += [f"Control: sipp against itself, 64 calls at a time, made {control['rate']:,.0f} calls a second "
                 f"({control['successful']:,} of {control['asked']:,} succeeded) at {control['us_both_sides']:.0f} µs of CPU a call "
                 "for both sides.", ""]
    rows += ["## Memory", "", *part(figures, memory_rows, "memory"), "", "## Prompts", "",
             *part(figures, media_rows, "frames", "prompt_call", "first_audio"), "",
             "Prompt calls arrive at 100 a second, the 5 s calls at 60, as the peer's figure in the design had them. A caller that speaks sends a packet each 20 ms as soon as",
             "it hears the server; one that has fallen silent sent three, as phones with voice activity detection do. The floor",
             "sends from one socket, and reads what comes back.", "", "## Growth with load", "",
             *part(figures, growth_rows, "growth"), "", "![Growth with the calls in progress](benchmarks-growth.svg)", "",
             "Calls in progress stand without audio (`a=inactive`) while others are set up and ended beside them; the last panel",
             "is of prompts that play.", ""]
    rows += ["## Targets that are missed", "", *missed_rows(figures), ""]
    if NOTES.exists():
        rows += [NOTES.read_text().rstrip(), ""]
    if "growth" in figures:
        growth.draw(figures["growth"]["signalling"], figures["growth"]["media"], ROOT / "docs/benchmarks-growth.svg")
    (ROOT / "docs/benchmarks.md").write_text("\n".join(rows))
    print("\n".join(rows))
