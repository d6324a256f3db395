#!/usr/bin/env python3
"""Runs the commands of README.md's session as they stand there.

    readme_session.py TALLY

TALLY is the built binary. Every `sh` block under "A session" runs in order, in a directory that
looks like the checkout with a release build, against a server on a free port. Only what the README
says fails may fail. `./run` itself is left to `./run --check`.
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
SERVE = "tally serve"
ONLINE = ("run", "budget", "halt", "resume")
FAILS = {"tally ledger verify --data copy": 1}  # the broken copy, as the README says


def blocks():
    """The session's commands: one text for each block."""
    session = (ROOT / "README.md").read_text().split("\n## A session\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", session, flags=re.S)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def lay_out(home, tally, port):
    """A checkout's look: the examples, and a `tally` that knows the port."""
    (home / "examples").symlink_to(ROOT / "examples")
    build = home / "build" / "release"
    build.mkdir(parents=True)
    words = "|".join(ONLINE)
    (build / "tally").write_text(
        f"#!/bin/sh\ncase $1 in {words}) exec '{tally}' \"$@\" --server http://127.0.0.1:{port} ;;"
        f"\n*) exec '{tally}' \"$@\" ;; esac\n")
    (build / "tally").chmod(0o755)


def start_server(home, line, port):
    command = line.replace("7070", str(port))
    server = subprocess.Popen(["bash", "-c", "exec " + command], cwd=home,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if server.poll() is not None:
            sys.exit(f"readme: the server ended with {server.returncode}: {command}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
            return server
        except OSError:
            time.sleep(0.1)
    sys.exit("readme: the server does not come up")


def run_blocks(home, texts, port):
    """All of them in one shell, so that `export` lasts; returns (command, code) of what failed."""
    failed = home / "failed"
    trap = f"trap 'code=$?; printf \"%s\\t%s\\n\" \"$code\" \"$BASH_COMMAND\" >>{failed}' ERR\n"
    script = "set -uo pipefail\n" + trap + "\n".join(texts).replace("7070", str(port))
    done = subprocess.run(["bash", "-c", script], cwd=home, capture_output=True, text=True,
                          timeout=300, check=False)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    if not failed.exists():
        return []
    return [(command, int(code)) for code, command in
            (line.split("\t", 1) for line in failed.read_text().splitlines())]


def main(tally):
    texts = [text for text in blocks() if "./run" not in text]
    serving = [text for text in texts if SERVE in text]
    texts = [text for text in texts if SERVE not in text]
    if len(serving) != 1 or len(texts) < 3:
        sys.exit("readme: the session no longer has its blocks")
    home = pathlib.Path(tempfile.mkdtemp(prefix="tally-readme-"))
    port = free_port()
    lay_out(home, pathlib.Path(tally).resolve(), port)
    server = start_server(home, serving[0].strip(), port)
    try:
        failed = run_blocks(home, texts, port)
    finally:
        server.terminate()
        ended = server.wait(timeout=60)
        shutil.rmtree(home)
    unexpected = [one for one in failed if FAILS.get(one[0]) != one[1]]
    missing = [command for command in FAILS if command not in [one[0] for one in failed]]
    for command, code in unexpected:
        print(f"readme: exit {code}: {command}", file=sys.stderr)
    for command in missing:
        print(f"readme: should have failed and did not: {command}", file=sys.stderr)
    if ended != 0:
        print(f"readme: the server ended with {ended}", file=sys.stderr)
    return 1 if unexpected or missing or ended != 0 else 0


if __name__ == "__main__":
    os.environ.pop("TALLY_KEY", None)
    sys.exit(main(sys.argv[1]))
