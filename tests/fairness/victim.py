"""Somebody who does ordinary work with a tenant of its own while others take more than their share.

Every answer must be the one that a quiet server gives: a refusal is a fault, however polite."""
import itertools

from caller import Caller
from cases import expect, expect_equal

SCOPES = ["runs:read", "runs:write", "budget:read", "evidence:read", "work"]


def tenant(operator, name, scopes=SCOPES, plan=None, grant_usd="100.00"):
    """A new tenant with money; returns the token of a key of it."""
    asked = {"tenant": name} if plan is None else {"tenant": name, "plan": plan}
    expect_equal(f"the tenant {name}", 201,
                 operator.post("/v1/admin/tenants", asked).status)
    expect_equal(f"a grant to {name}", 201,
                 operator.post(f"/v1/admin/tenants/{name}/grants",
                               {"amount_usd": grant_usd}).status)
    return key(operator, name, scopes)["token"]


def key(operator, name, scopes):
    made = operator.post("/v1/admin/keys", {"tenant": name, "scopes": scopes})
    expect_equal(f"a key of {name}", 201, made.status)
    return made.body


class Victim:
    def __init__(self, server, name="victim"):
        self.server = server
        self.token = tenant(server.caller(), name)
        self.caller = Caller(server.port, self.token)
        self.numbers = itertools.count()

    def submit(self):
        body = {"job": "remote", "input": {"n": 1}, "max_cost_usd": "0.0010"}
        idempotency = f"victim-{next(self.numbers)}"
        first = self.caller.submit(idempotency, body)
        expect_equal("a submit", 202, first.status)
        again = self.caller.submit(idempotency, body)
        expect_equal("its retry", (202, first.body["run_id"], True),
                     (again.status, again.body.get("run_id"), again.body.get("idempotent_replay")))
        return first.body["run_id"]

    def lease(self, wait_s=0):
        leased = self.caller.post("/v1/work/lease", {"jobs": ["remote"], "wait_s": wait_s})
        expect_equal("a lease", 200, leased.status)
        return leased.body["work"]

    def one_round(self):
        """Submits, retries, leases, executes and reads one run."""
        run = self.submit()
        work = self.lease()
        expect_equal("the run that was leased", [run], [item["run_id"] for item in work])
        lease, fence = work[0]["lease_id"], {"fence": work[0]["fence"]}
        for what, body in (("start", fence), ("heartbeat", fence),
                           ("complete", {**fence, "result": {"of": run}, "elapsed_ms": 1})):
            answer = self.caller.post(f"/v1/work/{lease}/{what}", body)
            expect_equal(f"a report: {what}", 200, answer.status)
        read = self.caller.get(f"/v1/runs/{run}")
        expect_equal("the run afterwards", (200, "succeeded"),
                     (read.status, read.body.get("status")))
        expect_equal("its page of runs", 200, self.caller.get("/v1/runs?limit=5").status)
        expect_equal("its budget", 200, self.caller.get("/v1/budget").status)
        expect_equal("its events", 200, self.caller.get("/v1/events?limit=20").status)

    def rounds(self, count):
        """On a kept connection, and each tenth time on a new one."""
        for number in range(count):
            if number % 10 == 0:
                self.caller.close()
            self.one_round()

    def settled(self, count):
        budget = self.caller.get("/v1/budget").body
        expect_equal("what the victim was charged", (f"{count * 5 / 10000:.4f}", 0),
                     (budget["spent_usd"], budget["runs_live"]))


def only(statuses, allowed, what):
    """None of a crowd's answers is one that nobody may get."""
    others = {status: count for status, count in statuses.items() if status not in allowed}
    expect(not others, f"{what} were answered {others}")
