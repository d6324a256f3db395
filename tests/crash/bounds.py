#!/usr/bin/env python3
"""What bounds an execution, against the real server: job folders that are edited or gone while
runs wait, holds that are used up, modes that stop what runs.

    tests/crash/bounds.py
"""
import shutil
import sys
import time

import laboratory
from cases import Broken, expect, expect_equal
from server import Server

WAIT_S_MAX = 60
EVENTS_MAX = 200  # of a start with one run that nobody can execute, in a few seconds

JOB = """\
name = "{name}"
version = "1"
runner = "command"
command = ["./work.sh"]
timeout_s = {timeout_s}
price = {{ fixed_usd = "{fixed}", per_second_usd = "{per_second}" }}
"""


class Work:
    """A server with job folders of its own."""

    def __init__(self, lab, name):
        self.folder = lab.scratch.folder(name)
        self.jobs = self.folder / "jobs"
        self.server = Server(lab.options.tally, self.folder, self.jobs, lease_s=5)
        lab.servers.append(self.server)
        self.job("plain", "printf '\"as accepted\"'")
        self.job("slow", "sleep 100")

    def job(self, name, script, timeout_s=120, fixed="0.0010", per_second="0.0000"):
        folder = self.jobs / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "work.sh").write_text("#!/bin/sh\n" + script + "\n")
        (folder / "work.sh").chmod(0o755)
        (folder / "job.toml").write_text(JOB.format(name=name, timeout_s=timeout_s, fixed=fixed,
                                                    per_second=per_second))

    def start(self):
        self.server.start()
        self.caller = self.server.caller(timeout_s=WAIT_S_MAX + 10)

    def submit(self, key, job, hold="0.0010"):
        answer = self.caller.submit(key, {"job": job, "input": {}, "max_cost_usd": hold})
        expect_equal(f"a submit of {job}", 202, answer.status)
        return answer.body["run_id"]

    def run(self, run, wait_s=0):
        return self.caller.get(f"/v1/runs/{run}?wait_s={wait_s}").body

    def until(self, run, true, what):
        end = time.monotonic() + WAIT_S_MAX
        while time.monotonic() < end:
            if true(shown := self.run(run)):
                return shown
            time.sleep(0.05)
        raise Broken(f"{what} within {WAIT_S_MAX} s: {self.run(run)}")

    def fill_slots(self):
        """The server's worker is busy from here on, so that what comes next waits."""
        for number in range(2):
            run = self.submit(f"slow-{number}", "slow")
            self.until(run, lambda shown: shown["status"] == "running", "a slow run did not begin")

    def end(self):
        expect_equal("exit code", 0, self.server.stop())
        expect_equal("ledger verify", 0, self.server.verify()[0])


def a_run_executes_the_bytes_that_it_was_accepted_with(lab):
    work = Work(lab, "edited")
    work.start()
    work.fill_slots()
    run = work.submit("waits", "plain")
    work.server.kill()
    work.job("plain", "printf '\"as edited\"' # a comment")
    work.start()
    shown = work.run(run, wait_s=WAIT_S_MAX)
    expect_equal("the run of the edited job", "succeeded", shown["status"])
    result = work.caller.get(f"/v1/runs/{run}/result")
    expect_equal("its result", "as accepted", result.body["value"])
    again = work.submit("after", "plain")
    expect_equal("a run of the new version", "succeeded",
                 work.run(again, wait_s=WAIT_S_MAX)["status"])
    expect_equal("its result", "as edited",
                 work.caller.get(f"/v1/runs/{again}/result").body["value"])
    work.end()


def a_job_that_is_gone_fills_no_disk_and_holds_nobody_up(lab):
    work = Work(lab, "gone")
    work.job("other", "printf '1'")
    work.start()
    work.fill_slots()
    run = work.submit("waits", "plain")
    work.server.kill()
    shutil.rmtree(work.jobs / "plain")
    copies = work.server.data / "work" / "jobs"
    kept = None
    for copy in copies.iterdir():
        if "as accepted" in (copy / "work.sh").read_text():
            kept = copy
    expect(kept is not None, "the data directory keeps no copy of the job")
    kept.chmod(0o755)
    shutil.rmtree(kept)
    work.start()
    before = work.server.verify()[1]["events"]
    shown = work.until(run, lambda one: one["returned"], "the lease did not come back")
    expect("no copy of the job's files" in shown["returned"]["last_reason"],
           f"the reason is {shown['returned']['last_reason']!r}")
    refused = work.caller.submit("new", {"job": "plain", "input": {}, "max_cost_usd": "0.0010"})
    expect_equal("a new run of it", (422, "unknown_job"), (refused.status, refused.code))
    other = work.submit("other", "other")
    expect_equal("a run of another job meanwhile", "succeeded",
                 work.run(other, wait_s=WAIT_S_MAX)["status"])
    time.sleep(3)
    after = work.server.verify()[1]["events"]
    expect(after - before < EVENTS_MAX, f"{after - before} events in a few seconds")
    expect("job plain is not among those of this start" in work.server.log.read_text(),
           "the start did not warn of the job that is gone")
    work.caller.post(f"/v1/runs/{run}/cancel")
    work.end()


def work_by_the_second_ends_at_its_hold(lab):
    work = Work(lab, "second")
    work.job("paid", "echo so far so good >&2; sleep 100", per_second="1.0000")
    work.start()
    run = work.submit("paid", "paid", hold="1.0010")
    shown = work.run(run, wait_s=WAIT_S_MAX)
    expect_equal("its end", ("failed", "cost_limit"), (shown["status"], shown["error"]["code"]))
    expect_equal("what it cost", ("1.0010", "0.0000"),
                 (shown["cost"]["charged_usd"], shown["cost"]["overrun_usd"]))
    expect_equal("what it said", "so far so good", shown["error"]["stderr_tail"])
    work.end()


def a_mode_stops_what_runs_and_nothing_begins_again(lab):
    work = Work(lab, "stop")
    work.job("paid", "sleep 100", per_second="0.1000")
    work.start()
    run = work.submit("paid", "paid", hold="20.0000")
    work.until(run, lambda shown: shown["status"] == "running", "the run did not begin")
    time.sleep(1)
    stopped = work.caller.post("/v1/halt", {"mode": "stop", "reason": "a drill"})
    expect_equal("stop", 200, stopped.status)
    shown = work.until(run, lambda one: one["status"] == "failed", "the run was not stopped")
    expect_equal("its error", "stopped", shown["error"]["code"])
    seconds = float(shown["cost"]["charged_usd"]) / 0.1
    expect(0.5 < seconds < WAIT_S_MAX, f"{seconds} s were charged")
    work.end()


CASES = [
    a_run_executes_the_bytes_that_it_was_accepted_with,
    a_job_that_is_gone_fills_no_disk_and_holds_nobody_up,
    work_by_the_second_ends_at_its_hold,
    a_mode_stops_what_runs_and_nothing_begins_again,
]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_bounds_test", CASES))
