#!/usr/bin/env python3
"""A worker that lies, against the real server: nothing that it says may cost more than was held,
end a run twice, or take over a run of somebody else.

    tests/crash/lying_worker.py
"""
import sys
import time

import laboratory
from caller import micros
from cases import expect, expect_equal

LEASE_S = 1
WAIT_S_MAX = 20


class Worker:
    """One server and one worker; each case has its own."""

    def __init__(self, lab, name):
        self.server = lab.server(name, lease_s=LEASE_S)
        self.server.start()
        self.caller = self.server.caller()

    def submit(self, key, job="remote", hold="0.0010"):
        answer = self.caller.submit(key, {"job": job, "input": {}, "max_cost_usd": hold})
        expect_equal("a submit", 202, answer.status)
        return answer.body["run_id"]

    def lease(self, job="remote", wait_s=0):
        work = self.caller.post("/v1/work/lease", {"jobs": [job], "max": 1,
                                                   "wait_s": wait_s}).body["work"]
        return work[0] if work else None

    def say(self, item, what, **body):
        return self.caller.post(f"/v1/work/{item['lease_id']}/{what}",
                                {"fence": item["fence"], **body})

    def begin(self, key, job="remote", hold="0.0010"):
        """A run of ours that is running, and its lease."""
        run = self.submit(key, job, hold)
        item = self.lease(job)
        expect(item and item["run_id"] == run, f"{run} was not leased: {item}")
        expect_equal("start", 200, self.say(item, "start").status)
        return run, item

    def run(self, run):
        return self.caller.get(f"/v1/runs/{run}").body

    def money(self):
        budget = self.caller.get("/v1/budget").body
        parts = [micros(budget[name + "_usd"]) for name in ("available", "held", "spent")]
        expect_equal("available + held + spent", micros(budget["granted_usd"]), sum(parts))
        return {"held": parts[1], "spent": parts[2], "overrun": micros(budget["overrun_usd"])}

    def expect_refusal(self, what, status, code, answer):
        expect_equal(what, (status, code), (answer.status, answer.code))

    def end(self, held, spent, overrun=0):
        expect_equal("the money", {"held": held, "spent": spent, "overrun": overrun}, self.money())
        expect_equal("exit code", 0, self.server.stop())
        expect_equal("ledger verify", 0, self.server.verify()[0])


def a_stale_fence_counts_for_nothing(lab):
    worker = Worker(lab, "stale")
    run, old = worker.begin("stale")
    new = None
    end = time.monotonic() + WAIT_S_MAX
    while new is None and time.monotonic() < end:
        new = worker.lease(wait_s=1)
    expect(new and new["run_id"] == run, "the lease of a silent worker did not run out")
    expect(new["fence"] > old["fence"], f"fence {new['fence']} after {old['fence']}")
    for what, body in (("heartbeat", {}), ("start", {}), ("complete", {"result": {}}),
                       ("fail", {"code": "exit_nonzero"})):
        worker.expect_refusal(f"{what} with a stale lease", 409, "lease_lost",
                              worker.say(old, what, **body))
        mixed = {**new, "fence": old["fence"]}
        worker.expect_refusal(f"{what} with the new lease and the old fence", 409, "lease_lost",
                              worker.say(mixed, what, **body))
    expect_equal("the new worker's start", 200, worker.say(new, "start").status)
    expect_equal("the new worker's end", 200, worker.say(new, "complete", result={}).status)
    worker.expect_refusal("the old worker's end after it", 409, "lease_lost",
                          worker.say(old, "complete", result={}))
    worker.end(held=0, spent=500)


def a_lease_of_nobody_counts_for_nothing(lab):
    worker = Worker(lab, "nobody")
    _, item = worker.begin("nobody")
    for lease in ("lease_0000000000000000", "lease_zzz", item["lease_id"][:-1]):
        worker.expect_refusal(f"an end under {lease}", 409, "lease_lost",
                              worker.say({**item, "lease_id": lease}, "complete", result={}))
    for fence in (0, 2, 2**53 - 1):
        worker.expect_refusal(f"an end at fence {fence}", 409, "lease_lost",
                              worker.say({**item, "fence": fence}, "complete", result={}))
    worker.expect_refusal("an end at fence -1", 422, "validation_error",
                          worker.say({**item, "fence": -1}, "complete", result={}))
    expect_equal("the true end", 200, worker.say(item, "complete", result={}).status)
    worker.end(held=0, spent=500)


def a_run_is_settled_once_whatever_is_said_after(lab):
    worker = Worker(lab, "twice")
    run, item = worker.begin("twice", "metered")
    first = worker.say(item, "complete", result={"n": 1}, cost_usd="0.0004")
    expect_equal("complete", 200, first.status)
    again = worker.say(item, "complete", result={"n": 1}, cost_usd="0.0009")
    expect_equal("the same result again, dearer", first.body, again.body)
    worker.expect_refusal("another result", 409, "lease_lost",
                          worker.say(item, "complete", result={"n": 2}, cost_usd="0.0004"))
    worker.expect_refusal("a failure after the end", 409, "lease_lost",
                          worker.say(item, "fail", code="exit_nonzero"))
    worker.expect_refusal("a start after the end", 409, "lease_lost", worker.say(item, "start"))
    worker.expect_refusal("a cancellation after the end", 409, "conflict",
                          worker.caller.post(f"/v1/runs/{run}/cancel"))
    worker.end(held=0, spent=400)


def nothing_is_completed_before_it_was_started(lab):
    worker = Worker(lab, "early")
    worker.submit("early")
    item = worker.lease()
    worker.expect_refusal("complete before start", 409, "conflict",
                          worker.say(item, "complete", result={}))
    worker.end(held=1000, spent=0)


def a_cost_above_the_hold_is_paid_and_the_rest_is_owed(lab):
    worker = Worker(lab, "dear")
    run, item = worker.begin("dear", "metered")
    expect_equal("complete", 200, worker.say(item, "complete", result={}, cost_usd="5").status)
    cost = worker.run(run)["cost"]
    expect_equal("charged and overrun", ("0.0010", "4.9990"),
                 (cost["charged_usd"], cost["overrun_usd"]))
    expect_equal("the money", {"held": 0, "spent": 5_000_000, "overrun": 0}, worker.money())
    _, item = worker.begin("dearer", "metered")
    expect_equal("complete", 200, worker.say(item, "complete", result={}, cost_usd="2000").status)
    refused = worker.caller.submit("next", {"job": "remote", "input": {},
                                            "max_cost_usd": "0.0010"})
    worker.expect_refusal("a run under a debt", 402, "budget_exceeded", refused)
    expect_equal("owed", "1005.0000", refused.body["owed_usd"])
    worker.caller.post("/v1/admin/tenants/default/grants", {"amount_usd": "1000"})
    worker.expect_refusal("a run under what is left of it", 402, "budget_exceeded",
                          worker.caller.submit("then", {"job": "remote", "input": {},
                                                        "max_cost_usd": "0.0010"}))
    worker.caller.post("/v1/admin/tenants/default/grants", {"amount_usd": "6"})
    worker.submit("last")
    worker.end(held=1000, spent=2_005_000_000)


def a_late_cost_is_refused_and_written_down(lab):
    worker = Worker(lab, "late")
    run, item = worker.begin("late", "metered")
    new = None
    end = time.monotonic() + WAIT_S_MAX
    while new is None and worker.run(run)["status"] == "running" and time.monotonic() < end:
        new = worker.lease("metered", wait_s=1)
    for _ in range(2):
        worker.expect_refusal("a late report", 409, "lease_lost",
                              worker.say(item, "complete", result={}, cost_usd="0.0004"))
    expect_equal("unaccounted", "0.0004", worker.run(run)["cost"]["unaccounted_usd"])
    worker.caller.post(f"/v1/runs/{run}/cancel")
    worker.end(held=0, spent=0)


def a_cost_that_is_no_amount_is_refused(lab):
    worker = Worker(lab, "amount")
    run, item = worker.begin("amount", "metered")
    for cost in ("-0.0001", "1e3", "0.0000000x", "1000000001", "", "NaN", 0.5, {"usd": 1}):
        worker.expect_refusal(f"a cost of {cost!r}", 422, "validation_error",
                              worker.say(item, "complete", result={}, cost_usd=cost))
    expect_equal("the run meanwhile", "running", worker.run(run)["status"])
    expect_equal("an end without a cost", 200, worker.say(item, "complete", result={}).status)
    expect_equal("a run whose cost nobody said", "audit_required", worker.run(run)["status"])
    worker.end(held=1000, spent=0)


def a_result_that_does_not_fit_is_refused(lab):
    worker = Worker(lab, "fit")
    run, item = worker.begin("fit", "small")
    worker.expect_refusal("no result", 422, "validation_error", worker.say(item, "complete"))
    worker.expect_refusal("a member that nobody knows", 422, "validation_error",
                          worker.say(item, "complete", result={}, paid=True))
    worker.expect_refusal("a result above the body's limit", 413, "payload_too_large",
                          worker.say(item, "complete", result="x" * 1_100_000))
    deep = 1
    for _ in range(70):
        deep = [deep]
    worker.expect_refusal("a result nested too deeply", 400, "malformed",
                          worker.say(item, "complete", result=deep))
    expect_equal("the run meanwhile", "running", worker.run(run)["status"])
    expect_equal("a result that fits", 200, worker.say(item, "complete", result="x" * 900).status)
    worker.end(held=0, spent=500)


CASES = [
    a_stale_fence_counts_for_nothing,
    a_lease_of_nobody_counts_for_nothing,
    a_run_is_settled_once_whatever_is_said_after,
    nothing_is_completed_before_it_was_started,
    a_cost_above_the_hold_is_paid_and_the_rest_is_owed,
    a_late_cost_is_refused_and_written_down,
    a_cost_that_is_no_amount_is_refused,
    a_result_that_does_not_fit_is_refused,
]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_worker_test", CASES))
