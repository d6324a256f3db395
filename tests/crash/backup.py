#!/usr/bin/env python3
"""Backs up a data directory while a server writes to it, and serves from the copy.

    tests/crash/backup.py --seed 7 --count 50

Every backup must succeed and verify, whatever is under way. One that is killed at any rename, or
whose disk fills up, leaves nothing under its name.
"""
import json
import os
import re
import shutil
import subprocess
import sys

import laboratory
from beside import Submits, body_of, wait_for_a_checkpoint
from cases import expect, expect_equal
from laboratory import say

SHORT_COUNT = 2
LONG_COUNT = 50
FIRST_RUNS = 30
RENAMES_MAX = 40  # of one kind
SHORT_STEP = 3  # of these every third is cut


def backup(server, name, wrap=()):
    """Exit code and both outputs of a backup to folder/name, with its keys beside it."""
    done = subprocess.run([*wrap, server.tally, "backup", str(server.folder / name), "--keys",
                           str(server.folder / (name + "-keys")), "--data", str(server.data),
                           "--json"], capture_output=True, text=True, check=False,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # not under strace
    return done.returncode, done.stdout, done.stderr


def serving(lab, name):
    server = lab.server(name, grant_usd="100000.00")
    server.start()
    caller = server.caller()
    runs = []
    for number in range(FIRST_RUNS):
        answer = caller.submit(f"first-{number}", body_of(number))
        expect_equal("a first submit", 202, answer.status)
        runs.append(answer.body["run_id"])
    wait_for_a_checkpoint(server)
    return server, runs


def restored(lab, server, name):
    """A server of its own whose data directory is the copy and its keys."""
    data = server.folder / ("restored-" + name)
    shutil.copytree(server.folder / name, data)
    shutil.copytree(server.folder / (name + "-keys"), data, dirs_exist_ok=True)
    return lab.server("of-" + name, data=data)


def every_backup_beside_a_server_that_writes_is_a_ledger_that_serves(lab):
    server, runs = serving(lab, "busy")
    events = []
    with Submits(server) as submits:
        for number in range(lab.options.count):
            code, out, said = backup(server, f"copy-{number}")
            expect(code == 0, f"backup {number}: exit code {code}: {said[:500]}")
            events.append(json.loads(out)["events"])
    expect(not submits.faults and submits.accepted > 0, f"submits: {submits.faults[:5]}")
    say(f"{len(events)} backups beside {submits.accepted} submits, of {events[0]} to {events[-1]} "
        "events")
    for number, size in enumerate(events):
        code, report = server.verify(server.folder / f"copy-{number}")
        expect(code == 0 and not report["torn_tail"], f"copy {number}: {report}")
        expect_equal(f"events of copy {number}", size, report["events"])
    expect_equal("exit code", 0, server.stop())

    copy = restored(lab, server, f"copy-{len(events) - 1}")
    copy.start()
    caller = copy.caller()
    for number, run in enumerate(runs):
        again = caller.submit(f"first-{number}", body_of(number))
        expect(again.body.get("run_id") == run and again.body.get("idempotent_replay"),
               f"{run}, which was answered before the backup: {again}")
    expect_equal("a new submit", 202, caller.submit("new", body_of(1)).status)
    expect_equal("exit code of the copy", 0, copy.stop())
    code, report = copy.verify()
    expect(code == 0 and report["events"] > events[-1], f"the copy, which went on: {report}")


def unfinished(server, name, code):
    """What must hold where a backup was cut short."""
    expect(code != 0, "it says that it succeeded")
    expect(not (server.folder / name).exists(), f"{name} stands there, and is not finished")
    expect((server.folder / (name + ".unfinished")).is_dir(), "there is nothing to recognise")


def a_backup_that_is_killed_at_any_rename_is_recognised_as_unfinished(lab):
    server, _ = serving(lab, "killed")
    expect_equal("exit code", 0, server.stop())
    cut = 0
    step = 1 if lab.options.count == LONG_COUNT else SHORT_STEP
    for call in ("rename", "renameat", "renameat2"):  # each is counted by itself
        for nth in range(1, RENAMES_MAX, step):
            name = f"cut-{call}-{nth}"
            code, _, said = backup(server, name, [
                "strace", "-f", "-qq", "-e", f"trace={call}", "-e",
                f"inject={call}:signal=KILL:retval=0:when={nth}", "-o", "/dev/null"])
            if code == 0:
                break
            unfinished(server, name, code)
            cut += 1
        code, report = server.verify(server.folder / name)
        expect(code == 0 and report["ok"], f"the one that was not killed: {report}")
    expect(cut >= 2, f"it was killed at {cut} renames")
    say(f"killed at {cut} renames")
    code, _, said = backup(server, "cut-renameat2-1")
    expect(code == 2 and ".unfinished" in said, f"over an unfinished one: {code}: {said}")


def a_backup_for_which_there_is_no_room_says_so(lab):
    server, _ = serving(lab, "full")
    code, _, said = backup(server, "copy", [
        "strace", "-f", "-qq", "-e", "trace=pwrite64", "-e",
        "inject=pwrite64:error=ENOSPC:when=1+", "-o", "/dev/null"])
    expect_equal("exit code", 4, code)
    unfinished(server, "copy", code)
    expect(re.search("full|space", said), said)
    expect_equal("exit code of the server", 0, server.stop())


CASES = [every_backup_beside_a_server_that_writes_is_a_ledger_that_serves,
         a_backup_that_is_killed_at_any_rename_is_recognised_as_unfinished,
         a_backup_for_which_there_is_no_room_says_so]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_backup_test", CASES,
                                ("count", SHORT_COUNT, LONG_COUNT)))
