"""What all programs of the laboratory share: options, the scratch disk, the exit code."""
import argparse
import os
import pathlib
import random
import sys

import cases
from scratch import NotADisk, Scratch
from server import Server

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Laboratory:
    def __init__(self, options, scratch):
        self.options = options
        self.scratch = scratch
        self.seed = options.seed
        self.long = options.long
        self.servers = []

    def random(self, name):
        """Choices of one case: the same whichever other cases run."""
        return random.Random(f"{self.seed}/{name}")

    def server(self, name, **settings):
        """A server with a folder of its own; killed at the end, whatever happens."""
        server = Server(self.options.tally, self.scratch.folder(name), HERE / "jobs", **settings)
        self.servers.append(server)
        return server

    def end(self):
        for server in self.servers:
            server.kill()


def say(text):
    print("  " + text, flush=True)


def options_of(about):
    """The options of every program; a program may add its own before it parses."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--tally", default=ROOT / "build/release/tally", help="the binary")
    parser.add_argument("--scratch", default=ROOT / "build/crash",
                        help="a directory on a real disk")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--long", action="store_true", default=bool(os.environ.get("TALLY_LONG")),
                        help="the full counts; TALLY_LONG=1 does the same")
    return parser


def run(suite, every_case, options):
    """Runs the cases on a scratch disk of their own. Returns the exit code."""
    if not pathlib.Path(options.tally).exists():
        print(f"{suite}: there is no {options.tally}: build it, or say --tally", file=sys.stderr)
        return cases.USAGE
    try:
        scratch = Scratch(options.scratch)
    except NotADisk as fault:
        print(f"{suite}: {fault}", file=sys.stderr)
        return cases.USAGE
    print(f"{suite}: --seed {options.seed} on {scratch.kind}", flush=True)
    laboratory = Laboratory(options, scratch)
    try:
        code = cases.run(suite, every_case, laboratory)
    finally:
        laboratory.end()
    if code == cases.YES:
        scratch.remove()
    else:
        print(f"kept for a look: {scratch.path}", file=sys.stderr)
    return code


def program(about, suite, every_case, count=None, only_long=()):
    """The main of a program: its exit code. `count` is (name, short, long) of an option that says
    how often the program does its work; `only_long` are cases of the full counts."""
    parser = options_of(about.split("\n\n")[0])
    if count:
        parser.add_argument("--" + count[0], type=int, dest="count")
    options = parser.parse_args()
    if count and options.count is None:
        options.count = count[2] if options.long else count[1]
    return run(suite, [*every_case, *(only_long if options.long else ())], options)
