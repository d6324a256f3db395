#!/usr/bin/env python3
"""Runs the checks of .clang-tidy over sources of src and sim.

Exit 0: nothing found, 1: something, 2: not run.

    cmake --preset tidy
    tests/tidy.py                           # all of them; ./test --tidy does both
    tests/tidy.py src/ledger/loop.cc        # these
    tests/tidy.py --changed HEAD            # what is not committed yet, and sources of its headers
    tests/tidy.py --commits 20 --files 40 --minutes 3    # of the newest commits, as .ci/run does

Of commits the newest come first; what no longer fits is named. Nothing is compiled: build/tidy needs
no more than its compile_commands.json.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = "clang-tidy-16"
FOLDERS = ("src/", "sim/")
# What is a warning, GCC says; and its own names of warnings mean nothing to clang.
EXTRA = ("--extra-arg=-w", "--extra-arg=-Wno-unknown-warning-option")


def git(*words):
    done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else None


def known_sources(build):
    """What is compiled, by path from the root; tests are full of macros that are not ours."""
    commands = json.loads((build / "compile_commands.json").read_text())
    paths = {os.path.relpath(command["file"], ROOT) for command in commands}
    return sorted(path for path in paths
                  if path.startswith(FOLDERS) and not path.endswith("_test.cc"))


def sees(source, header):
    return f'#include "{header.removeprefix("src/")}"' in (ROOT / source).read_text()


def sources_of(changed, known):
    """Sources for paths, in their order: of a header its own, or else one that includes it."""
    wanted = {}  # in the order of insertion
    for path in changed:
        if path in known:
            wanted[path] = None
        elif path.endswith(".h") and path.startswith(FOLDERS):
            own = path.removesuffix(".h") + ".cc"
            users = [own] if own in known else [one for one in known if sees(one, path)]
            wanted.update(dict.fromkeys(users[:1]))
    return list(wanted)


def command(build, source):
    return [PROGRAM, "--quiet", "-p", build, *EXTRA, source]


def check(build, source):
    """What was found in one source; empty for nothing."""
    done = subprocess.run(command(build, ROOT / source), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0 and not done.stdout:
        return f"{source}: {done.stderr}"
    return done.stdout.strip()


def check_all(build, sources, end):
    """Prints each finding once: a header's shows in every source that includes it."""
    found = set()
    late = []

    def one(source):
        return None if time.monotonic() > end else check(build, source)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, said in zip(sources, pool.map(one, sources)):
            if said is None:
                late.append(source)
            elif said and said not in found:
                found.add(said)
                print(said, flush=True)
    return found, late


def parse_arguments():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("sources", nargs="*")
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build/tidy")
    arguments.add_argument("--changed", metavar="COMMIT", help="what was changed since")
    arguments.add_argument("--commits", type=int, help="what so many newest commits changed")
    arguments.add_argument("--files", type=int, default=sys.maxsize, help="at most so many")
    arguments.add_argument("--minutes", type=float, default=24 * 60,
                           help="after so many no further one is begun")
    return arguments.parse_args()


def changed_paths(asked):
    """None: all; what git cannot say is no reason to look at nothing."""
    if asked.commits:
        return git("log", f"--max-count={asked.commits}", "--format=", "--name-only")
    if asked.changed:
        return git("diff", "--name-only", asked.changed)
    return None


def main():
    asked = parse_arguments()
    if not shutil.which(PROGRAM):
        print(f"tidy: {PROGRAM} is not installed", file=sys.stderr)
        return 2
    if not (asked.build / "compile_commands.json").exists():
        print(f"tidy: no {asked.build}/compile_commands.json: cmake --preset tidy",
              file=sys.stderr)
        return 2
    known = known_sources(asked.build)
    changed = changed_paths(asked)
    sources = asked.sources or (known if changed is None else sources_of(changed, known))
    found, late = check_all(asked.build, sources[:asked.files],
                            time.monotonic() + 60 * asked.minutes)
    left = late + sources[asked.files:]
    print(f"tidy: {len(sources) - len(left)} of {len(sources)} sources looked at, "
          f"{len(known)} in all")
    if left:
        print(f"tidy: {len(left)} left, ./test --tidy looks at all: {' '.join(left)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
