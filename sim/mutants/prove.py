#!/usr/bin/env python3
"""Builds every mutant, runs it, and says who noticed: on stdout, and in build/PRESET/mutations.md.

    sim/mutants/prove.py                    all of them
    sim/mutants/prove.py drop_hold last_*   only these
    sim/mutants/prove.py --runs 500         at most so many simulated lives each
    sim/mutants/prove.py --preset release   where to build; optimised code lives faster

The programs are run as they are first: a test that fails anyway notices nothing. Ends with 0 if
every mutation was caught, 1 if one survived, 2 if there was nothing to judge. Running out of time
does not count as caught.
"""
import argparse
import fnmatch
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIMULATED = ("lives", "oracle")
SECONDS_MAX = 300
# The lives of these programs are lived by tally-sim.
GTEST_ARGUMENTS = ["--gtest_filter=-Life.*", "--gtest_fail_fast", "--gtest_color=no"]


class Run:
    """A program's end: caught names the test or the life that failed, and is None if none did."""

    def __init__(self, program, catcher, runs):
        arguments = ["--once", "--runs", str(runs)] if catcher in SIMULATED else GTEST_ARGUMENTS
        begin = time.monotonic()
        try:
            ended = subprocess.run([program, *arguments], stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, timeout=SECONDS_MAX, check=False)
            self.sound = ended.returncode == 0
            find = life_in if catcher in SIMULATED else test_in
            self.caught = None if self.sound else find(ended.stdout.decode(errors="replace"))
            self.without = "no failure" if self.sound else "an end that names nothing"
        except subprocess.TimeoutExpired:
            self.sound, self.caught, self.without = False, None, "no end"
        self.seconds = time.monotonic() - begin


def life_in(output):
    life = re.search(r"^life (\d+) broke what must hold:\n  - (.*)$", output, re.MULTILINE)
    return life and f"life {life[1]}: {life[2]}"


# The case that failed, or the one in which a check stopped the process.
def test_in(output):
    failed = re.search(r"^\[  FAILED  \] ([\w/]+\.[\w/]+)", output, re.MULTILINE)
    if failed:
        return f"`{failed[1]}`"
    begun = re.findall(r"^\[ RUN      \] ([\w/]+\.[\w/]+)$", output, re.MULTILINE)
    return begun and f"`{begun[-1]}` (stopped)" or None


def call(*command):
    return subprocess.run([str(word) for word in command], cwd=ROOT, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def build(preset, targets):
    built = call("cmake", "--build", "--preset", preset, "--target", *targets, "--", "-k", "0")
    if built.returncode != 0:
        print(built.stdout.decode(errors="replace")[-4000:], file=sys.stderr)
        sys.exit(2)


def program_of(catcher):
    return "tally-sim" if catcher in SIMULATED else catcher


def selected(folder, patterns):
    rows = [line.split("\t") for line in (folder / "mutants/list.tsv").read_text().splitlines()]
    return [row for row in rows
            if not patterns or any(fnmatch.fnmatch(row[0], pattern) for pattern in patterns)]


def check_programs(folder, mutants, runs):
    for catcher in sorted({program_of(row[1]) for row in mutants}):
        kind = "lives" if catcher == "tally-sim" else catcher
        run = Run(folder / catcher, kind, runs)
        if not run.sound:
            sys.exit(f"{catcher} fails without a mutation: {run.caught or run.without}")


def prove(folder, mutants, runs):
    survivors = []
    with open(folder / "mutations.md", "w", encoding="utf-8") as page:
        def say(*words):
            print(*words, flush=True)
            print(*words, file=page, flush=True)

        say("| Mutation | What is broken | Caught by | Where | s |\n|---|---|---|---|---:|")
        for name, catcher, broken in mutants:
            run = Run(folder / f"mutant_{name}", catcher, runs)
            if not run.caught:
                survivors.append(name)
            where = run.caught or f"SURVIVED ({run.without})"
            say(f"| {name} | {broken} | {catcher} | {where} | {run.seconds:.1f} |")
        say(f"\n{len(mutants) - len(survivors)} of {len(mutants)} caught", *survivors)
    return not survivors


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="mutations, with * for any text")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--preset", default="release")
    asked = parser.parse_args()
    configured = call("cmake", "--preset", asked.preset)
    if configured.returncode != 0:
        sys.exit(configured.stdout.decode(errors="replace"))
    folder = ROOT / "build" / asked.preset
    mutants = selected(folder, asked.names)
    if not mutants:
        print("no mutation has such a name", file=sys.stderr)
        sys.exit(2)
    programs = sorted({program_of(row[1]) for row in mutants})
    build(asked.preset, programs + [f"mutant_{row[0]}" for row in mutants])
    check_programs(folder, mutants, asked.runs)
    sys.exit(0 if prove(folder, mutants, asked.runs) else 1)


if __name__ == "__main__":
    main()
