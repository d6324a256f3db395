#!/usr/bin/env python3
"""How many instructions does one durable submit take, on all threads of the server?

    bench/instructions.py --dir DIR --tally build/release/tally
    bench/instructions.py --dir DIR --tally NEW --against OLD     the ratio NEW / OLD

Counted by callgrind (Debian: valgrind), which counts the same for the same work however busy the
machine is. The digests of SHA-256 are left out: valgrind shows no SHA instructions to the program,
so it counts a slower way than the one that ships. Each server has a fresh data directory under DIR,
takes --warm submits first, and is then counted for --count of them on --connections connections.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "crash"))
from server import Server  # noqa: E402  (the laboratory's, which starts and asks a real server)

DIGESTS = re.compile(r"sha256", re.IGNORECASE)
JOB = """name = "counted"
version = "1.0.0"
runner = "worker"
timeout_s = 30
price = { fixed_usd = "0.0005", per_second_usd = "0.0000" }
"""


def submit_all(server, names, connections):
    """Submits each name once, shared out over the connections; every answer must be 202."""
    faults = []

    def share(mine):
        caller = server.caller(timeout_s=300)
        for name in mine:
            answer = caller.submit(name, {"job": "counted", "max_cost_usd": "0.0010",
                                          "input": {"name": name, "text": "x" * 100}})
            if answer.status != 202:
                faults.append(repr(answer))
                return

    threads = [threading.Thread(target=share, args=(names[first::connections],))
               for first in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        sys.exit(f"a submit failed: {faults[0]}")


def control(server, what):
    subprocess.run(["callgrind_control", what, str(server.process.pid)], check=True,
                   stdout=subprocess.DEVNULL, cwd=server.folder)


def counted(server):
    """Instructions of the newest dump: all, and those of the digests among them."""
    dumps = [path for path in server.folder.glob("callgrind.out.*") if path.stat().st_size > 0]
    dump = max(dumps, key=lambda path: path.stat().st_mtime)
    told = subprocess.run(["callgrind_annotate", "--threshold=100", str(dump)], check=True,
                          capture_output=True, text=True).stdout
    everything = digests = 0
    for line in told.splitlines():
        amount = re.match(r"\s*([\d,]+)", line)
        if amount is None:
            continue
        instructions = int(amount.group(1).replace(",", ""))
        if "PROGRAM TOTALS" in line:
            everything = instructions
        elif DIGESTS.search(line):
            digests += instructions
    if everything == 0:
        sys.exit(f"callgrind_annotate says nothing of {dump}")
    return everything, digests


def measure(tally, scratch, options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="instructions-", dir=scratch))
    jobs = folder / "jobs" / "counted"
    jobs.mkdir(parents=True)
    (jobs / "job.toml").write_text(JOB)
    server = Server(tally.resolve(), folder, jobs.parent, grant_usd="100000.00")
    server.start(wrap=("valgrind", "--tool=callgrind", "--separate-threads=no",
                       f"--callgrind-out-file={folder}/callgrind.out.%p"))
    try:
        submit_all(server, [f"warm-{n}" for n in range(options.warm)], options.connections)
        control(server, "--zero")
        submit_all(server, [f"counted-{n}" for n in range(options.count)], options.connections)
        control(server, "--dump")
        time.sleep(1)
        everything, digests = counted(server)
    finally:
        server.kill()
    shutil.rmtree(folder)
    return {"tally": str(tally), "submits": options.count,
            "instructions": round((everything - digests) / options.count),
            "digests_left_out": round(digests / options.count)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", required=True, type=pathlib.Path)
    parser.add_argument("--tally", required=True, type=pathlib.Path)
    parser.add_argument("--against", type=pathlib.Path)
    parser.add_argument("--warm", type=int, default=500)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    if shutil.which("callgrind_control") is None:
        sys.exit("instructions: callgrind is missing; install the Debian package valgrind")
    os.makedirs(options.dir, exist_ok=True)
    rows = [measure(tally, options.dir, options)
            for tally in (options.tally, options.against) if tally is not None]
    for row in rows:
        print(json.dumps(row))
    if len(rows) == 2:
        print(f"ratio {rows[0]['instructions'] / rows[1]['instructions']:.3f}")


if __name__ == "__main__":
    main()
