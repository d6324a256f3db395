#!/usr/bin/env python3
"""Does to a real server what disks, networks and workers do, and holds its answers against the rules.

    faults.py --tally BINARY [--dir DIR] [--long] [--only NAME]

Each case prints what it showed; one that this machine cannot run is named as skipped with the
reason. Exit 0: all held; 1: something broke.
"""
import argparse
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from load import HOLD, Load, granted_by
from observer import Observer, micros, usd
from server import Gone, Server, events, refuse_memory_file_system, verify

BODY = {"job": "metered", "input": {"n": 1}, "max_cost_usd": usd(HOLD)}
ENDS_S = 30  # for a server that must end by itself


class Skipped(Exception):
    pass


class Bench:
    """What a case gets: the binary, a directory, a seed, and how much it shall do."""

    def __init__(self, tally, home, long_run):
        self.tally = tally
        self.home = home
        self.long_run = long_run
        self.broken = []

    def require(self, holds, what):
        if not holds:
            self.broken.append(what)

    def server(self, name, **options):
        return Server(self.tally, self.home / name, **options)

    def with_history(self, name, **options):
        """A stopped server's directory with some finished and some open runs."""
        server = self.server(name)
        server.start()
        load = Load(server, Observer(), name, pace_s=0.005)
        time.sleep(1.0)
        load.end()
        server.stop()
        return self.server(name, **options)


def submit(connection, key, body=None):
    return connection.ask("POST", "/v1/runs", body or BODY, {"Idempotency-Key": key})


# --- the disk ------------------------------------------------------------------------------------

def may_trace():
    if shutil.which("strace") is None:
        raise Skipped("strace is not installed")
    tried = subprocess.run(["strace", "-f", "-o", os.devnull, "true"], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if tried.returncode != 0:
        raise Skipped("this machine lets nobody trace a process")


def last_segment(data):
    written = [path for path in sorted((data / "ledger").glob("*.seg"))
               if any(path.read_bytes()[4096:8192])]
    return written[-1]


def with_fault(bench, name, fault):
    """A server whose writes of the active segment meet `fault`, as strace has it."""
    may_trace()
    quiet = bench.with_history(name)
    segment = last_segment(quiet.data)
    return bench.server(name, before=["strace", "-f", "-qq", "-o", os.devnull, "-P", str(segment),
                                      "-e", "trace=pwrite64", "-e", "inject=pwrite64:" + fault])


def failing_write(bench, name, fault):
    """A write that fails ends the server; the next start is halted and has lost nothing."""
    server = with_fault(bench, name, fault)
    observer = Observer()
    try:
        server.start()
    except RuntimeError:
        load = None  # the failing write was one of the start's own
    else:
        load = Load(server, observer, name, callers=8, pace_s=0.002)
    code = server.wait(ENDS_S)
    if load is not None:
        load.end()
        bench.require(set(load.refused) <= {503}, f"{name}: answers {load.refused}")
    bench.require(code is not None, f"{name}: the server goes on after a failed write")
    if code is None:
        server.kill()
    bench.require("cannot be written" in server.log(), f"{name}: no word of it in the log")
    bench.require((server.data / "HALT").exists(), f"{name}: no HALT is left")
    after_the_halt(bench, name, observer)
    return f"{len(observer.acknowledged())} acknowledged before it"


def after_the_halt(bench, name, observer):
    """Begins halted, shows everything, and goes on after an operator's word."""
    server = bench.server(name)
    server.start()
    connection = server.connect()
    refused = submit(connection, name + "-while-halted")
    bench.require((refused.status, refused.code()) == (503, "halted"),
                  f"{name}: halted, and a submit answers {refused.status} {refused.text[:200]}")
    for submitted in observer.acknowledged():
        observer.check_run(connection, submitted)
    observer.check_budget(connection, granted_by(server))
    lifted = connection.ask("POST", "/v1/halt", {"mode": "safe", "scope": "everything",
                                                 "reason": "the disk was replaced"})
    bench.require(lifted.status == 200, f"{name}: an operator's word: {lifted.text[:200]}")
    mode = connection.ask("GET", "/v1/halt").text
    bench.require('"safe"' in mode, f"{name}: the mode after it: {mode}")
    errors = connection.ask("GET", "/v1/errors?component=ledger").json()["errors"]
    bench.require(any(error["exception_type"] == "began_halted" for error in errors),
                  f"{name}: the error memory does not say that it began halted")
    connection.close()
    bench.require(server.stop() == 0, f"{name}: does not stop cleanly after it")
    code, report = verify(bench.tally, server.data)
    bench.require(code == 0, f"{name}: ledger verify: {report}")
    observer.check_history(events(bench.tally, server.data))
    bench.broken += observer.broken


def writes_that_fail(bench):
    """EIO and ENOSPC on the k-th write of the log."""
    shown = []
    for error in ("EIO", "ENOSPC"):
        for number in ((1, 2, 5, 20, 60) if bench.long_run else (12,)):
            name = f"{error.lower()}-{number}"
            said = failing_write(bench, name, f"error={error}:when={number}")
            shown.append(f"{error} on write {number}: {said}")
    return "; ".join(shown)


def writes_that_are_slow(bench):
    """A disk that takes 300 ms for each write answers late and loses nothing."""
    server = with_fault(bench, "slow", "delay_enter=300000")
    server.start()
    observer = Observer()
    load = Load(server, observer, "slow", callers=8, pace_s=0.002)
    time.sleep(3)
    server.kill()
    load.end()
    bench.require(len(observer.acknowledged()) > 0, "slow: nothing was acknowledged")
    again = bench.server("slow")
    again.start()
    connection = again.connect()
    for submitted in observer.acknowledged():
        observer.check_run(connection, submitted)
    connection.close()
    again.stop()
    bench.broken += observer.broken
    return f"{len(observer.acknowledged())} acknowledged at 300 ms a write"


def disk_full(bench):
    """A full disk ends the server; with room again it goes on, halted until somebody says so."""
    if os.geteuid() != 0:
        raise Skipped("only root may mount a small disk")
    small = bench.home / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(small)],
                             check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skipped("no small disk can be mounted: " + mounted.stderr.strip())
    try:
        server = Server(bench.tally, small / "data")
        server.start()
        observer = Observer()
        body = {**BODY, "input": {"text": "x" * 30_000}}
        connection = server.connect()
        number = 0
        try:
            while number < 2_000:
                number += 1
                submitted = observer.sending(f"full-{number}", body)
                answer = submit(connection, submitted.key, body)
                if answer.status != 202:
                    bench.require(answer.status == 503, f"disk full: {answer.text[:200]}")
                    break
                observer.accepted(submitted, answer.json()["run_id"])
        except Gone:
            pass
        code = server.wait(ENDS_S)
        bench.require(code is not None, "disk full: the server goes on without a log")
        if code is None:
            server.kill()
        subprocess.run(["mount", "-o", "remount,size=200m", str(small)], check=True)
        again = Server(bench.tally, small / "data")
        again.start()
        connection = again.connect()
        for submitted in observer.acknowledged():
            observer.check_run(connection, submitted)
        halted = submit(connection, "after-full")
        bench.require(halted.code() == "halted", f"disk full: not halted: {halted.text[:200]}")
        again.stop()
        code, report = verify(bench.tally, small / "data")
        bench.require(code == 0, f"disk full: ledger verify: {report}")
        bench.broken += observer.broken
        return f"{len(observer.acknowledged())} acknowledged before the disk was full"
    finally:
        subprocess.run(["umount", "-l", str(small)], check=False)


# --- bits ----------------------------------------------------------------------------------------

def flips_and_cuts(bench):
    """Every flipped bit and every cut file of the log is found, and none is called torn."""
    server = bench.with_history("flips")
    _, sound = verify(bench.tally, server.data)
    bench.require(sound["ok"], f"flips: not sound before: {sound}")
    copy = bench.home / "flips-copy"
    shutil.copytree(server.data, copy)
    paths = sorted((copy / "ledger").glob("*.seg"))
    chance = random.Random(5)
    missed = 0
    tries = 2_000 if bench.long_run else 60
    for number in range(tries):
        path = chance.choice(paths)
        before = path.read_bytes()
        place = chance.randrange(len(before))
        if number % 4 == 3:
            path.write_bytes(before[:place])
            what = f"{path.name} cut at {place}"
        else:
            bit = 1 << chance.randrange(8)
            path.write_bytes(before[:place] + bytes([before[place] ^ bit]) + before[place + 1:])
            what = f"{path.name} bit {bit} of byte {place} flipped"
        code, report = verify(bench.tally, copy)
        same = code == 0 and report["root_sha256"] == sound["root_sha256"]
        if code == 0 or report.get("torn_tail"):
            missed += 1
            bench.require(False, f"flips: {what}: exit {code}, {report}, same root: {same}")
        path.write_bytes(before)
    return f"{tries} flips and cuts, {missed} missed"


# --- clients and workers -------------------------------------------------------------------------

def descriptors_run_out(bench):
    """With no descriptors left the server serves whom it has, then everybody again."""
    server = bench.server("descriptors", files_max=48)
    server.start()
    known = server.connect()
    bench.require(submit(known, "before").status == 202, "descriptors: not even before")
    idle = []
    for _ in range(100):
        one = socket.socket()
        one.settimeout(2)
        try:
            one.connect(("127.0.0.1", server.port))
        except OSError:
            break
        idle.append(one)
    time.sleep(0.5)
    bench.require(known.ask("GET", "/v1/budget").status == 200, "descriptors: the known one waits")
    for one in idle:
        one.close()
    time.sleep(1)
    bench.require(submit(server.connect(), "after").status == 202, "descriptors: nobody after it")
    for _ in range(50):
        errors = known.ask("GET", "/v1/errors?class=infra.resource_exhausted").json()["errors"]
        if errors:
            break
        time.sleep(0.1)
    bench.require(any(error["exception_type"] == "descriptors_exhausted" for error in errors),
                  "descriptors: the error memory says nothing of it")
    bench.require(server.stop() == 0, "descriptors: does not stop cleanly")
    return f"{len(idle)} idle connections at a limit of 48 descriptors"


def clients_that_dawdle(bench):
    """Slow and half-closed clients keep nobody waiting; the half-closed one gets its answer."""
    server = bench.server("dawdle")
    server.start()
    slow = []
    for _ in range(200):
        one = socket.create_connection(("127.0.0.1", server.port))
        one.sendall(b"POST /v1/runs HT")
        slow.append(one)
    connection = server.connect()
    bench.require(submit(connection, "amid").status == 202, "dawdle: others must wait")
    half = socket.create_connection(("127.0.0.1", server.port))
    half.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    half.shutdown(socket.SHUT_WR)
    half.settimeout(10)
    bench.require(half.recv(4096).startswith(b"HTTP/1.1 200"), "dawdle: half-closed, no answer")
    half.close()
    if bench.long_run:
        for one in slow[:20]:
            one.settimeout(30)
            said = one.recv(4096)
            bench.require(said.startswith(b"HTTP/1.1 408"), f"dawdle: a slow one got {said[:80]}")
    for one in slow:
        one.close()
    bench.require(server.stop() == 0, "dawdle: does not stop cleanly")
    return "200 slow clients beside one that is served"


def worker_that_lies(bench):
    """A stale fence, a second settlement, a cost above the hold: each meets its rule."""
    server = bench.server("liar")
    server.start()
    connection = server.connect()
    run = submit(connection, "liar").json()["run_id"]
    item = connection.ask("POST", "/v1/work/lease", {"jobs": ["metered"]}).json()["work"][0]
    path, fence = f"/v1/work/{item['lease_id']}/", item["fence"]

    def tell(what, **members):
        return connection.ask("POST", path + what, {"fence": fence, **members})

    stale = connection.ask("POST", path + "start", {"fence": fence + 1})
    bench.require((stale.status, stale.code()) == (409, "lease_lost"), f"liar: {stale.text}")
    early = tell("complete", result=1, cost_usd="0")
    bench.require(early.status == 409, f"liar: completed before it started: {early.text}")
    bench.require(tell("start").status == 200, "liar: cannot start")
    over = usd(3 * HOLD)
    first = tell("complete", result={"a": 1}, cost_usd=over)
    bench.require(first.status == 200, f"liar: {first.text}")
    again = tell("complete", result={"a": 1}, cost_usd=over)
    bench.require(again.status == 200, f"liar: the same report again: {again.text}")
    cheaper = tell("complete", result={"a": 1}, cost_usd="0")  # the same work: answered as before
    bench.require(cheaper.json()["receipt"] == first.json()["receipt"], f"liar: {cheaper.text}")
    for other in (tell("complete", result={"a": 2}, cost_usd=over),
                  tell("fail", code="x", detail="", retry=True)):
        bench.require(other.code() == "lease_lost", f"liar: another report after it: {other.text}")
    shown = connection.ask("GET", "/v1/runs/" + run).json()
    budget = connection.ask("GET", "/v1/budget").json()
    bench.require(shown["status"] == "succeeded", f"liar: {shown}")
    bench.require(micros(budget["overrun_usd"]) == 2 * HOLD, f"liar: overrun: {budget}")
    bench.require(micros(budget["spent_usd"]) == HOLD, f"liar: spent: {budget}")
    connection.close()
    server.stop()
    return "stale fence, early, double and other reports, three times the hold"


CASES = (writes_that_fail, writes_that_are_slow, disk_full, flips_and_cuts, descriptors_run_out,
         clients_that_dawdle, worker_that_lies)


def run_case(case, tally, home, long_run):
    bench = Bench(tally, home, long_run)
    began = time.monotonic()
    try:
        said = case(bench)
    except Skipped as reason:
        print(f"skipped: {case.__name__}: {reason}")
        return []
    for what in bench.broken:
        print("broken:", what)
    print(f"{'BROKEN' if bench.broken else 'held'}: {case.__name__} "
          f"({time.monotonic() - began:.1f} s): {said}", flush=True)
    return bench.broken


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--tally", required=True, type=pathlib.Path)
    asked.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/var/tmp"))
    asked.add_argument("--long", action="store_true", default=os.environ.get("TALLY_LONG") == "1")
    asked.add_argument("--only")
    options = asked.parse_args()
    refuse_memory_file_system(options.dir)
    home = pathlib.Path(tempfile.mkdtemp(prefix="tally-faults-", dir=options.dir))
    broken = []
    for case in CASES:
        if options.only in (None, case.__name__):
            broken += run_case(case, options.tally.resolve(), home, options.long)
    if broken:
        print("what is left of it:", home)
    else:
        shutil.rmtree(home)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
