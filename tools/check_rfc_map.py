#!/usr/bin/env python3
"""Each file and test that docs/rfc-map.md names exists, and each RFC flow of tests/calls stands in it."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNIT_TEST = re.compile(r"^(?:TEST|TEST_F|TEST_P|TYPED_TEST)\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
E2E_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)


def found(pattern: re.Pattern, folder: str, suffix: str) -> set[str]:
    texts = (path.read_text(errors="replace") for path in (ROOT / folder).rglob(f"*{suffix}"))
    return {".".join(match.groups()) for text in texts for match in pattern.finditer(text)}


def main() -> int:
    unit = found(UNIT_TEST, "tests/unit", ".cc")
    e2e = found(E2E_TEST, "tests/e2e", ".py")
    flows = {path.name for path in (ROOT / "tests/calls").glob("*.call")}
    text = (ROOT / "docs/rfc-map.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| section")]
    faults, named = [], set()
    for row in rows:
        _, section, file, tests, _ = row.split("|")
        if "not done" in file:
            continue
        for path in re.findall(r"`([^`]+)`", file):
            if not (ROOT / "src" / path).is_file() and not (ROOT / path).is_file():
                faults.append(f"{section.strip()}: no file {path}")
        names = re.findall(r"`([^`]+)`", tests)
        if not names:
            faults.append(f"{section.strip()}: no test")
        named.update(names)
    faults += [f"no test {name}" for name in sorted(named - unit - e2e - flows)]
    faults += [f"tests/calls/{name} stands in no row" for name in sorted(flows - named) if name.startswith("rfc")]
    print("\n".join(faults) if faults else f"rfc map: {len(rows)} rows, {len(named)} tests")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
