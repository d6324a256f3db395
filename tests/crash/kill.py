#!/usr/bin/env python3
"""Kills the server at random moments under load and compares what it said with what it kept.

    tests/crash/kill.py --kills 1000 --seed 7
    tests/crash/kill.py --tally build/dev/tally --scratch /var/tmp

Each life: start, load over several connections, SIGKILL, `tally ledger verify`, start again,
compare. Some kills come while the server is starting. The seed repeats every choice of the
laboratory (what is asked, when it kills); threads and the disk keep their own time, so a fault is
likely, not certain, to come back. A kill leaves what the kernel has taken: power cuts, which do
not, are the simulator's (sim/). Exit code: 0 all as promised, 1 not, 2 usage, 4 internal.
"""
import re
import sys
import time

import comparison
import laboratory
from caller import NoAnswer
from cases import expect
from diary import Diary
from history import History
from laboratory import say
from load import Client, Load

LONG_KILLS = 1000
SHORT_KILLS = 5
LIFE_S_MAX = 0.6
LEASE_S = 2  # so that abandoned work comes back within the test
KILLS_WHILE_STARTING = 0.15  # of all
START_S_MAX = 0.5  # how late such a kill may come
# A verification reads everything, so a long history is verified now and then, and at the end.
VERIFY_ALWAYS_EVENTS = 20_000
VERIFY_EVERY = 20


class Deaths:
    """One ledger through many deaths of its server."""

    def __init__(self, server, rng):
        self.random = rng
        self.server = server
        self.diary = Diary()
        self.history = History()
        self.faults = []
        self.kills = 0
        self.kills_while_starting = 0
        self.verified = 0
        self.torn_tails = 0

    def die_while_starting(self):
        self.server.spawn()
        time.sleep(self.random.random() * START_S_MAX)
        self.server.kill()
        self.kills_while_starting += 1

    def live_and_die(self, name):
        """Returns the keys that were new in this life."""
        known = len(self.diary.keys)
        load = Load(self.server, self.diary, self.random, name)
        load.start()
        time.sleep(self.random.random() * LIFE_S_MAX)
        if self.server.ended():
            self.faults.append(f"the server ended by itself: {self.server.last_words()}")
        self.server.kill()
        load.wait()
        return self.diary.keys[known:]

    def verify(self):
        code, report = self.server.verify()
        comparison.verified(code, report, self.history.size, self.faults)
        self.verified += 1
        self.torn_tails += bool(report.get("torn_tail"))

    def compare(self, new_keys):
        client = Client(self.server.port, self.server.token(), self.diary, 0)
        try:
            comparison.after_a_crash(self.server, client, self.diary, self.history, self.random,
                                     new_keys, self.faults)
        except NoAnswer as fault:
            self.faults.append(f"the server that came back does not answer: {fault}")
        finally:
            client.caller.close()

    def kill_once(self):
        new_keys = self.live_and_die(f"life{self.kills}")
        self.kills += 1
        if self.history.size < VERIFY_ALWAYS_EVENTS or self.kills % VERIFY_EVERY == 0:
            self.verify()
        if self.random.random() < KILLS_WHILE_STARTING:
            self.die_while_starting()
            self.kills += 1
        self.server.start()
        self.compare(new_keys)

    def run(self, kills):
        """Stops at the first fault: what follows would only repeat it."""
        self.server.start()
        while self.kills < kills and not self.faults:
            self.kill_once()
            if self.kills % 50 == 0:
                say(self.summary())
        if not self.faults:
            code = self.server.stop()
            if code != 0:
                self.faults.append(f"the last, clean end has exit code {code}")
            self.verify()

    def summary(self):
        return (f"{self.kills} kills ({self.kills_while_starting} while starting), "
                f"{self.history.size} events, {len(self.diary.submitted)} runs acknowledged, "
                f"{len(self.diary.settled)} settled, {self.verified} times verified, "
                f"{self.torn_tails} torn tails, {self.starts_from_snapshot()} starts went on from "
                f"a snapshot")

    def starts_from_snapshot(self):
        said = re.findall(r"folded from event (\d+) on", self.server.log.read_text())
        return sum(event != "0" for event in said)


def a_killed_server_keeps_what_it_acknowledged_and_repeats_nothing(lab):
    server = lab.server("kill", lease_s=LEASE_S, grant_usd="1000000.00")
    deaths = Deaths(server, lab.random("kill"))
    deaths.run(lab.options.count)
    say(deaths.summary())
    say("answers: " + ", ".join(f"{what} {count}" for what, count
                                in sorted(deaths.diary.answers.items())))
    expect(not deaths.faults, "\n    ".join([f"--seed {lab.seed}"] + deaths.faults[:20]))


CASES = [a_killed_server_keeps_what_it_acknowledged_and_repeats_nothing]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_kill_test", CASES,
                                ("kills", SHORT_KILLS, LONG_KILLS)))
