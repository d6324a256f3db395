#!/usr/bin/env python3
"""Fills the disk under a running server: what it still does, what it says, how it comes back.

    sudo tests/crash/disk_full.py

The disk is a small tmpfs, because only a mount of our own can be filled without harm to others.
Mounting needs root; without, the cases are skipped aloud. tmpfs has no O_DIRECT, so this is the
log's other way of writing too (pwrite64 and fdatasync), and it really writes short when it fills.
"""
import os
import subprocess
import sys

import laboratory
from cases import Skipped, expect, expect_equal
from failure import Failure
from laboratory import say

MIB = 1 << 20
BIG_INPUT = "x" * 40_000  # goes to the blob store
PADDING = "x" * 3000


def mount(folder, size):
    if os.geteuid() != 0:
        raise Skipped("a file system of its own needs root")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs",
                           str(folder)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skipped(f"tmpfs cannot be mounted here: {done.stderr.strip()}")


def enlarge(folder, size):
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)


class SmallDisk:
    """A mounted folder for the time of a `with`."""

    def __init__(self, lab, name, size):
        self.folder = lab.scratch.folder(name)
        self.size = size

    def __enter__(self):
        mount(self.folder, self.size)
        return self.folder

    def __exit__(self, *_):
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)

    def fill(self):
        """Takes all that is free; returns the file that holds it."""
        filler = self.folder / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return filler


def submit(caller, key, padding="", job="remote"):
    return caller.submit(key, {"job": job, "input": {"padding": padding},
                               "max_cost_usd": "0.0010"})


def what_needs_no_new_space_goes_on_while_the_disk_is_full(lab):
    """Segments are written in advance, so the log goes on; blobs and executions are refused, and
    nothing is charged for that."""
    disk = SmallDisk(lab, "blobs-disk", 64 * MIB)
    with disk as folder:
        server = lab.server("blobs", data=folder / "data")
        server.start()
        try:
            caller = server.caller()
            expect_equal("a first submit", 202, submit(caller, "first").status)
            expect_equal("a first blob", 202, submit(caller, "blob", BIG_INPUT).status)
            filler = disk.fill()
            expect_equal("a submit on a full disk", 202, submit(caller, "small").status)
            blob = submit(caller, "big", BIG_INPUT)
            expect_equal("a blob on a full disk", (503, "storage_unavailable"),
                         (blob.status, blob.code))
            run = submit(caller, "local", job="local").body["run_id"]
            ended = caller.get(f"/v1/runs/{run}?wait_s=30").body
            expect_equal("a run that cannot keep its receipt, and its charge",
                         ("failed", "0.0000"),
                         (ended["status"], ended["cost"]["charged_usd"]))
            filler.unlink()
            expect_equal("the same blob with space", 202, submit(caller, "big", BIG_INPUT).status)
            run = submit(caller, "local-again", job="local").body["run_id"]
            ended = caller.get(f"/v1/runs/{run}?wait_s=30").body
            expect_equal("a run with space", "succeeded", ended["status"])
            expect_equal("exit code", 0, server.stop())
            expect_equal("ledger verify", 0, server.verify()[0])
        finally:
            server.kill()


def a_log_that_cannot_grow_ends_the_server_and_the_next_start_is_halted(lab):
    disk = SmallDisk(lab, "growth-disk", 7 * MIB)  # the first two segments, and not the third
    with disk as folder:
        failure = Failure(lab, "growth", folder / "data", PADDING)
        server = failure.server
        try:
            failure.live_well()
            said = failure.fail_under_load(())
            # The frame that finds no room may hold the server's own words only, so that nobody's
            # outcome is unknown.
            failure.check_last_words(said, "The disk is full")
            failure.check_the_log()
            # Still full: whether the rest of the last segment holds the few words of a start or
            # not, it is halted, and the reason outlives the attempt.
            server.spawn()
            if server.wait_until_it_serves():
                say("the rest of the segment holds a start")
                server.kill()
            else:
                expect_equal("exit code on the full disk", 4, server.wait_for_its_end())
                say("a start on the full disk: " + server.last_words(1)[:300])
            enlarge(folder, 128 * MIB)
            failure.check_the_log()
            failure.go_on()
        finally:
            server.kill()


CASES = [what_needs_no_new_space_goes_on_while_the_disk_is_full,
         a_log_that_cannot_grow_ends_the_server_and_the_next_start_is_halted]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_full_test", CASES))
