"""The load of one life of the server: submitters, workers and cancellers, each on a connection.

Every choice is drawn from a seed. What the server answers goes into the diary; an answer that
nobody may get is a fault there. When the server dies the threads notice, and end."""
import random
import threading
import time

from caller import Caller, NoAnswer
from diary import Report

JOBS = ("remote", "remote", "metered", "metered", "local")
WORKER_JOBS = ["remote", "metered"]
HOLDS = ("0.0010", "0.0025", "0.0100")
BIG = "x" * 40_000
BIG_SHARE = 0.03  # of inputs and results
THINK_S_MAX = 0.02
LEASES_AT_ONCE = 3

# Answers that a load may get besides success. Anything else is a fault.
PERMITTED = {
    "submit": {"overloaded", "outcome_unknown"},
    "lease": {"overloaded", "outcome_unknown"},
    "start": {"lease_lost", "overloaded", "outcome_unknown"},
    "complete": {"lease_lost", "overloaded", "outcome_unknown"},
    "fail": {"lease_lost", "overloaded", "outcome_unknown"},
    "cancel": {"conflict", "overloaded", "outcome_unknown"},
}


class Client:
    """One connection and its own random choices."""

    def __init__(self, port, token, diary, seed, padding=""):
        self.caller = Caller(port, token)
        self.padding = padding  # of every input
        self.diary = diary
        self.random = random.Random(seed)
        self.warned = False  # that the server goes down: what comes after may stay unanswered

    def ask(self, what, path, body, headers=None):
        """The answer, or None when the outcome is unknown. Unexpected ones become faults."""
        try:
            answer = self.caller.post(path, body, headers)
        except NoAnswer:
            self.diary.note(what, None)
            if not self.warned:
                self.diary.unanswered(f"{what} {path}")
            raise
        self.diary.note(what, answer)
        self.warned = answer.code in ("outcome_unknown", "overloaded")
        if answer.status >= 400 and answer.code not in PERMITTED[what]:
            self.diary.fault(f"{what} {path}: {answer}")
        return answer

    # --- submitting ----------------------------------------------------------------------------

    def submit(self, key, body):
        self.diary.asked(key, body)
        answer = self.ask("submit", "/v1/runs", body, {"Idempotency-Key": key})
        if answer.status == 202:
            self.diary.accepted(key, body, answer.body)
        return answer

    def payload(self):
        """Padding; now and then more than a frame takes, which goes to the blob store."""
        return BIG if self.random.random() < BIG_SHARE else self.padding

    def new_body(self):
        return {"job": self.random.choice(JOBS), "max_cost_usd": self.random.choice(HOLDS),
                "input": {"n": self.random.randrange(1000), "padding": self.payload()}}

    # --- working -------------------------------------------------------------------------------

    def report(self, report):
        """Sends a report; keeps it for the next life when its outcome is unknown."""
        try:
            answer = self.ask(report.what, report.path(), report.body)
        except NoAnswer:
            self.diary.reported(report)
            raise
        if answer.code == "outcome_unknown":
            self.diary.reported(report)
        if answer.status == 200 and answer.body["receipt"]:
            self.diary.ended(report.run, answer.body["status"], answer.body["receipt"])
        return answer

    def execute(self, item):
        lease, fence = item["lease_id"], item["fence"]
        started = self.ask("start", f"/v1/work/{lease}/start", {"fence": fence})
        if started.status != 200:
            return
        self.diary.work_started(item["run_id"], fence)
        choice = self.random.random()
        if choice < 0.08:
            return  # a worker that is never heard of again
        if choice < 0.25:
            body = {"fence": fence, "code": "exit_nonzero", "detail": "as the seed wanted",
                    "retry": choice < 0.17}
            self.report(Report(item["run_id"], lease, "fail", body))
            return
        body = {"fence": fence, "result": {"of": item["run_id"], "padding": self.payload()},
                "cost_usd": self.random.choice(("0.0001", "0.0009", "0.0200")),
                "elapsed_ms": self.random.randrange(1000)}
        report = Report(item["run_id"], lease, "complete", body)
        self.report(report)
        if self.random.random() < 0.2:
            self.complete_again(report)

    def complete_again(self, report):
        """A repeated report answers as the first did."""
        again = self.report(report)
        if again.status not in (200, 503):
            self.diary.fault(f"{report.run}: completed, and then again: {again}")


class Load:
    """Threads on a live server until the server dies or `stop` is called."""

    def __init__(self, server, diary, rng, name, padding="", submitters=3, workers=2):
        self.diary = diary
        self.name = name
        self.stopping = threading.Event()
        token = server.token()
        roles = [self.submit_on] * submitters + [self.work_on] * workers + [self.cancel_on]
        self.threads = [
            threading.Thread(target=self.play, daemon=True,
                             args=(role, number,
                                   Client(server.port, token, diary, rng.getrandbits(64),
                                          padding)))
            for number, role in enumerate(roles)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        self.wait()

    def wait(self):
        for thread in self.threads:
            thread.join()

    def play(self, role, number, client):
        try:
            role(number, client)
        except NoAnswer:
            pass  # the server is dead: what was open stays open in the diary
        except Exception as fault:  # a thread's end must not pass for a quiet life
            self.diary.fault(f"{self.name}: {role.__name__}: {fault!r}")
        finally:
            client.caller.close()

    def think(self, client):
        """False when the load ends."""
        return not self.stopping.wait(client.random.random() * THINK_S_MAX)

    def submit_on(self, number, client):
        count = 0
        while self.think(client):
            key = f"{self.name}-{number}-{count}"
            count += 1
            body = client.new_body()
            client.submit(key, body)
            if client.random.random() < 0.1:
                client.submit(key, body)

    def work_on(self, _number, client):
        while report := self.diary.take_open_report():
            client.report(report)
        while self.think(client):
            answer = client.ask("lease", "/v1/work/lease",
                                {"jobs": WORKER_JOBS, "max": LEASES_AT_ONCE, "wait_s": 0})
            for item in answer.body.get("work", []):
                client.execute(item)

    def cancel_on(self, _number, client):
        while self.think(client):
            time.sleep(THINK_S_MAX)
            with self.diary.lock:
                recent = self.diary.keys[-20:]
                run = self.diary.submitted[client.random.choice(recent)].run if recent else None
            if run is None:
                continue
            answer = client.ask("cancel", f"/v1/runs/{run}/cancel", {})
            if answer.status == 200 and answer.body["status"] == "cancelled":
                self.diary.ended(run, "cancelled", answer.body["receipt"])
