#!/usr/bin/env python3
"""Breaks the core on purpose, one small way after another (tools/mutants.txt), and sees that a test notices.

usage: tools/mutants.py [NAME ...]     all of the list, or those named

Each mutant is applied in a scratch copy of the tree (build/mutants), what can catch it is built there and run.
Ends with 1 if a mutant survives, does not compile, or no longer applies: the list has to keep up with the code.
"""
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TREE = ROOT / "build" / "mutants"
BUILD = TREE / "build" / "dev"
JOBS = os.environ.get("JOBS", str(os.cpu_count()))
ENV = dict(os.environ, CCACHE_BASEDIR=str(TREE), CCACHE_NOHASHDIR="1")
TEST_SECONDS_MAX = 1800  # a mutant that hangs its test is caught, too


class Mutant:
    """One entry of the list: a name, a sentence, a file, what is replaced by what, and who should notice."""

    def __init__(self, text):
        lines = text.rstrip("\n").split("\n")
        self.name = lines[0].strip()
        self.sentence = lines[1].strip()
        self.file = lines[2].strip()
        self.old = "\n".join(line[2:] for line in lines if line.startswith("- "))
        self.new = "\n".join(line[2:] for line in lines if line.startswith("+ "))
        self.checks = [line[len("caught by "):].strip() for line in lines if line.startswith("caught by ")]
        if not self.old or not self.checks:
            raise SystemExit(f"mutants.txt: {self.name}: nothing to replace, or nobody to notice")

    def applied_to(self, source):
        if source.count(self.old) != 1:
            raise LookupError(f"{self.file} has {source.count(self.old)} places like:\n{self.old}")
        return source.replace(self.old, self.new)


def read_list():
    text = (ROOT / "tools" / "mutants.txt").read_text()
    return [Mutant(entry) for entry in re.split(r"(?m)^## ", text)[1:]]


def write_if_other(path, content):
    """A file keeps its time unless it changes, so that little is built again."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def copy_tree():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                            capture_output=True, check=True).stdout.split("\n")
    names = {name for name in listed if name and (ROOT / name).is_file()}
    for name in names:
        write_if_other(TREE / name, (ROOT / name).read_bytes())
    for stale in TREE.rglob("*"):
        if stale.is_file() and BUILD.parent not in stale.parents and str(stale.relative_to(TREE)) not in names:
            stale.unlink()


def build(checks):
    targets = sorted({check.split()[0] for check in checks})
    return subprocess.run(["ninja", "-C", str(BUILD), f"-j{JOBS}", *targets], env=ENV, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def run(check):
    """What the check complained of; None if it was content."""
    program, *arguments = check.split()
    if program.startswith("unit_") and arguments:
        arguments = ["--gtest_brief=1", "--gtest_filter=" + ":".join(arguments)]
    if program == "calls":
        arguments = [str(TREE / argument) for argument in arguments]
    try:
        done = subprocess.run([str(BUILD / program), *arguments], env=ENV, text=True, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TEST_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return "did not end"
    if done.returncode == 0:
        return None
    telling = [line for line in done.stdout.split("\n")
               if re.search(r"\[  FAILED  \] \w+\.|^seed \d+ broke|: not so: |ERROR: |runtime error: ", line)]
    return (telling or [f"ended with {done.returncode}"])[0].strip()[:160]


def check_unbroken(mutants):
    """What fails without any mutant catches nothing."""
    checks = sorted({check for mutant in mutants for check in mutant.checks})
    built = build(checks)
    if built.returncode != 0:
        raise SystemExit(built.stdout[-4000:] + "\nthe tree does not build")
    for check in checks:
        complaint = run(check)
        if complaint:
            raise SystemExit(f"{check} fails on the unbroken tree: {complaint}")
    print(f"==> the unbroken tree passes {len(checks)} checks", flush=True)


def try_mutant(mutant):
    """True when it was caught."""
    source = TREE / mutant.file
    original = source.read_text()
    try:
        broken = mutant.applied_to(original)
    except LookupError as fault:
        print(f"STALE     {mutant.name}: {fault}", flush=True)
        return False
    source.write_text(broken)
    began = time.monotonic()
    try:
        built = build(mutant.checks)
        if built.returncode != 0:
            print(built.stdout[-3000:] + f"\nUNBUILT   {mutant.name}", flush=True)
            return False
        for check in mutant.checks:
            complaint = run(check)
            if complaint:
                print(f"caught    {mutant.name} ({time.monotonic() - began:.0f} s): {check.split()[0]}: {complaint}",
                      flush=True)
                return True
        print(f"SURVIVED  {mutant.name}: {mutant.sentence}", flush=True)
        return False
    finally:
        source.write_text(original)


def main():
    wanted = sys.argv[1:]
    mutants = [mutant for mutant in read_list() if not wanted or mutant.name in wanted]
    if not mutants:
        raise SystemExit("no such mutant")
    copy_tree()
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "dev"], cwd=TREE, env=ENV, check=True, stdout=subprocess.DEVNULL)
    check_unbroken(mutants)
    caught = [try_mutant(mutant) for mutant in mutants]
    print(f"==> {sum(caught)} of {len(mutants)} mutants caught")
    return 0 if all(caught) else 1


if __name__ == "__main__":
    sys.exit(main())
