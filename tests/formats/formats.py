#!/usr/bin/env python3
"""Ledgers that earlier builds wrote must open, verify, replay and go on in this one, for ever.

    tests/formats/formats.py --tally build/release/tally

Beside it lies one archive a format, ledger-N.tar.zst: a whole data directory whose keys are test
keys, and ledger-N.json with what stood in it when it was written (write.py makes both).
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "crash"))

import laboratory  # noqa: E402
from caller import micros  # noqa: E402
from cases import expect, expect_equal  # noqa: E402

ARCHIVE_BYTES_MAX = 300_000
COST_USD = "0.0005"  # of one more run


def archives():
    found = sorted(HERE.glob("ledger-*.tar.zst"))
    expect(found, f"no archive in {HERE}")
    return found


def unpacked(lab, archive, use):
    """A server whose data directory is a copy of the archive's, and what was written of it."""
    name = archive.name.split(".")[0]
    known = json.loads((HERE / f"{name}.json").read_text())
    server = lab.server(f"{name}-{use}")
    done = subprocess.run(["tar", "--zstd", "-xf", str(archive), "-C", str(server.folder)],
                          capture_output=True, text=True, check=False)
    expect_equal(f"tar, which says {done.stderr[:300]}", 0, done.returncode)
    return server, known


def replay(server):
    """Exit code and document of `tally replay --all`."""
    done = subprocess.run([server.tally, "replay", "--all", "--data", str(server.data), "--json"],
                          capture_output=True, text=True, check=False)
    expect(done.stdout, f"replay says nothing but {done.stderr[:500]}")
    return done.returncode, json.loads(done.stdout)


def expect_sound(server, what):
    code, report = server.verify()
    expect_equal(f"verify of {what}: {report}", 0, code)
    code, found = replay(server)
    expect_equal(f"replay of {what}: {found['decisions'][:3]}", (0, "same"),
                 (code, found["verdict"]))
    return report["events"]


def types_of(server):
    """Names and versions of all events, and how often each stands there."""
    done = subprocess.run([server.tally, "ledger", "cat", "--data", str(server.data)],
                          capture_output=True, text=True, check=False)
    expect_equal(f"cat, which says {done.stderr[:300]}", 0, done.returncode)
    counts = {}
    for line in done.stdout.splitlines():
        leaf = json.loads(line)
        kind = f"{leaf['type']}.{leaf['v']}"
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def every_archive_is_small(lab):
    for archive in archives():
        expect(archive.stat().st_size < ARCHIVE_BYTES_MAX, f"{archive.name}: too large")


def every_archive_verifies_and_replays_with_the_events_it_was_written_with(lab):
    for archive in archives():
        server, known = unpacked(lab, archive, "to-read")
        expect_equal("events", known["events"], expect_sound(server, archive.name))
        expect_equal("types", known["types"], types_of(server))


# Keys, queues and rows of ended runs have run out since; money and open audits never do.
def every_archive_goes_on_with_the_money_and_the_audits_it_had(lab):
    for archive in archives():
        server, known = unpacked(lab, archive, "to-serve")
        server.start()
        caller = server.caller()
        budget = caller.get("/v1/budget").body
        expect_equal("granted", known["granted_usd"], budget["granted_usd"])
        expect_equal("available, held and spent", micros(budget["granted_usd"]), sum(
            micros(budget[part + "_usd"]) for part in ("available", "held", "spent")))
        expect(micros(budget["spent_usd"]) >= micros(known["spent_usd"]), f"spent: {budget}")
        for run in known["audits"]:
            expect_equal(f"status of {run}", "audit_required",
                         caller.get(f"/v1/runs/{run}").body["status"])
        expect_equal("normal mode", 200, caller.post("/v1/halt", {
            "scope": "tenant:default", "mode": "normal", "reason": "looked at"}).status)
        one_more_run(caller)
        expect_equal("exit code", 0, server.stop())
        expect(expect_sound(server, archive.name + " after more work") > known["events"],
               "nothing was added")


def one_more_run(caller):
    answer = caller.submit("one-more", {"job": "remote", "input": {}, "max_cost_usd": "0.0010"})
    expect_equal(f"a submit: {answer}", 202, answer.status)
    run = answer.body["run_id"]
    leased = caller.post("/v1/work/lease", {"jobs": ["remote"], "max": 1}).body["work"]
    expect_equal("leased", [run], [item["run_id"] for item in leased])
    for step, body in (("start", {}), ("complete", {"result": {"done": True}})):
        said = caller.post(f"/v1/work/{leased[0]['lease_id']}/{step}",
                           {"fence": leased[0]["fence"], **body})
        expect_equal(f"{step}: {said}", 200, said.status)
    cost = caller.get(f"/v1/runs/{run}").body["cost"]
    expect_equal("charged", COST_USD, cost["charged_usd"])


CASES = [
    every_archive_is_small,
    every_archive_verifies_and_replays_with_the_events_it_was_written_with,
    every_archive_goes_on_with_the_money_and_the_audits_it_had,
]

if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "Formats", CASES))
