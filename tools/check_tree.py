#!/usr/bin/env python3
"""The tree's shape (style: file sizes, function lengths, tests mirror sources). Bounds only ever get tighter."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_LINES_MAX = 800
FILE_LINES_P90_MAX = 400
FILE_LINES_MEDIAN_MAX = 150
FUNCTION_LINES_MAX = 70
FUNCTION_LINES_P90_MAX = 30
BANNED = re.compile(r"(manager|controller|helper|util|common|misc|impl)(_|\.|s?$)")


def tracked(*patterns):
    files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, text=True,
                           capture_output=True, check=True).stdout
    return [ROOT / name for name in files.split() if (ROOT / name).exists()]


def function_lengths(path):
    """Bodies that open with a brace at the end of an unindented line and close with an unindented brace."""
    start, name = None, ""
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        opens = line.rstrip().endswith("{") and line[:1] not in (" ", "}", "#", "/") and line.strip()
        if start is None and opens and "(" in line + name and not line.startswith(("namespace", "struct", "class", "enum", "union", "extern", "constexpr", "const ", "static const", "inline const")):
            start, name = number, line.strip()
        elif start is None and line[:1] not in (" ", "}", ""):
            name = line if line.rstrip().endswith((",", "(")) else ""
        elif start is None and line.startswith("    ") and name and line.rstrip().endswith("{"):
            start = number
        elif start is not None and line.startswith("}"):
            yield number - start + 1, f"{path.relative_to(ROOT)}:{start} {name[:60]}"
            start, name = None, ""


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0


def main():
    faults = []
    sources = tracked("src/*.h", "src/*.cc")
    sized = {path: len(path.read_text(errors="replace").splitlines()) for path in sources + tracked("tests/*.cc", "tests/*.h", "tests/*.py", "tests/*.mjs", "fuzz/*.cc")}
    faults += [f"{p.relative_to(ROOT)} has {n} lines (max {FILE_LINES_MAX})" for p, n in sized.items() if n > FILE_LINES_MAX]
    lines = [sized[p] for p in sources]
    functions = [f for p in sources if p.suffix == ".cc" for f in function_lengths(p)]
    faults += [f"{where}: {n} lines (max {FUNCTION_LINES_MAX})" for n, where in functions if n > FUNCTION_LINES_MAX]
    shape = {"file median": (percentile(lines, 0.5), FILE_LINES_MEDIAN_MAX),
             "file p90": (percentile(lines, 0.9), FILE_LINES_P90_MAX),
             "function p90": (percentile([n for n, _ in functions], 0.9), FUNCTION_LINES_P90_MAX)}
    faults += [f"{what} is {value} lines (max {bound})" for what, (value, bound) in shape.items() if value > bound]
    faults += [f"{p.relative_to(ROOT)}: a name that says nothing" for p in sources if BANNED.search(p.stem)]
    for path in tracked("tests/unit/*.cc"):
        relative = path.relative_to(ROOT / "tests/unit")
        if not (ROOT / "src" / relative.parent).is_dir():
            faults.append(f"{path.relative_to(ROOT)} mirrors no folder of src/")
    print("\n".join(faults) if faults else f"tree: {len(sources)} sources, {len(functions)} functions, " +
          ", ".join(f"{what} {value}" for what, (value, _) in shape.items()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
