#!/usr/bin/env python3
"""Refuses an #include that src/LAYERS does not allow, Asio below net/, and Beast outside the HTTP server's connection."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BEAST = ("src/http/connection.cc", "src/http/client_stream.h")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def read_layers():
    layers = {}
    for line in (ROOT / "src" / "LAYERS").read_text().splitlines():
        if line and not line.startswith("#"):
            room, deps = line.split(":", 1)
            layers[room] = set(deps.split())
            unknown = layers[room] - layers.keys()
            if unknown:
                sys.exit(f"src/LAYERS: {room} lists {sorted(unknown)}, which do not stand above it")
    return layers


def faults_in(path, room, layers):
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        bracket, target = match.groups()
        head = target.split("/", 1)[0]
        where = f"{path.relative_to(ROOT)}:{number}"
        if bracket == '"' and head in layers and head != room and head not in layers[room]:
            yield f"{where}: {room} may not include {head} (src/LAYERS)"
        if bracket == '"' and head not in layers:
            yield f"{where}: \"{target}\" does not begin with a room"
        if target.startswith("boost/beast") and str(path.relative_to(ROOT)) not in BEAST:
            yield f"{where}: Beast belongs in {', '.join(BEAST)}"
        if target.startswith("boost/asio") and room in ("base", "sip", "sdp", "rtp", "audio", "bxml", "media",
                                                        "account", "admission", "call"):
            yield f"{where}: no Asio below async/, and only async/ in call/"


def main():
    layers = read_layers()
    faults = []
    for path in sorted((ROOT / "src").rglob("*")):
        if path.suffix in (".h", ".cc"):
            room = path.relative_to(ROOT / "src").parts[0]
            if room not in layers:
                faults.append(f"src/{room} has no line in src/LAYERS")
            else:
                faults += faults_in(path, room, layers)
    print("\n".join(faults) if faults else f"layers: {len(layers)} rooms, every include is allowed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
