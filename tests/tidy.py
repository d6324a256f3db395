#!/usr/bin/env python3
"""Runs the checks of .clang-tidy over sources. Exit 0: nothing found, 1: something, 2: not run.

    cmake --preset tidy
    tests/tidy.py                           # all sources of src and sim but tests
    tests/tidy.py src/ledger/loop.cc        # these
    tests/tidy.py --changed HEAD~1          # those that were changed since, and those of headers
    tests/tidy.py --changed HEAD~1 --minutes 10

--minutes bounds it: after so many no further file is begun, and how many are left is said. Nothing is compiled: build/tidy needs no more than its compile_commands.json.
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
    """The changed sources; of a changed header its own source, or else one that includes it."""
    wanted = set()
    for path in changed:
        if path in known:
            wanted.add(path)
        elif path.endswith(".h"):
            own = path.removesuffix(".h") + ".cc"
            users = [own] if own in known else [one for one in known if sees(one, path)]
            wanted.update(users[:1])
    return sorted(wanted)


def check(build, source):
    """What was found in one source. Compiler warnings are GCC's to give."""
    done = subprocess.run([PROGRAM, "--quiet", "-p", build, "--extra-arg=-w", ROOT / source],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0 and not done.stdout:
        return f"{source}: {done.stderr}"
    return done.stdout.strip()


def check_all(build, sources, end):
    found = set()  # a header's fault shows in each source that includes it
    left = 0

    def one(source):
        return None if time.monotonic() > end else check(build, source)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for said in pool.map(one, sources):
            left += said is None
            if said and said not in found:
                found.add(said)
                print(said, flush=True)
    print(f"tidy: {len(sources) - left} sources looked at"
          + (f", {left} left when time was up" if left else ""))
    return 1 if found else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("sources", nargs="*")
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build/tidy")
    arguments.add_argument("--changed", metavar="COMMIT")
    arguments.add_argument("--minutes", type=float, default=24 * 60)
    asked = arguments.parse_args()
    if not shutil.which(PROGRAM):
        print(f"tidy: {PROGRAM} is not installed", file=sys.stderr)
        return 2
    if not (asked.build / "compile_commands.json").exists():
        print(f"tidy: no {asked.build}/compile_commands.json: cmake --preset tidy",
              file=sys.stderr)
        return 2
    known = known_sources(asked.build)
    sources = asked.sources or known
    if asked.changed:
        changed = git("diff", "--name-only", asked.changed)
        if changed is None:
            print(f"tidy: there is no commit {asked.changed}; all sources it is")
        else:
            sources = sources_of(changed, known)
    return check_all(asked.build, sources, time.monotonic() + 60 * asked.minutes)


if __name__ == "__main__":
    sys.exit(main())
