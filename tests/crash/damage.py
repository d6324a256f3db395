#!/usr/bin/env python3
"""Damages a copy of a stopped server's data and asks `tally ledger verify` and `tally serve`.

    tests/crash/damage.py --seed 7 --count 2000

The same under a running server: its next reading of the whole ledger must find it and halt.

Each damage is one flipped bit or one truncation, somewhere in the files of the ledger. Verify must
find every one and may never take it for a torn tail (what a power cut leaves), and a start must
refuse it and change nothing. A prepared segment is all zeros, stands for nothing, and may be cut or
lost: its bits are flipped, its length is left alone. sim/sim_disk_recovery_test.cc does the same to
the simulated disk.
"""
import re
import shutil
import sys
import time

import laboratory
from cases import expect, expect_equal
from diary import Diary
from laboratory import say
from load import Load
from server import verify

SHORT_COUNT = 60
LONG_COUNT = 2000
STARTS_EVERY = 15  # damages; a start is slower than a verification
EVENTS_WANTED_S = 20  # of load at most, until the second segment is in use
ROT_FOUND_S = 60
EVENTS_TO_VERIFY = 50
BLOCK = 4096
HEAD = "head"


class Segment:
    """A file of the ledger and where the bytes that mean something end."""

    def __init__(self, path):
        self.name = path.name
        content = path.read_bytes()
        self.bytes = len(content)
        self.used = len(content.rstrip(b"\0"))
        self.begun = self.used > 0


class Damage:
    """One change of one file, made and taken back."""

    def __init__(self, folder, name, what, offset, bit=0):
        self.path = folder / name
        self.what = what  # "flip" or "cut"
        self.offset = offset
        self.bit = bit

    def __str__(self):
        if self.what == "cut":
            return f"{self.path.name} cut to {self.offset} bytes"
        return f"bit {self.bit} of byte {self.offset} of {self.path.name} flipped"

    def do(self):
        with open(self.path, "r+b") as file:
            file.seek(self.offset)
            if self.what == "cut":
                self.kept = file.read()
                file.truncate(self.offset)
            else:
                self.kept = file.read(1)
                file.seek(self.offset)
                file.write(bytes([self.kept[0] ^ (1 << self.bit)]))

    def undo(self):
        with open(self.path, "r+b") as file:
            file.seek(self.offset)
            file.write(self.kept)


def draw(rng, folder, segments):
    """Half of the damages hit bytes that mean something, the rest what should be zeros or the
    length; `head` is small, and so gets its own share."""
    begun = [segment for segment in segments if segment.begun]
    choice = rng.random()
    if choice < 0.10:
        size = (folder / HEAD).stat().st_size
        if choice < 0.03:
            return Damage(folder, HEAD, "cut", rng.randrange(size))
        return Damage(folder, HEAD, "flip", rng.randrange(size), rng.randrange(8))
    if choice < 0.20:
        segment = rng.choice(begun)
        at = rng.randrange(segment.bytes)
        return Damage(folder, segment.name, "cut", at - at % BLOCK if choice < 0.15 else at)
    if choice < 0.35:
        segment = rng.choice(segments)
        return Damage(folder, segment.name, "flip", rng.randrange(segment.bytes), rng.randrange(8))
    segment = rng.choice(begun)
    if choice < 0.45:
        return Damage(folder, segment.name, "flip", rng.randrange(BLOCK), rng.randrange(8))
    if choice < 0.60:  # the last frames: the tail, whose damage most resembles a torn write
        first = max(0, segment.used - 4 * BLOCK)
        return Damage(folder, segment.name, "flip", rng.randrange(first, segment.used),
                      rng.randrange(8))
    return Damage(folder, segment.name, "flip", rng.randrange(segment.used), rng.randrange(8))


def fill(lab):
    """A data directory with a sealed segment, one in use and a prepared one."""
    server = lab.server("whole")
    server.start()
    diary = Diary()
    load = Load(server, diary, lab.random("load"), "load")
    load.start()
    end = time.monotonic() + EVENTS_WANTED_S
    ledger = server.data / "ledger"
    while time.monotonic() < end and not (ledger / "0000000002.seg").exists():
        time.sleep(0.1)
    load.stop()
    expect_equal("exit code", 0, server.stop())
    expect(not diary.faults, "\n    ".join(diary.faults[:10]))
    code, report = server.verify()
    expect(code == 0 and report["ok"] and not report["torn_tail"], f"before any damage: {report}")
    say(f"{report['events']} events in {len(list(ledger.glob('*.seg')))} segment files")
    return server


def refused_by_a_start(server):
    """None, or what went wrong: a start must refuse, and leave every byte as it is."""
    server.spawn()
    if server.wait_until_it_serves():
        server.kill()
        return "the server serves it"
    code = server.wait_for_its_end()
    return None if code == 4 else f"the start's exit code is {code}: {server.last_words(2)}"


def every_flip_and_every_cut_is_found(lab):
    whole = fill(lab)
    copy = lab.server("copy")
    shutil.copytree(whole.data, copy.data)
    ledger = copy.data / "ledger"
    segments = [Segment(path) for path in sorted(ledger.glob("*.seg"))]
    rng = lab.random("damage")
    faults = []
    starts = 0
    began = time.monotonic()
    for number in range(lab.options.count):
        damage = draw(rng, ledger, segments)
        damage.do()
        code, report = verify(copy.tally, copy.data)
        if code != 1 or report.get("torn_tail"):
            faults.append(f"{damage}: verify has exit code {code}, {report}")
        if number % STARTS_EVERY == 0:
            starts += 1
            wrong = refused_by_a_start(copy)
            if wrong:
                faults.append(f"{damage}: {wrong}")
        damage.undo()
    seconds = time.monotonic() - began
    say(f"{lab.options.count} damages, {starts} starts, {len(faults)} not found, {seconds:.0f} s")
    expect(not faults, "\n    ".join([f"--seed {lab.seed}"] + faults[:20]))
    # Taken back, all is as it was: so a start that refuses has changed nothing.
    code, report = verify(copy.tally, copy.data)
    expect(code == 0 and report["ok"], f"after all was taken back: {report}")


def verified_events(caller):
    """What the last good reading of the whole ledger covers; 0 before the first."""
    value = re.search(r"^attestation_verified_seq (\d+)", caller.get("/metrics").body["text"], re.M)
    return int(value.group(1)) if value else 0


def a_bit_that_rots_under_a_running_server_halts_it(lab):
    server = lab.server("rot", attest_every_s=1)
    server.start()
    caller = server.caller()
    run = {"job": "remote", "input": {}, "max_cost_usd": "0.0010"}
    for number in range(EVENTS_TO_VERIFY):
        expect_equal("a submit", 202, caller.submit(f"rot-{number}", run).status)
    end = time.monotonic() + ROT_FOUND_S
    while time.monotonic() < end and verified_events(caller) < EVENTS_TO_VERIFY:
        time.sleep(0.1)
    expect(verified_events(caller) >= EVENTS_TO_VERIFY, "no pass covers what was acknowledged")
    first = min((server.data / "ledger").glob("*.seg"))
    used = len(first.read_bytes().rstrip(b"\0"))
    Damage(first.parent, first.name, "flip", lab.random("rot").randrange(BLOCK, used // 2)).do()
    end = time.monotonic() + ROT_FOUND_S
    while time.monotonic() < end and caller.get("/v1/halt").body["mode"] != "halt":
        time.sleep(0.1)
    halt = caller.get("/v1/halt").body
    expect_equal("mode", "halt", halt["mode"])
    expect("the ledger on the disk differs: event " in str(halt), f"the reason is {halt}")
    answer = caller.submit("rot-after", run)
    expect_equal("a submit afterwards", (503, "halted"), (answer.status, answer.body["code"]))
    expect_equal("its error", "ledger_differs",
                 caller.get("/v1/errors?limit=10&layer=L7").body["errors"][0]["exception_type"])
    metrics = caller.get("/metrics").body["text"]
    expect('attestation_passes_total{result="differs"} 1\n' in metrics, "the pass is not counted")
    expect_equal("exit code", 0, server.stop())
    expect_equal("ledger verify", 1, server.verify()[0])


CASES = [every_flip_and_every_cut_is_found, a_bit_that_rots_under_a_running_server_halts_it]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_damage_test", CASES,
                                ("count", SHORT_COUNT, LONG_COUNT)))
