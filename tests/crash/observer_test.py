"""The observer is shown what must not happen, on purpose, and says so."""
import unittest

from observer import Observer
from server import Answer

RUN = "run_0000000000000001"


def event(kind):
    return {"type": kind, "run_id": RUN}


class Told:
    """A connection that answers what the test says."""

    def __init__(self, status, text):
        self._answer = Answer(status, {}, text)

    def ask(self, *_):
        return self._answer


def run_text(status, charged):
    return f'{{"status":"{status}","receipt":{{"charged_usd":"{charged}"}}}}'


class ObserverTest(unittest.TestCase):
    def setUp(self):
        self.observer = Observer()
        self.submitted = self.observer.sending("k", {})
        self.observer.accepted(self.submitted, RUN)

    def assert_said(self, words):
        self.assertTrue(any(words in what for what in self.observer.broken), self.observer.broken)

    def test_an_honest_history_breaks_nothing(self):
        self.observer.completed(RUN, 7)
        self.observer.check_history([event("run.submitted"), event("run.started"),
                                     event("run.requeued"), event("run.started"),
                                     event("run.settled")])
        self.observer.check_run(Told(200, run_text("succeeded", "0.000007")), self.submitted)
        self.assertEqual(self.observer.broken, [])

    def test_a_lost_run_is_noticed(self):
        self.observer.check_run(Told(404, "{}"), self.submitted)
        self.assert_said("answers 404")
        self.observer.check_history([])
        self.assert_said("is not in the ledger")

    def test_a_key_that_gets_another_run_is_noticed(self):
        self.observer.accepted(self.submitted, "run_0000000000000002")
        self.assert_said("and then run_0000000000000002")

    def test_a_key_that_was_forgotten_is_noticed(self):
        self.observer.check_key(Told(202, f'{{"run_id":"{RUN}","idempotent_replay":false}}'),
                                self.submitted)
        self.assert_said("was forgotten")

    def test_another_charge_than_the_acknowledged_is_noticed(self):
        self.observer.completed(RUN, 7)
        self.observer.check_run(Told(200, run_text("succeeded", "0.000008")), self.submitted)
        self.assert_said("was charged")

    def test_an_end_that_changes_is_noticed(self):
        self.observer.check_run(Told(200, run_text("failed", "0")), self.submitted)
        self.observer.check_run(Told(200, run_text("cancelled", "0")), self.submitted)
        self.assert_said("and then as")

    def test_a_cent_too_few_is_noticed(self):
        self.observer.check_budget(Told(200, '{"available_usd":"1","held_usd":"0","spent_usd":"0"}'),
                                   1_000_001)
        self.assert_said("available + held + spent")

    def test_two_settlements_and_a_start_without_a_retry_are_noticed(self):
        self.observer.check_history([event("run.submitted"), event("run.started"),
                                     event("run.started"), event("run.settled"),
                                     event("run.settled")])
        self.assert_said("without a recorded retry")
        self.assert_said("was settled 2 times")


if __name__ == "__main__":
    unittest.main()
