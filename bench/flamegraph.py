#!/usr/bin/python3
"""A flame graph as SVG from `perf script` on stdin: bench/flamegraph.py TITLE < script > graph.svg
Threads are the lowest row; what is narrower than one thousandth is left out, and more where the file would grow large."""
import collections
import html
import re
import sys
import zlib

WIDTH, ROW, LEAST, BYTES_MAX = 1200, 15, 0.001, 140_000


def stacks(lines):
    """(thread, frames from the outside in) of each sample."""
    thread, frames = None, []
    for line in lines:
        if not line.strip():
            if thread is not None:
                yield thread, list(reversed(frames))
            thread, frames = None, []
        elif not line[0].isspace():
            thread, frames = re.sub(r"-?\d+$", "", line.split()[0]), []
        else:
            match = re.match(r"\s+[0-9a-f]+ (.+) \((.*)\)$", line)
            frames.append(named(match.group(1), match.group(2)) if match else "?")
    if thread is not None:
        yield thread, list(reversed(frames))


def named(symbol, binary):
    return short(symbol) if symbol != "[unknown]" else f"[{binary.split('/')[-1]}]"


def short(name):
    name = re.sub(r"\+0x[0-9a-f]+$", "", name)
    name = re.sub(r"\(.*", "", name.replace("(anonymous namespace)::", "").replace("portico::", ""))
    while "<" in name and name != (less := re.sub(r"<[^<>]*>", "", name)):
        name = less
    return name[:80] or "?"


class Node:
    def __init__(self):
        self.samples, self.children = 0, collections.defaultdict(Node)


def add(root, frames, samples=1):
    root.samples += samples
    for name in frames:
        root = root.children[name]
        root.samples += samples


def draw(node, name, x, depth, scale, total, out, least):
    width = node.samples * scale
    if node.samples < total * least:
        return depth
    hue = zlib.crc32(name.encode()) % 55
    share = f"{html.escape(name)} {100 * node.samples / total:.1f} %"
    text = html.escape(name[-int(width / 6.2):]) if width > 30 else ""  # its end tells most
    out.append(f'<g><title>{share}</title><rect x="{x:.1f}" y="{{{depth}}}" width="{width:.1f}" height="{ROW - 1}" '
               f'fill="hsl({hue},80%,{65 + hue % 10}%)"/>'
               + (f'<text x="{x + 2:.1f}" y="{{{depth}+}}">{text}</text>' if text else "") + "</g>")
    deepest = depth
    for child, below in sorted(node.children.items()):
        deepest = max(deepest, draw(below, child, x, depth + 1, scale, total, out, least))
        x += below.samples * scale
    return deepest


def graph(root, title, least):
    parts = []
    deepest = draw(root, title, 0, 0, WIDTH / max(root.samples, 1), max(root.samples, 1), parts, least)
    height = (deepest + 1) * ROW + 4

    def place(match):
        y = height - (int(match.group(1)) + 1) * ROW - 2
        return str(y + 11 if match.group(2) else y)
    body = re.sub(r"\{(\d+)(\+?)\}", place, "\n".join(parts))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace" font-size="10">\n'
            f"{body}\n</svg>")


def draw_within(root, title):
    least = LEAST
    while len((text := graph(root, title, least)).encode()) > BYTES_MAX:
        least *= 1.5
    return text


def main():
    root = Node()
    for thread, frames in stacks(sys.stdin):
        add(root, [thread, *frames])
    print(draw_within(root, sys.argv[1]))


if __name__ == "__main__":
    main()
