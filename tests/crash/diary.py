"""What the server has acknowledged, in the words of those who asked.

Written by many threads while the server lives, read when it is dead. Whatever stands here was in
an answer that arrived, so no crash may take it back."""
import collections
import threading


class Submitted:
    """A run that was accepted under a key."""

    def __init__(self, key, body, answer):
        self.key = key
        self.body = body
        self.run = answer["run_id"]
        self.seq = answer["evidence"]["seq"]
        self.leaf = answer["evidence"]["leaf_sha256"]


class Report:
    """A worker's report about its lease, repeated until somebody answers it."""

    def __init__(self, run, lease, what, body):
        self.run = run
        self.lease = lease
        self.what = what  # "complete" or "fail"
        self.body = body

    def path(self):
        return f"/v1/work/{self.lease}/{self.what}"


class Diary:
    def __init__(self):
        self.lock = threading.Lock()
        self.submitted = {}  # by key
        self.keys = []  # of what was submitted, in order
        self.open_keys = {}  # key to body: asked, and nobody knows
        self.started = []  # (run, fence)
        self.settled = {}  # run to (status, charged, released), texts as answered
        self.open_reports = []
        self.without_answer = []  # requests of clients that had no warning
        self.faults = []
        self.answers = collections.Counter()  # by what was asked and what came

    def note(self, what, answer):
        with self.lock:
            self.answers[f"{what} {answer.status if answer else 'none'}"
                         f"{' ' + answer.code if answer and answer.code else ''}"] += 1

    def fault(self, what):
        with self.lock:
            self.faults.append(what)

    def unanswered(self, request):
        with self.lock:
            self.without_answer.append(request)

    # --- runs ----------------------------------------------------------------------------------

    def asked(self, key, body):
        with self.lock:
            self.open_keys.setdefault(key, body)

    def accepted(self, key, body, answer):
        """Keeps a 202; a key that was accepted before must name the same run and record."""
        new = Submitted(key, body, answer)
        with self.lock:
            self.open_keys.pop(key, None)
            old = self.submitted.get(key)
            if old is None:
                self.submitted[key] = new
                self.keys.append(key)
            elif (old.run, old.seq, old.leaf) != (new.run, new.seq, new.leaf):
                self.faults.append(f"key {key} was {old.run} at {old.seq} and is now {new.run} "
                                   f"at {new.seq}")
            elif not answer["idempotent_replay"]:
                self.faults.append(f"key {key} was answered a second time as if it were new")

    # --- work ----------------------------------------------------------------------------------

    def work_started(self, run, fence):
        with self.lock:
            self.started.append((run, fence))

    def ended(self, run, status, receipt):
        """A settled run, from an answer. Every later answer must say the same."""
        amounts = (status, receipt["charged_usd"], receipt["released_usd"])
        with self.lock:
            old = self.settled.setdefault(run, amounts)
            if old != amounts:
                self.faults.append(f"{run} was settled as {old} and is now {amounts}")

    def reported(self, report):
        with self.lock:
            self.open_reports.append(report)

    def take_open_report(self):
        with self.lock:
            return self.open_reports.pop() if self.open_reports else None
