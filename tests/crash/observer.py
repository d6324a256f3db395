"""An observer who trusts nobody: what the server acknowledged, kept outside of it.

Amounts are micro-units. Everything here came from an answer of the server or from what was sent
to it; nothing is read from its files before the end.
"""
import threading
from decimal import Decimal

FINAL = ("succeeded", "failed", "expired", "cancelled", "audit_required")


def micros(usd):
    return int(Decimal(usd) * 1_000_000)


def usd(amount):
    return f"{Decimal(amount) / 1_000_000:.6f}"


class Submitted:
    def __init__(self, key, body):
        self.key = key
        self.body = body
        self.run = None  # once acknowledged
        self.charged = None  # once its completion was acknowledged
        self.final = None  # status and charge, once somebody read them


class Observer:
    def __init__(self):
        self._lock = threading.Lock()
        self.sent = {}  # by idempotency key
        self.by_run = {}
        self.broken = []

    def say(self, what):
        with self._lock:
            if len(self.broken) < 20:
                self.broken.append(what)

    def require(self, holds, what):
        if not holds:
            self.say(what)

    def sending(self, key, body):
        with self._lock:
            return self.sent.setdefault(key, Submitted(key, body))

    def accepted(self, submitted, run):
        with self._lock:
            first = submitted.run
            submitted.run = first or run
            self.by_run[run] = submitted
        self.require(first in (None, run), f"key {submitted.key} got {first} and then {run}")

    def completed(self, run, cost):
        with self._lock:
            submitted = self.by_run.get(run)
        if submitted is None:
            return  # its submit's answer was lost; the end's reading finds it by its key
        self.require(submitted.charged in (None, cost), f"{run} was completed twice")
        submitted.charged = cost

    def acknowledged(self):
        with self._lock:
            return [one for one in self.sent.values() if one.run is not None]

    def unanswered(self):
        with self._lock:
            return [one for one in self.sent.values() if one.run is None]

    # --- what a server must say after a crash -------------------------------------------------

    def check_run(self, connection, submitted):
        """The run is there, and what was acknowledged of it still holds."""
        answer = connection.ask("GET", "/v1/runs/" + submitted.run)
        if answer.status != 200:
            return self.say(f"{submitted.run} was acknowledged and answers {answer.status}")
        run = answer.json()
        if submitted.charged is not None:
            receipt = run["receipt"] or {}
            self.require(run["status"] == "succeeded", f"{submitted.run} is {run['status']}")
            self.require(micros(receipt.get("charged_usd", "-1")) == submitted.charged,
                         f"{submitted.run} was charged {receipt} for {submitted.charged}")
        if run["status"] in FINAL:
            final = (run["status"], run["receipt"])
            self.require(submitted.final in (None, final),
                         f"{submitted.run} ended as {submitted.final} and then as {final}")
            submitted.final = final
        return None

    def check_key(self, connection, submitted):
        """The same key answers the same run, acknowledged before or not."""
        answer = connection.ask("POST", "/v1/runs", submitted.body,
                                {"Idempotency-Key": submitted.key})
        if answer.status != 202:
            return self.say(f"key {submitted.key} answers {answer.status} {answer.text[:200]}")
        document = answer.json()
        if submitted.run is not None:
            self.require(document["idempotent_replay"], f"key {submitted.key} was forgotten")
        self.accepted(submitted, document["run_id"])
        return None

    def check_budget(self, connection, granted):
        budget = connection.ask("GET", "/v1/budget").json()
        parts = [micros(budget[name]) for name in ("available_usd", "held_usd", "spent_usd")]
        self.require(sum(parts) == granted, f"available + held + spent is {sum(parts)}: {budget}")
        self.require(min(parts) >= 0, f"an account is below zero: {budget}")

    # --- what the ledger must say at the end --------------------------------------------------

    def check_history(self, history):
        """One settlement a run; a second start only after a recorded retry."""
        started, may_start, settled, seen = {}, {}, {}, set()
        for event in history:
            kind, run = event["type"], event.get("run_id")
            if kind == "run.submitted":
                seen.add(run)
                may_start[run] = 1
            elif kind == "run.requeued":
                may_start[run] = started.get(run, 0) + 1
            elif kind == "run.started":
                started[run] = started.get(run, 0) + 1
                self.require(started[run] <= may_start.get(run, 0),
                             f"{run} was started again without a recorded retry")
            elif kind == "run.settled":
                settled[run] = settled.get(run, 0) + 1
                self.require(settled[run] == 1, f"{run} was settled {settled[run]} times")
        for submitted in self.acknowledged():
            self.require(submitted.run in seen, f"{submitted.run} is not in the ledger")
            if submitted.charged is not None:
                self.require(settled.get(submitted.run) == 1, f"{submitted.run} was not settled")
