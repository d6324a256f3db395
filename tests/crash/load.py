"""An impatient crowd: threads that submit, work and cancel until the server is gone."""
import random
import threading

from observer import micros, usd
from server import Gone

HOLD = 50_000  # micro-units


class Load:
    """`pace_s` is the mean pause of a caller between two requests."""

    def __init__(self, server, observer, seed, callers=4, workers=2, pace_s=0.02):
        self._server = server
        self._observer = observer
        self._pace_s = pace_s
        self._enough = threading.Event()
        self._threads = []
        self.refused = {}  # by status, for what is no 2xx
        for index in range(callers):
            self._begin(self._call, f"{seed}-c{index}")
        for index in range(workers):
            self._begin(self._work, f"{seed}-w{index}")

    def _begin(self, what, name):
        thread = threading.Thread(target=self._until_gone, args=(what, name), daemon=True)
        self._threads.append(thread)
        thread.start()

    def end(self):
        self._enough.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _until_gone(self, what, name):
        connection = self._server.connect()
        try:
            what(connection, name, random.Random(name))
        except Gone:
            pass
        finally:
            connection.close()

    def _pause(self, chance):
        return self._enough.wait(chance.expovariate(1 / self._pace_s))

    def _count(self, answer):
        self.refused[answer.status] = self.refused.get(answer.status, 0) + 1

    def _call(self, connection, name, chance):
        number = 0
        while not self._pause(chance):
            number += 1
            body = {"job": chance.choice(["metered"] * 9 + ["quick"]), "input": {"n": number},
                    "max_cost_usd": usd(HOLD)}
            submitted = self._observer.sending(f"{name}-{number}", body)
            for _ in range(chance.choice([1, 1, 1, 2])):  # some ask twice
                answer = connection.ask("POST", "/v1/runs", body,
                                        {"Idempotency-Key": submitted.key})
                if answer.status == 202:
                    self._observer.accepted(submitted, answer.json()["run_id"])
                else:
                    self._count(answer)
            if submitted.run is not None and chance.random() < 0.1:
                connection.ask("POST", f"/v1/runs/{submitted.run}/cancel")

    def _work(self, connection, name, chance):
        while not self._enough.is_set():
            leased = connection.ask("POST", "/v1/work/lease",
                                    {"jobs": ["metered"], "max": chance.choice([1, 3]),
                                     "wait_s": 1})
            for item in leased.json().get("work", []):
                self._execute(connection, item, chance)

    def _execute(self, connection, item, chance):
        path, fence = f"/v1/work/{item['lease_id']}/", {"fence": item["fence"]}
        if connection.ask("POST", path + "start", fence).status != 200:
            return
        whim = chance.random()
        if whim < 0.1:
            return  # a worker that dies: nobody hears of it again
        if whim < 0.2:
            connection.ask("POST", path + "fail", {**fence, "code": "exit_nonzero",
                                                   "detail": "as it happens", "retry": True})
            return
        cost = chance.choice([0, 1, 700, HOLD])
        report = {**fence, "result": {"n": item["input"]["n"]}, "cost_usd": usd(cost)}
        for _ in range(chance.choice([1, 1, 2])):  # some report twice
            answer = connection.ask("POST", path + "complete", report)
            if answer.status == 200:
                self._observer.completed(item["run_id"], cost)


def granted_by(server):
    return micros(server.connect().ask("GET", "/v1/budget").json()["granted_usd"])
