#!/usr/bin/env python3
"""Makes docs/limits.md from src/base/limits.h; --check only says whether the page is up to date."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = re.compile(r"inline constexpr \S+ (k\w+)\s*=\s*([^;]+);\s*//\s*(.*)")
SECTION = re.compile(r"^// (.+)$")


def page():
    out = ["# Limits", "",
           "Made from `src/base/limits.h` by `tools/limits_doc.py`. Everything that others can make Portico hold or do",
           "is bounded; these are the bounds that its operator may meet, the others stand beside the code.", ""]
    body = (ROOT / "src/base/limits.h").read_text().split("namespace portico::limits {", 1)[1]
    body = re.sub(r"(inline constexpr [^;\n]*)\n\s+", r"\1 ", body)  # constants that the formatter wrapped
    body = re.sub(r";[ \t]*\n[ \t]*//", ";  //", body)
    for line in body.splitlines():
        if match := SECTION.match(line):
            out += ["", f"## {match.group(1)}", "", "| limit | value | meaning |", "|---|---|---|"]
        elif match := LIMIT.match(line):
            name, value, meaning = match.groups()
            out.append(f"| `{name}` | {value.replace(chr(39), ' ')} | {meaning} |")
    return "\n".join(out).replace("\n\n\n", "\n\n") + "\n"


def main():
    target = ROOT / "docs/limits.md"
    if "--check" in sys.argv:
        if not target.exists() or target.read_text() != page():
            print("docs/limits.md is out of date: run tools/limits_doc.py")
            return 1
        return 0
    target.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
