#!/usr/bin/env python3
"""The laboratory's own detectors, each shown the fault that it is there for.

    tests/crash/laboratory_test.py
"""
import sys

import comparison
import laboratory
from cases import expect, expect_equal
from diary import Diary
from history import History

HOLD = 1000


class Tale:
    """A ledger as a list of events, written by hand."""

    def __init__(self):
        self.history = History()
        self.balances = {}
        self.post("budget.granted", {}, [("funding", -9000), ("available", 9000)])

    def add(self, kind, body):
        item = {"seq": self.history.size, "leaf_sha256": f"leaf-{self.history.size}",
                "event": {"type": kind, "body": body}}
        self.history.enter(item)
        return item

    def post(self, kind, body, moves):
        postings = []
        for account, delta in moves:
            self.balances[account] = self.balances.get(account, 0) + delta
            postings.append({"account": account, "delta": delta,
                             "balance": self.balances[account]})
        return self.add(kind, {**body, "postings": postings})

    def submit(self, run):
        return self.post("run.submitted", {"run": run, "hold": {"amount": HOLD}},
                         [("available", -HOLD), ("held", HOLD)])

    def lease(self, run, fence):
        self.add("run.leased", {"run": run, "fence": fence})

    def start(self, run, fence):
        self.add("run.started", {"run": run, "fence": fence})

    def settle(self, run, charged=400):
        self.post("run.settled", {"run": run, "phase": "succeeded",
                                  "charge": {"charged": charged, "released": HOLD - charged}},
                  [("held", -HOLD), ("spent", charged), ("available", HOLD - charged)])


def answer(item, run="run_1"):
    return {"run_id": run, "idempotent_replay": False,
            "evidence": {"seq": item["seq"], "leaf_sha256": item["leaf_sha256"]}}


def expect_fault(faults, words):
    expect(any(words in fault for fault in faults), f"no fault says '{words}': {faults}")


def a_good_tale_has_no_faults(_):
    tale, diary, faults = Tale(), Diary(), []
    item = tale.submit("run_1")
    diary.accepted("key", {}, answer(item))
    tale.lease("run_1", 1)
    tale.add("run.requeued", {"run": "run_1"})
    tale.lease("run_1", 2)
    tale.start("run_1", 2)
    diary.work_started("run_1", 2)
    tale.settle("run_1")
    diary.ended("run_1", "succeeded", {"charged_usd": "0.0004", "released_usd": "0.0006"})
    comparison.diary_with_history(diary, tale.history, faults)
    comparison.one_start_for_each_fence(tale.history, faults)
    expect_equal("faults", [], faults + tale.history.faults + diary.faults)
    expect_equal("held by live runs", 0, tale.history.held_by_live_runs())


def a_lost_run_is_noticed(_):
    tale, diary, faults = Tale(), Diary(), []
    diary.accepted("key", {}, answer(tale.submit("run_1")))
    comparison.diary_with_history(diary, History(), faults)
    expect_fault(faults, "is lost")


def a_run_in_another_place_is_noticed(_):
    tale, diary, faults = Tale(), Diary(), []
    item = tale.submit("run_1")
    diary.accepted("key", {}, answer({**item, "leaf_sha256": "other"}))
    comparison.diary_with_history(diary, tale.history, faults)
    expect_fault(faults, "was acknowledged as event")


def a_key_that_names_a_second_run_is_noticed(_):
    tale, diary = Tale(), Diary()
    diary.accepted("key", {}, answer(tale.submit("run_1")))
    diary.accepted("key", {}, answer(tale.submit("run_2"), "run_2"))
    expect_fault(diary.faults, "and is now run_2")


def a_second_start_without_a_way_back_to_the_queue_is_noticed(_):
    tale = Tale()
    tale.submit("run_1")
    tale.lease("run_1", 1)
    tale.start("run_1", 1)
    tale.start("run_1", 1)
    expect_fault(tale.history.faults, "while running")
    faults = []
    comparison.one_start_for_each_fence(tale.history, faults)
    expect_fault(faults, "started twice")


def a_lost_start_is_noticed(_):
    tale, diary, faults = Tale(), Diary(), []
    tale.submit("run_1")
    diary.work_started("run_1", 1)
    comparison.diary_with_history(diary, tale.history, faults)
    expect_fault(faults, "the start of run_1")


def a_second_settlement_is_noticed(_):
    tale = Tale()
    tale.submit("run_1")
    tale.lease("run_1", 1)
    tale.start("run_1", 1)
    tale.settle("run_1")
    tale.settle("run_1")
    expect_fault(tale.history.faults, "had ended as succeeded")
    expect_fault(tale.history.faults, "held is -1000")


def another_charge_than_acknowledged_is_noticed(_):
    tale, diary, faults = Tale(), Diary(), []
    tale.submit("run_1")
    tale.lease("run_1", 1)
    tale.start("run_1", 1)
    tale.settle("run_1", 500)
    diary.ended("run_1", "succeeded", {"charged_usd": "0.0004", "released_usd": "0.0006"})
    comparison.diary_with_history(diary, tale.history, faults)
    expect_fault(faults, "the ledger has")


def money_from_nowhere_is_noticed(_):
    tale = Tale()
    tale.post("budget.granted", {}, [("available", 5)])
    expect_fault(tale.history.faults, "do not sum to zero")


def a_budget_that_disagrees_is_noticed(_):
    tale, faults = Tale(), []
    tale.submit("run_1")
    budget = {"granted_usd": "0.0090", "available_usd": "0.0080", "held_usd": "0.0009",
              "spent_usd": "0.0000", "overrun_usd": "0.0000"}
    comparison.budget_with_history(budget, tale.history, faults)
    expect_fault(faults, "do not sum to")
    expect_fault(faults, "held is 900")
    expect_fault(faults, "live runs hold 1000")


def a_gap_in_the_ledger_is_noticed(_):
    tale = Tale()
    tale.history.enter({"seq": 7, "leaf_sha256": "", "event": {"type": "x", "body": {}}})
    expect_fault(tale.history.faults, "follows event 0")


def a_bad_verification_is_noticed(_):
    faults = []
    comparison.verified(0, {"ok": True, "events": 5}, 6, faults)
    comparison.verified(1, {"ok": False}, 0, faults)
    expect_equal("faults", 2, len(faults))


CASES = [
    a_good_tale_has_no_faults,
    a_lost_run_is_noticed,
    a_run_in_another_place_is_noticed,
    a_key_that_names_a_second_run_is_noticed,
    a_second_start_without_a_way_back_to_the_queue_is_noticed,
    a_lost_start_is_noticed,
    a_second_settlement_is_noticed,
    another_charge_than_acknowledged_is_noticed,
    money_from_nowhere_is_noticed,
    a_budget_that_disagrees_is_noticed,
    a_gap_in_the_ledger_is_noticed,
    a_bad_verification_is_noticed,
]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_laboratory_test", CASES))
