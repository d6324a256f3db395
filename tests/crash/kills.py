#!/usr/bin/env python3
"""Kills the server with SIGKILL, again and again, at random moments under load, on a real disk.

    kills.py --tally BINARY [--kills 5] [--seed 1] [--dir DIR] [--ledger-every 100]

After each kill the next start must serve by itself, keep what was acknowledged, answer old keys as
before, and have every cent in its place; `ledger verify` must pass before it. A fresh ledger is
begun every so many kills. Exit 0: all held; 1: something broke, with the seed that repeats it.
"""
import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time

from load import Load, granted_by
from observer import Observer
from server import Gone, Server, events, refuse_memory_file_system, verify

SETTINGS = '[leases]\nlease_s = 3\nheartbeat_s = 1\n[first]\ngrant_usd = "10000.00"\n'
LOAD_S = (0.02, 0.8)  # before a kill
CHECKED_MAX = 200  # runs read after a kill: the newest, and a sample of the others


class Laboratory:
    def __init__(self, tally, home, seed):
        self.chance = random.Random(seed)
        self.tally = tally
        self.home = home
        self.kills = 0
        self.runs = 0
        self.restart_s = []

    def one_ledger(self, number, kills):
        """Returns what broke."""
        observer = Observer()
        server = Server(self.tally, self.home / f"data-{number}", SETTINGS)
        server.start()
        granted = granted_by(server)
        for _ in range(kills):
            load = Load(server, observer, f"{number}-{self.kills}")
            time.sleep(self.chance.uniform(*LOAD_S))
            server.kill()
            load.end()
            self.kills += 1
            self._check_after_kill(server, observer, granted)
            if observer.broken:
                break
        self.runs += len(observer.acknowledged())
        server.stop()
        self._check_end(server, observer)
        return observer.broken

    def _check_after_kill(self, server, observer, granted):
        code, report = verify(self.tally, server.data)
        observer.require(code == 0, f"ledger verify: {code} {report}")
        began = time.monotonic()
        try:
            server.start()
        except RuntimeError as error:
            return observer.say(f"does not start again: {error}")
        self.restart_s.append(time.monotonic() - began)
        connection = server.connect()
        try:
            for submitted in self._some(observer.acknowledged()):
                observer.check_run(connection, submitted)
            for submitted in observer.unanswered()[-CHECKED_MAX:]:
                observer.check_key(connection, submitted)
            for submitted in self._some(observer.acknowledged(), 20):
                observer.check_key(connection, submitted)
            observer.check_budget(connection, granted)
        except Gone as gone:
            observer.say(f"the server went away by itself: {gone}: {server.log()[-1000:]}")
        finally:
            connection.close()
        return None

    def _some(self, submitted, most=CHECKED_MAX):
        newest, older = submitted[-most // 2:], submitted[:-most // 2]
        return newest + self.chance.sample(older, min(len(older), most // 2))

    def _check_end(self, server, observer):
        code, report = verify(self.tally, server.data)
        observer.require(code == 0, f"ledger verify at the end: {code} {report}")
        observer.check_history(events(self.tally, server.data))


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--tally", required=True, type=pathlib.Path)
    asked.add_argument("--kills", type=int, default=5)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--dir", type=pathlib.Path, default=pathlib.Path("/var/tmp"))
    asked.add_argument("--ledger-every", type=int, default=100)
    options = asked.parse_args()
    refuse_memory_file_system(options.dir)
    home = pathlib.Path(tempfile.mkdtemp(prefix="tally-kills-", dir=options.dir))
    laboratory = Laboratory(options.tally.resolve(), home, options.seed)
    broken, number = [], 0
    while laboratory.kills < options.kills and not broken:
        todo = min(options.ledger_every, options.kills - laboratory.kills)
        broken = laboratory.one_ledger(number, todo)
        number += 1
    for what in broken:
        print("broken:", what)
    print(f"{laboratory.kills} kills, {number} ledgers, {laboratory.runs} acknowledged runs, "
          f"slowest restart {max(laboratory.restart_s, default=0):.2f} s, seed {options.seed}: "
          + ("BROKEN, see " + str(home) if broken else "all held"))
    if not broken:
        shutil.rmtree(home)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
