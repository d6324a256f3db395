"""What the ledger says happened, folded by the laboratory from the published events.

Shares nothing with the server's own fold: it reads `GET /v1/events`, moves money by the postings,
and walks each run through its states, so that an event which should not be there stands out.
"""
import collections

PAGE = 1000
ENDED = {"succeeded", "failed", "expired", "cancelled"}


class Life:
    """One run as its events tell it."""

    def __init__(self, seq, leaf, hold):
        self.seq = seq
        self.leaf = leaf
        self.hold = hold
        self.phase = "queued"
        self.fence = 0
        self.starts = []  # fences, in order
        self.charged = 0
        self.released = 0


class History:
    def __init__(self):
        self.size = 0  # events read
        self.last = None  # (seq, leaf) of the last one
        self.runs = {}
        self.accounts = collections.Counter()
        self.faults = []

    def fault(self, item, what):
        self.faults.append(f"event {item['seq']} ({item['event']['type']}): {what}")

    # --- reading -------------------------------------------------------------------------------

    def read_on(self, caller):
        """Reads what is new; first, that what was read before is still there."""
        if self.last:
            page = caller.get(f"/v1/events?from={self.last[0]}&limit=1").body["events"]
            now = [(item["seq"], item["leaf_sha256"]) for item in page]
            if now != [self.last]:
                self.faults.append(f"event {self.last} was read before and is now {now}")
        start = self.size
        while start is not None:
            answer = caller.get(f"/v1/events?from={start}&limit={PAGE}")
            if answer.status != 200:
                self.faults.append(f"events from {start} cannot be read: {answer}")
                return
            for item in answer.body["events"]:
                self.enter(item)
            start = answer.body["next"]

    def enter(self, item):
        if item["seq"] != self.size:
            self.fault(item, f"follows event {self.size - 1}")
        self.size = item["seq"] + 1
        self.last = (item["seq"], item["leaf_sha256"])
        event = item["event"]
        body = event["body"]
        self.post(item, body.get("postings", []))
        if event["type"].startswith("run."):
            self.step(item, event, body)

    # --- money ---------------------------------------------------------------------------------

    def post(self, item, postings):
        if sum(one["delta"] for one in postings) != 0:
            self.fault(item, "postings do not sum to zero")
        for one in postings:
            self.accounts[one["account"]] += one["delta"]
            if self.accounts[one["account"]] != one.get("balance", 0):
                self.fault(item, f"{one['account']} should be {self.accounts[one['account']]}")
        for account in ("available", "held", "spent", "overrun"):
            if self.accounts[account] < 0:
                self.fault(item, f"{account} is {self.accounts[account]}")
        if self.accounts["available"] > 0 and self.accounts["overrun"] > 0:
            self.fault(item, "something is available while something is owed")

    def held_by_live_runs(self):
        return sum(run.hold for run in self.runs.values() if run.phase not in ENDED)

    # --- runs ----------------------------------------------------------------------------------

    def step(self, item, event, body):
        kind = event["type"].removeprefix("run.")
        if kind == "refused":
            return
        if kind == "unaccounted":  # a refused report, which says what was spent
            if body["run"] not in self.runs:
                self.fault(item, f"{body['run']} was never submitted")
            return
        name = body.get("run")
        if kind == "submitted":
            if name in self.runs:
                self.fault(item, f"{name} was submitted before")
            self.runs[name] = Life(item["seq"], item["leaf_sha256"], body["hold"]["amount"])
            return
        run = self.runs.get(name)
        if run is None:
            self.fault(item, f"{name} was never submitted")
        elif run.phase in ENDED:
            self.fault(item, f"{name} had ended as {run.phase}")
        else:
            self.STEPS[kind](self, item, run, body)

    def leased(self, item, run, body):
        if run.phase != "queued":
            self.fault(item, f"a run that is {run.phase} was leased")
        if body["fence"] <= run.fence:
            self.fault(item, f"fence {body['fence']} after {run.fence}")
        run.phase, run.fence = "leased", body["fence"]

    # A second start needs a recorded way back to the queue, and with it a new fence.
    def started(self, item, run, body):
        if run.phase != "leased" or body["fence"] != run.fence:
            self.fault(item, f"started at fence {body['fence']} while {run.phase} at {run.fence}")
        run.phase = "running"
        run.starts.append(body["fence"])

    def requeued(self, item, run, _):
        if run.phase == "queued":
            self.fault(item, "a queued run was queued again")
        run.phase = "queued"

    def reconciling(self, item, run, _):
        if run.phase != "running":
            self.fault(item, f"a run that is {run.phase} is reconciled")
        run.phase = "reconciling"

    def cancel_requested(self, _item, _run, _body):
        pass

    def stop_requested(self, _item, _run, _body):
        pass

    def audit_required(self, _item, run, _body):
        run.phase = "audit_required"

    def settled(self, item, run, body):
        charge = body.get("charge", {})
        run.phase = body["phase"]
        run.charged = charge.get("charged", 0)
        run.released = charge.get("released", 0)
        if run.charged + run.released != run.hold:
            self.fault(item, f"{run.charged} + {run.released} of a hold of {run.hold}")
        if run.phase == "succeeded" and not run.starts:
            self.fault(item, "succeeded without a start")

    STEPS = {"leased": leased, "started": started, "requeued": requeued,
             "reconciling": reconciling, "cancel_requested": cancel_requested,
             "stop_requested": stop_requested,
             "audit_required": audit_required, "settled": settled}
