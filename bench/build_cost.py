#!/usr/bin/env python3
"""What building `tally` costs in CPU time, beside another commit of it.

    cmake --preset release                       # in both trees
    bench/build_cost.py --before ../tally-before [--every 4]

Compiles sources of the program in turn, one of each tree at a time, as the release preset does,
without ccache, and prints CPU seconds a thousand lines; what a change of domain/budget/engine.h
compiles again; and what one API handler costs. --every 4 takes every fourth of the sources that
both trees have (the precompiled header is counted whole).
"""
import argparse
import json
import os
import pathlib
import resource
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
TOUCHED = "src/domain/budget/engine.h"
HANDLER = "src/api/budget_handlers.cc"


class Tree:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        self.build = self.root / "build/release"
        commands = json.loads((self.build / "compile_commands.json").read_text())
        self.commands = {os.path.relpath(one["file"], self.root): one["command"]
                         for one in commands}
        self.headers_s = self.precompile()
        self.cpu_s = self.touched_s = 0.0
        self.lines = 0

    def sources(self):
        return {name for name in self.commands
                if name.startswith("src/") and not name.endswith("_test.cc")}

    def precompile(self):
        made = [one for one in json.loads((self.build / "compile_commands.json").read_text())
                if one["file"].endswith("cmake_pch.hxx.cxx")]
        return sum(cpu_of(shlex.split(one["command"]), self.build) for one in made[:1])

    def compile(self, name):
        """CPU seconds, and whether the source sees TOUCHED."""
        words = shlex.split(self.commands[name])
        if "-o" in words:
            at = words.index("-o")
            del words[at:at + 2]
        with tempfile.TemporaryDirectory() as folder:
            cpu_s = cpu_of([*words, "-o", f"{folder}/o", "-MD", "-MF", f"{folder}/d"], self.build)
            return cpu_s, TOUCHED in pathlib.Path(folder, "d").read_text()

    def take(self, name):
        cpu_s, sees = self.compile(name)
        self.cpu_s += cpu_s
        self.touched_s += cpu_s if sees else 0.0
        self.lines += len((self.root / name).read_text().splitlines())


def cpu_of(words, folder):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, cwd=folder, check=True, env={**os.environ, "CCACHE_DISABLE": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(what, before, now):
    print(f"{what:52} {before:9.1f} {now:9.1f} {now / before:7.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--before", required=True, help="the other tree, configured")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    before, now = Tree(options.before), Tree(ROOT)
    chosen = sorted(before.sources() & now.sources())[options.every // 2::options.every]
    for name in chosen:
        before.take(name)
        now.take(name)
    print(f"{len(chosen)} sources; CPU seconds{'':23} {'before':>9} {'now':>9} {'ratio':>7}")
    row("the precompiled header", before.headers_s, now.headers_s)
    row("a thousand lines of source", 1000 * before.cpu_s / before.lines,
        1000 * now.cpu_s / now.lines)
    row(f"of those, what {TOUCHED} compiles again", before.touched_s, now.touched_s)
    row(HANDLER, before.compile(HANDLER)[0], now.compile(HANDLER)[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
