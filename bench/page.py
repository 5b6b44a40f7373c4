"""docs/benchmarks.md from the figures of one run."""
import os
import pathlib
import platform
import subprocess
import time

import growth
import signalling
from memory import FLOODS, SETTLED_SECONDS, WARMING_CALLS

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAMES = "benchmarks-{}.svg"
LABELS = {key: label for label, key, *_ in signalling.WORK} | {
    "silent": "playing to callers that have fallen silent, a frame", "prompt_call": "authenticated call, 5 s prompt, BYE, caller silent",
    "held": "memory of an established call, kB", "playing": "memory of a call with a prompt playing, kB",
    "strangers": "memory that a stranger's INVITE leaves, bytes", "inline": "first audio after the admitted INVITE, ms",
    "webhook_audio": "first audio after the webhook's reply, ms"}
LEAST_LEAK_BYTES = 4  # for each INVITE: half of the smallest block; less is the coarseness of pages
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
    return "-" if value is None else f"{round(value, digits) + 0.0:,.{digits}f}"  # no -0.0


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
    memory, idle = figures["memory"], figures["idle_mb"]
    held, kept = memory["held_call_kb"], memory["strangers_kept"]

    def row(label, by, digits, target=""):
        return f"| {label} | {number(by.get('Kamailio'), digits)} | {number(by['Portico'], digits)} | {target} |"

    def column(rows, name):
        return {server: values[name] for server, values in rows.items()}
    return ["| memory | Kamailio | Portico | target |", "|---|---|---|---|",
            row("established call without media, kB, a second after its set-up", column(held, "fresh"), 1),
            row(f"the same, {SETTLED_SECONDS} s later: its transactions have ended", column(held, "settled"), 1, "≤ 8"),
            row("call with a prompt playing, kB, with its transactions", {"Portico": memory["playing_call_kb"]}, 1, "≤ 20"),
            row("a stranger's INVITE after its answer, bytes", column(kept, "bytes"), 1, "0"),
            row(f"the first {memory['strangers']:,} of them in a new process, kB together", column(kept, "first_kb"), 0),
            row("idle process, MB", idle, 1),
            f"| the first process after all of this page, MB | | {number(figures['after_mb'])} | |", "",
            "Each row of calls or INVITEs is of a server of its own that has seen no load: there is no room in it that earlier calls",
            f"left. {WARMING_CALLS} calls warm it, then {memory['held_calls']:,} without media or {memory['playing_calls']:,} with a prompt are counted. "
            "Portico's memory is the growth of the",
            "process's own pages, and PSS where it is a whole process, with what the allocator wastes and the store caches;",
            "Kamailio's is what it counts itself in its",
            "shared memory (`shmem:real_used_size`), where nothing is left of a call once its transaction has ended, as it keeps no",
            f"dialog here. Strangers come in floods of {memory['strangers']:,}: the first fills what has a bound (tables of addresses, the store's",
            f"cache); the bytes of one are the slope over {FLOODS} floods from the third on, as a leak grows with each. Less than",
            f"{LEAST_LEAK_BYTES} bytes is the coarseness of pages: no block is smaller than 8."]


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
        rows["playing"] = (figures["memory"]["playing_call_kb"], 20)
        kept = figures["memory"]["strangers_kept"]["Portico"]["bytes"]
        rows["strangers"] = (kept if kept >= LEAST_LEAK_BYTES else 0, 0)
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
            f"work, on loopback. Signalling: medians of {args.runs} runs after a warm-up, Portico, Kamailio and the floor in turn, run after",
            f"run ({args.units:,} calls a run; refusals and OPTIONS twice, webhooks half as many). Frames of prompts and first audio:",
            f"medians of {args.runs} runs, the frames with a floor in turn and no peer. Times of answers, calls with a 5 s prompt, memory and",
            "growth: one run. Why some rows have no peer is said [below](#rows-without-a-peer). The floor is a bare C loop",
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
