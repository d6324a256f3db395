#!/usr/bin/env python3
"""Asks the offline commands about a ledger that a server is writing to at this moment.

    tests/crash/beside.py --seed 7 --count 200

Each of them must succeed each time: what is under way is no damage. Afterwards the data directory
is taken away from running servers in several ways: they must notice and acknowledge nothing more.
"""
import concurrent.futures
import json
import shutil
import subprocess
import sys
import threading
import time

import laboratory
from caller import Caller, NoAnswer
from cases import expect, expect_equal
from laboratory import say

SHORT_COUNT = 10
LONG_COUNT = 200
SUBMITS_PER_S = 50
TIMES_A_ROUND = 10  # each command
AT_ONCE = 2  # commands
FIRST_RUNS = 20
NOTICED_S_MAX = 10
PADDING = "x" * 3000  # a frame of more than one block
BIG = "x" * 40_000  # goes to the blob store
COMMANDS = (["ledger", "verify"], ["ledger", "cat"], ["ledger", "prove", "0"],
            ["ledger", "checkpoint"], ["replay", "--all"])
DAMAGE = ("damage", "NOT OK", "incomplete")


def body_of(number):
    padding = BIG if number % 25 == 0 else PADDING if number % 3 == 0 else ""
    return {"job": "remote", "input": {"n": number, "padding": padding}, "max_cost_usd": "0.0010"}


class Submits:
    """Submits at a steady rate until stopped."""

    def __init__(self, server):
        self.server = server
        self.accepted = 0
        self.faults = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        caller = self.server.caller()
        due = time.monotonic()
        number = 0
        while not self.stopping.is_set():
            number += 1
            answer = caller.submit(f"beside-{number}", body_of(number))
            if answer.status == 202:
                self.accepted += 1
            else:
                self.faults.append(str(answer))
            due = max(due + 1 / SUBMITS_PER_S, time.monotonic() - 1)
            self.stopping.wait(max(0.0, due - time.monotonic()))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


def wait_for_a_checkpoint(server):
    end = time.monotonic() + NOTICED_S_MAX
    while time.monotonic() < end:
        if server.caller().get("/ledger/checkpoint").status == 200:
            return
        time.sleep(0.02)
    expect(False, "no checkpoint is signed")


def asked(server, words):
    """None, or what went wrong."""
    done = subprocess.run([server.tally, *words, "--data", str(server.data)],
                          capture_output=True, text=True, check=False)
    said = done.stderr + (done.stdout if words[1] != "cat" else "")
    if done.returncode == 0 and not any(word in said for word in DAMAGE):
        return None
    return f"tally {' '.join(words)}: exit code {done.returncode}: {said.strip()[:500]}"


def ask_all(lab, round, times):
    """Asks each command so many times; what went wrong. A server of its own keeps its ledger short,
    so that many rounds take no longer each than the first."""
    server = lab.server(f"beside-{round}", attest_every_s=1, grant_usd="100000.00")
    server.start()
    caller = server.caller()
    for number in range(FIRST_RUNS):
        expect_equal("a first submit", 202, caller.submit(f"first-{number}", body_of(1)).status)
    wait_for_a_checkpoint(server)
    began = time.monotonic()
    with Submits(server) as submits, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        wanted = [words for _ in range(times) for words in COMMANDS]
        faults = [fault for fault in pool.map(lambda words: asked(server, words), wanted) if fault]
    seconds = time.monotonic() - began
    say(f"{len(wanted)} commands beside {submits.accepted} submits in {seconds:.0f} s, "
        f"{len(faults)} failed")
    expect(not submits.faults, f"submits: {submits.faults[:5]}")
    expect(submits.accepted > 0, "nothing was submitted meanwhile")
    expect_equal("exit code", 0, server.stop())
    code, report = server.verify()
    expect(code == 0 and report["ok"], f"at rest: {report}")
    return faults


def every_command_succeeds_beside_a_server_that_writes(lab):
    faults = []
    for round, first in enumerate(range(0, lab.options.count, TIMES_A_ROUND)):
        faults += ask_all(lab, round, min(TIMES_A_ROUND, lab.options.count - first))
    expect(not faults, "\n    ".join([f"--seed {lab.seed}"] + faults[:10]))


# --- the data directory is taken away -------------------------------------------------------------


def is_ready(server):
    try:
        return Caller(server.port, "none", 5).get("/readyz").status == 200
    except NoAnswer:
        return False


def expect_no_more_acknowledged(server, what):
    """Not ready within seconds, and a submit is not accepted."""
    end = time.monotonic() + NOTICED_S_MAX
    while time.monotonic() < end and is_ready(server):
        time.sleep(0.05)
    expect(not is_ready(server), f"{what}: it says that it is ready")


def refused(caller):
    """A submit gets 503, or nobody is there any more to answer it."""
    try:
        answer = caller.submit("after", body_of(1))
    except NoAnswer:
        return None
    expect(answer.status == 503, f"a submit afterwards: {answer}")
    return answer


def a_server_whose_data_directory_is_removed_stops_acknowledging(lab):
    server = lab.server("removed")
    server.start()
    caller = server.caller()
    expect_equal("a submit", 202, caller.submit("before", body_of(1)).status)
    wait_for_a_checkpoint(server)
    shutil.rmtree(server.data)
    expect_no_more_acknowledged(server, "removed")
    answer = refused(caller)
    if answer is not None:
        expect(answer.code in ("outcome_unknown", "overloaded"), f"a submit afterwards: {answer}")
    expect_equal("exit code", 4, server.wait_for_its_end())
    expect("not this process's to write" in server.last_words(20), server.last_words(20))


def a_server_in_whose_place_a_copy_stands_stops_acknowledging(lab):
    server = lab.server("moved")
    server.start()
    caller = server.caller()
    expect_equal("a submit", 202, caller.submit("before", body_of(1)).status)
    wait_for_a_checkpoint(server)
    away = server.data.with_name("away")
    server.data.rename(away)
    shutil.copytree(away, server.data)
    expect_no_more_acknowledged(server, "moved")
    refused(caller)
    expect_equal("exit code", 4, server.wait_for_its_end())
    expect_equal("the copy's HALT", "", server.halt_reason())
    code, report = server.verify(away)
    expect(code == 0 and report["ok"], f"what it wrote before: {report}")


def two_servers_on_one_directory_are_one_though_the_lock_file_is_removed(lab):
    server = lab.server("first")
    server.start()
    (server.data / "LOCK").unlink()
    second = lab.server("second", data=server.data)
    second.spawn()
    expect(not second.wait_until_it_serves(), "a second server serves the same directory")
    expect_equal("exit code of the second", 2, second.wait_for_its_end())
    expect("another tally serves this data directory" in second.last_words(), second.last_words())
    expect_equal("a submit to the first", 202, server.caller().submit("k", body_of(1)).status)
    expect_equal("exit code", 0, server.stop())


def a_ledger_without_its_head_is_not_served(lab):
    server = lab.server("headless")
    server.start()
    expect_equal("a submit", 202, server.caller().submit("k", body_of(1)).status)
    wait_for_a_checkpoint(server)
    server.stop()
    (server.data / "ledger" / "head").unlink()
    server.spawn()
    expect(not server.wait_until_it_serves(), "it serves a ledger without its head")
    expect_equal("exit code", 4, server.wait_for_its_end())
    expect("`head`" in server.last_words(), server.last_words())
    code, report = server.verify()
    expect_equal("ledger verify", 1, code)
    expect("`head`" in json.dumps(report), f"it says {report}")


CASES = [every_command_succeeds_beside_a_server_that_writes,
         a_server_whose_data_directory_is_removed_stops_acknowledging,
         a_server_in_whose_place_a_copy_stands_stops_acknowledging,
         two_servers_on_one_directory_are_one_though_the_lock_file_is_removed,
         a_ledger_without_its_head_is_not_served]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_beside_test", CASES,
                                ("count", SHORT_COUNT, LONG_COUNT)))
