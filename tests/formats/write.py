#!/usr/bin/env python3
"""Writes ledger-N.tar.zst and ledger-N.json: a small data directory with a little of everything.

    tests/formats/write.py --format 6 --tally build/release/tally [--before OLDER_TALLY]

With --before the first half is written by an older build of the same format, so that events stand
there in versions that are written no more. Run once, when a format is new; never again for it.
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "crash"))

import formats  # noqa: E402
import laboratory  # noqa: E402
import people  # noqa: E402
from cases import expect, expect_equal  # noqa: E402

BODY = {"job": "remote", "input": {"n": 1}, "max_cost_usd": "0.0010"}
LARGE = "x" * 40_000  # of an input that stands in a blob


def taken(caller, run, job):
    """The lease of a run, which is then running."""
    work = caller.post("/v1/work/lease", {"jobs": [job], "max": 1}).body["work"]
    expect_equal("leased", [run], [item["run_id"] for item in work])
    say(caller, work[0], "start")
    return work[0]


def say(caller, item, what, **body):
    answer = caller.post(f"/v1/work/{item['lease_id']}/{what}", {"fence": item["fence"], **body})
    expect_equal(f"{what}: {answer}", 200, answer.status)


def submitted(caller, key, job="remote", **members):
    answer = caller.submit(key, {**BODY, "job": job, **members})
    expect_equal(f"submit {key}: {answer}", 202, answer.status)
    return answer.body["run_id"]


def audit(caller, key):
    """A run whose worker cannot say what it cost."""
    run = submitted(caller, key, "metered")
    item = taken(caller, run, "metered")
    say(caller, item, "fail", code="cost_not_reported", detail=f"no amount in the bill of {key}",
        retry=False)
    return run


def some_of_everything(caller):
    runs = [submitted(caller, "first")]
    say(caller, taken(caller, runs[-1], "remote"), "complete", result={"answer": 42})
    runs.append(submitted(caller, "large", input={"text": LARGE}))
    say(caller, taken(caller, runs[-1], "remote"), "fail", code="broken", detail="it broke",
        retry=True)
    say(caller, taken(caller, runs[-1], "remote"), "complete", result={"text": LARGE})
    runs.append(submitted(caller, "cancelled"))
    expect_equal("cancel", 200, caller.post(f"/v1/runs/{runs[-1]}/cancel").status)
    runs.append(submitted(caller, "queued", "small"))
    expect_equal("too dear", 402, caller.submit("dear", {**BODY, "max_cost_usd": "5000"}).status)
    people.add(caller, "ann", ["approver"])
    runs.append(audit(caller, "bill-1"))
    return runs


def known_of(server, runs):
    server.start()
    caller = server.caller()
    budget = caller.get("/v1/budget").body
    audits = [run for run in runs
              if caller.get(f"/v1/runs/{run}").body["status"] == "audit_required"]
    expect_equal("exit code", 0, server.stop())
    return {"audits": audits, "granted_usd": budget["granted_usd"],
            "spent_usd": budget["spent_usd"], "types": formats.types_of(server),
            "events": formats.expect_sound(server, "what was written")}


def written(lab, before):
    server = lab.server("ledger")
    server.tally, now = before or server.tally, server.tally
    server.start()
    runs = some_of_everything(server.caller())
    expect_equal("exit code", 0, server.stop())
    server.tally = now
    server.start()
    caller = server.caller()
    expect_equal("safe mode is over", 200, caller.post("/v1/halt", {
        "scope": "tenant:default", "mode": "normal", "reason": "looked at"}).status)
    runs.append(audit(caller, "bill-2"))
    expect_equal("exit code", 0, server.stop())
    return server, runs


def main():
    parser = laboratory.options_of("Writes the archive of a ledger format.")
    parser.add_argument("--format", type=int, required=True)
    parser.add_argument("--before", type=pathlib.Path)
    options = parser.parse_args()
    archive = HERE / f"ledger-{options.format}.tar.zst"

    def a_data_directory_is_written(lab):
        expect(not archive.exists(), f"{archive} is published: it never changes")
        server, runs = written(lab, options.before)
        known = known_of(server, runs)
        subprocess.run(["tar", "--zstd", "--sparse", "--sort=name", "--owner=0", "--group=0",
                        "-cf", str(archive), "-C", str(server.folder), "data"], check=True)
        archive.with_suffix("").with_suffix(".json").write_text(
            json.dumps(known, indent=1, sort_keys=True) + "\n")

    return laboratory.run("Written", [a_data_directory_is_written], options)


if __name__ == "__main__":
    sys.exit(main())
