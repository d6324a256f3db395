#!/usr/bin/env python3
"""A worker for runner = "worker" job kinds, in nothing but Python's standard library.

    TALLY_KEY=tk_... examples/worker.py [--once] [--server URL] [--job remote-echo]

It leases a run, starts it, sends heartbeats while it works, and completes it. A heartbeat may
answer that the work must stop: cancelled, past its time, its hold used up, or stopped by a person;
then the work is dropped and failed with that reason. The fence proves that the lease is still ours:
after 409 `lease_lost` somebody else has the run, so what we did is dropped. Whatever happens to
this process, the run is charged once or not at all.
"""
import argparse
import json
import os
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request

WORK = "/v1/work"  # where workers lease, and report what became of it
HEARTBEAT_S = 5
PROBLEM_PAUSE_S = 1


def post(server, path, body, timeout=60):
    request = urllib.request.Request(
        server + path,
        data=json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + os.environ["TALLY_KEY"],
                 "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.loads(answer.read() or b"{}")


class Stopped(Exception):
    """The server wants the work to stop; the reason is its word for why."""


class Pulse:
    """Says that we are alive while the work goes on, and hears when it must not."""

    def __init__(self, server, lease, fence):
        self.call = (server, lease + "/heartbeat", fence)
        self.over = threading.Event()
        self.reason = None  # why to stop, once we heard it
        threading.Thread(target=self.beat, daemon=True).start()

    def beat(self):
        while not self.over.wait(HEARTBEAT_S):
            try:
                answer = post(*self.call)
                if answer["action"] == "stop":
                    self.reason = answer["reason"]
                    return
            except urllib.error.HTTPError as problem:
                if problem.code == 409:  # somebody else has the run
                    self.reason = "lease_lost"
                    return
                print(f"worker: heartbeat: {problem}", file=sys.stderr)
            except OSError as error:  # the server is away: it keeps our lease for its period
                print(f"worker: heartbeat: {error}", file=sys.stderr)

    def check(self):
        """To be called wherever the work can stop."""
        if self.reason:
            raise Stopped(self.reason)


def work_on(item, pulse):
    """The work itself: what a remote-echo job does with its input."""
    text = str(item["input"].get("text", ""))
    until = time.monotonic() + float(item["input"].get("sleep_s", 0))
    while time.monotonic() < until:
        pulse.check()
        time.sleep(min(0.2, max(0, until - time.monotonic())))
    return {"text": text.upper(), "words": len(text.split()), "attempt": item["attempt"]}


def execute(server, item):
    lease = f"{WORK}/{item['lease_id']}"
    fence = {"fence": item["fence"]}
    post(server, lease + "/start", fence)  # durable before the world is touched
    pulse = Pulse(server, lease, fence)
    try:
        result = work_on(item, pulse)
    except Stopped as stopped:
        if pulse.reason != "lease_lost":
            post(server, lease + "/fail", {**fence, "code": str(stopped)})
    except Exception as error:  # the work failed, not the worker
        post(server, lease + "/fail",
             {**fence, "code": "exit_nonzero", "detail": str(error)[:200],
              "stderr_tail": traceback.format_exc()[-8192:]})
    else:
        post(server, lease + "/complete", {**fence, "result": result})
    finally:
        pulse.over.set()
    print(f"{item['run_id']} attempt {item['attempt']} {pulse.reason or 'done'}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--server", default=os.environ.get("TALLY_SERVER", "http://127.0.0.1:7070"))
    options.add_argument("--job", action="append", help="job kind; may be repeated")
    options.add_argument("--once", action="store_true", help="end when a lease brings no work")
    chosen = options.parse_args()
    if "TALLY_KEY" not in os.environ:
        sys.exit("worker: set TALLY_KEY to a key that may work (see: tally key create --help)")
    wanted = {"jobs": chosen.job or ["remote-echo"], "max": 1, "wait_s": 2 if chosen.once else 20}
    while True:
        try:
            work = post(chosen.server, WORK + "/lease", wanted)["work"]
            for item in work:
                execute(chosen.server, item)
            if chosen.once and not work:
                return
        except urllib.error.HTTPError as problem:
            print(f"worker: {problem.code} {problem.read().decode()}", file=sys.stderr)
            if problem.code in (401, 403):
                sys.exit(1)
            time.sleep(PROBLEM_PAUSE_S)
        except OSError as error:  # the server is away: it keeps our lease for its period
            print(f"worker: {error}", file=sys.stderr)
            time.sleep(PROBLEM_PAUSE_S)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
