#!/usr/bin/env python3
"""Makes the disk fail under a running server and looks at what it says then, and afterwards.

    tests/crash/disk_error.py --seed 7
    TALLY_LONG=1 tests/crash/disk_error.py

The faults come from strace (tracing.py), so the case needs ptrace, and is skipped aloud without.
"""
import json
import sys
import threading
import time

import laboratory
import tracing
from caller import micros
from cases import expect, expect_equal
from failure import Failure
from laboratory import say

HANG_MS = 300  # a failing write takes this long, so that every client has a request in flight
FRAME_FIRST = 20  # when the load is under way
FRAME_LAST = 60


def fail_and_recover(lab, name, call, error, reason, frame=None, buffered=False):
    tracing.need_strace()
    failure = Failure(lab, name)
    failure.live_well()
    frame = frame or failure.rng.randrange(FRAME_FIRST, FRAME_LAST)
    say(f"{error} from {call} number {frame}")
    wrap = tracing.inject(failure.server, call, f"error={error}:delay_enter={HANG_MS * 1000}",
                          frame)
    if buffered:
        wrap = tracing.without_direct(wrap, failure.server)
    said = failure.fail_under_load(wrap)
    failure.check_last_words(said, reason)
    failure.check_that_somebody_was_told()  # while the call hangs, every caller comes to wait
    failure.recover()


def a_write_that_fails_is_not_acknowledged_and_halts_the_next_start(lab):
    fail_and_recover(lab, "eio", "pwrite64", "EIO", "Input/output error")


def a_sync_that_fails_is_not_acknowledged_and_halts_the_next_start(lab):
    fail_and_recover(lab, "sync", "fdatasync", "EIO", "Input/output error", buffered=True)


def a_disk_that_is_full_at_a_write_is_named(lab):
    fail_and_recover(lab, "full", "pwrite64", "ENOSPC", "The disk is full")


def every_early_write_may_fail(lab):
    """Also those of the start itself and of the first requests."""
    for error, reason in (("EIO", "Input/output error"), ("ENOSPC", "The disk is full")):
        for frame in (10, 11, 12, 15, 30, 100, 300):
            fail_and_recover(lab, f"{error}-{frame}", "pwrite64", error, reason, frame)


def a_start_that_cannot_write_says_so_and_the_next_one_serves(lab):
    tracing.need_strace()
    server = lab.server("start")
    # The first segment's header; then, of a ledger that exists, the last frame once more.
    for what in ("a new ledger", "an old ledger"):
        before = server.log_size()
        server.spawn(tracing.inject(server, "pwrite64", "error=EIO", 1))
        expect(not server.wait_until_it_serves(), f"it serves {what} that it cannot write")
        expect_equal(f"exit code for {what}", 4, server.wait_for_its_end())
        said = server.log_since(before)
        expect("disk reported a failure" in said, f"{what}: stderr says {said}")
        server.start()
        expect_equal("exit code of the clean end", 0, server.stop())
        expect_equal("ledger verify", 0, server.verify()[0])


def watch_readiness(caller, over, said):
    while not over.wait(0.1):
        answer = caller.get("/readyz")
        said.append((answer.status, json.dumps(answer.body)))


def a_write_that_takes_long_delays_the_answer_and_loses_nothing(lab):
    tracing.need_strace()
    server = lab.server("slow")
    seconds = 6.5 if lab.long else 1.0  # past 5 s the server says that it is not ready
    server.start(tracing.inject(server, "pwrite64", f"delay_enter={int(seconds * 1e6)}", 10))
    caller = server.caller()
    over, readiness = threading.Event(), []
    watcher = threading.Thread(target=watch_readiness, daemon=True,
                               args=(server.caller(), over, readiness))
    watcher.start()
    slowest = 0.0
    for number in range(30):
        began = time.monotonic()
        answer = caller.submit(f"slow-{number}", {"job": "remote", "input": {},
                                                  "max_cost_usd": "0.0010"})
        slowest = max(slowest, time.monotonic() - began)
        expect_equal("a submit on a slow disk", 202, answer.status)
    over.set()
    watcher.join()
    not_ready = [text for status, text in readiness if status != 200]
    expect_equal("it said that it was not ready", lab.long, bool(not_ready))
    expect(all("waiting for the disk" in text for text in not_ready), f"it said {not_ready[:1]}")
    expect(slowest >= seconds * 0.9, f"the slowest answer took {slowest:.2f} s: it was given "
           f"before the write of {seconds} s was over")
    budget = caller.get("/v1/budget").body
    expect_equal("held after 30 runs", 30_000, micros(budget["held_usd"]))
    server.kill()
    expect_equal("ledger verify", 0, server.verify()[0])
    say(f"the slowest answer took {slowest:.2f} s, the write {seconds} s")


def a_write_that_lies_is_found_and_never_served(lab):
    """The drive reports a part as written and wrote nothing: no protocol can notice it then. What
    came later proves that it should be there."""
    tracing.need_strace()
    server = lab.server("lie")
    server.start(tracing.inject(server, "pwrite64", "retval=512", 12))
    caller = server.caller()
    for number in range(30):
        caller.submit(f"lie-{number}", {"job": "remote", "input": {}, "max_cost_usd": "0.0010"})
    server.kill()
    expect_equal("times that the drive lied", 1, tracing.injected(server))
    code, report = server.verify()
    expect_equal("ledger verify after a lie", (1, False), (code, report["torn_tail"]))
    server.spawn()
    expect(not server.wait_until_it_serves(), "it serves a ledger with a hole")
    expect_equal("exit code", 4, server.wait_for_its_end())
    say(report["what"])


ALWAYS = [
    a_write_that_fails_is_not_acknowledged_and_halts_the_next_start,
    a_sync_that_fails_is_not_acknowledged_and_halts_the_next_start,
    a_start_that_cannot_write_says_so_and_the_next_one_serves,
    a_write_that_takes_long_delays_the_answer_and_loses_nothing,
    a_write_that_lies_is_found_and_never_served,
]
LONG = [a_disk_that_is_full_at_a_write_is_named, every_early_write_may_fail]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_disk_test", ALWAYS, only_long=LONG))
