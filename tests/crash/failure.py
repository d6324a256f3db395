"""A server whose log cannot be written any more: what it says, and how people bring it back."""
import time

import comparison
import people
from caller import Caller
from cases import expect, expect_equal
from diary import Diary
from history import History
from laboratory import say
from load import Load

END_S_MAX = 60  # of load, until the process has ended by itself
LEASE_S = 2


class Failure:
    """A server whose log cannot be written any more, from its last good days to its recovery."""

    def __init__(self, lab, name, data=None, padding=""):
        self.server = lab.server(name, lease_s=LEASE_S, data=data)
        self.padding = padding
        self.rng = lab.random(name)
        self.diary = Diary()
        self.history = History()
        self.tokens = {}

    def live_well(self):
        """A first life without faults, in which another admin is registered, who does not count
        for a day."""
        self.server.start()
        operator = self.server.caller()
        self.tokens["ann"] = people.add(operator, "ann", ["admin"])
        expect_equal("exit code of the first life", 0, self.server.stop())

    def fail_under_load(self, wrap):
        """Load until the process has ended by itself."""
        before = self.server.log_size()
        self.server.start(wrap)
        load = Load(self.server, self.diary, self.rng, "load", self.padding)
        load.start()
        end = time.monotonic() + END_S_MAX
        while not self.server.ended() and time.monotonic() < end:
            time.sleep(0.01)
        expect(self.server.ended(), f"the server still serves after {END_S_MAX} s of load")
        code = self.server.wait_for_its_end()
        load.stop()
        expect_equal("exit code after a failed write", 4, code)
        return self.server.log_since(before)

    def check_last_words(self, said, reason):
        expect("CRITICAL" in said and "the ledger cannot be written" in said,
               f"stderr does not say what happened: {said[-500:]}")
        expect(reason in said, f"stderr does not say '{reason}': {said[-500:]}")
        expect("log could not be written" in self.server.halt_reason(),
               f"HALT says '{self.server.halt_reason()}'")
        expect_equal("requests in flight without an answer", [], self.diary.without_answer)

    def check_that_somebody_was_told(self):
        unknown = sum(count for what, count in self.diary.answers.items()
                      if what.endswith("outcome_unknown"))
        expect(unknown > 0, f"nobody was told that the outcome is unknown: {self.diary.answers}")

    def check_the_log(self):
        code, report = self.server.verify()
        expect(code == 0 and report["ok"], f"ledger verify: {code}, {report}")

    def begin_again(self):
        """The next start honours HALT; nothing that was acknowledged is missing."""
        noted = self.server.halt_reason()
        before = self.server.log_size()
        self.server.start()
        said = self.server.log_since(before)
        expect("began halted" in said and noted in said,
               f"the start does not say that it is halted by '{noted}': {said}")
        self.expect_mode("halt")
        expect_equal("HALT after the start", "", self.server.halt_reason())
        caller = self.server.caller()
        self.history.read_on(caller)
        faults = self.history.faults + self.diary.faults
        comparison.diary_with_history(self.diary, self.history, faults)
        comparison.money(caller, self.history, faults)
        expect(not faults, "\n    ".join(faults[:10]))

    def expect_mode(self, mode):
        answer = self.server.caller().submit("while-" + mode, {
            "job": "remote", "input": {}, "max_cost_usd": "0.0010"})
        expect_equal(f"a submit in {mode} mode", (503, "halted", mode),
                     (answer.status, answer.code, answer.headers["tally-mode"]))

    def lift(self):
        """Out of the halt by the one person who counts, to safe mode and nothing else."""
        operator = self.server.caller()
        normal = operator.post("/v1/halt", {"mode": "normal", "reason": "in a hurry"})
        expect(normal.status >= 400, f"a halt was lifted to normal: {normal}")
        lift = {"mode": "safe", "reason": "the disk was replaced"}
        fresh = Caller(self.server.port, self.tokens["ann"]).post("/v1/halt", lift)
        expect_equal("a person who does not count yet lifting a halt", 403, fresh.status)
        self.expect_mode("halt")
        lifted = operator.post("/v1/halt", lift)
        expect_equal("the one who counts lifting a halt", (200, "done"),
                     (lifted.status, lifted.body.get("outcome")))
        self.expect_mode("safe")

    def finish_the_work(self):
        """In safe mode what was accepted is executed and settled."""
        caller = self.server.caller()
        done = 0
        while True:
            work = caller.post("/v1/work/lease", {"jobs": ["remote", "metered"], "max": 10,
                                                  "wait_s": 0}).body["work"]
            if not work:
                break
            for item in work:
                path = f"/v1/work/{item['lease_id']}/"
                fence = {"fence": item["fence"]}
                expect_equal("start in safe mode", 200, caller.post(path + "start", fence).status)
                body = {**fence, "result": {}, "cost_usd": "0.0001"}
                expect_equal("complete in safe mode", 200,
                             caller.post(path + "complete", body).status)
                done += 1
        return done

    def recover(self):
        self.check_the_log()
        self.begin_again()
        self.server.kill()  # the halt is in the ledger now, so no crash lifts it
        self.go_on()

    def go_on(self):
        """From a halt that the ledger holds."""
        self.server.start()
        self.expect_mode("halt")
        self.lift()
        done = self.finish_the_work()
        expect_equal("exit code of the clean end", 0, self.server.stop())
        self.check_the_log()
        say(f"{len(self.diary.submitted)} runs acknowledged before the fault, {done} finished "
            f"after it")
