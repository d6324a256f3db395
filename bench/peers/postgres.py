#!/usr/bin/env python3
"""Measures PostgreSQL 15 beside tally: durable submits, and the full cycle of a run.

    python3 bench/peers/postgres.py --dir DIR

Both sides take turns on the same machine and disk, 64 connections each. Tally's side are the
benches `submit` and `cycle` as they are, over HTTP with one tenant. The other side is pgbench with
the scripts beside this file, one round trip on a Unix socket for each transaction; the rows "in
steps" show a submit that is sent statement by statement. As one balance row for all is the hardest
case of a database that locks rows, PostgreSQL is measured with a tenant for each connection, too;
and the cycle also with ten runs leased at once, as the bench does.
"""
import argparse
import contextlib
import dataclasses
import grp
import os
import pathlib
import pwd
import re
import shutil
import signal
import sys
import tempfile
import time

import children
import cluster
from children import Failure
from figures import Round, figure, percentile, print_table

HERE = pathlib.Path(__file__).resolve().parent
CONNECTIONS = 64
COST = 100  # of a run, in millionths of a dollar, as in the scripts
QUIET_LOAD_MAX = 0.5
WARM_UP_S = 5
MARGIN_S = 1.5  # before and after what is looked at of a pgbench run
SYNCS = 500


@dataclasses.dataclass(frozen=True)
class Peer:
    """One way to put the work to PostgreSQL."""
    name: str
    script: str
    tenants: int
    batch: int = 1

    @property
    def is_cycle(self):
        """Else every transaction is a submit and an operation of its own."""
        return self.script == "cycle.sql"


SUBMITS = [Peer("PostgreSQL, one tenant", "submit.sql", 1),
           Peer("PostgreSQL, 64 tenants", "submit.sql", CONNECTIONS),
           Peer("PostgreSQL, one tenant, in steps", "submit_steps.sql", 1),
           Peer("PostgreSQL, 64 tenants, in steps", "submit_steps.sql", CONNECTIONS)]
CYCLES = [Peer("PostgreSQL, one tenant", "cycle.sql", 1),
          Peer("PostgreSQL, 64 tenants", "cycle.sql", CONNECTIONS),
          Peer("PostgreSQL, 64 tenants, ten leased at once", "cycle.sql", CONNECTIONS, 10)]


def sync_latencies(directory):
    """Microseconds of fdatasync after 4 KiB written over what was there, one at a time."""
    taken = []
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        file.write(bytes(4096 * SYNCS))
        os.fsync(file.fileno())
        for i in range(SYNCS):
            begin = time.perf_counter()
            os.pwrite(file.fileno(), b"Z" * 4096, i * 4096)
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - begin) * 1e6)
    return taken


def tally_round(program, row, directory, *options):
    """One round of a bench of ours, out of the table that it prints.

    Columns are matched from the right, because the first one may have no head.
    """
    output = children.run([str(program), "--dir", str(directory), "--rounds", "1", *options])
    table = [re.split(r"\s{2,}", line.strip()) for line in output.splitlines()]
    head = [cells for cells in table if any("CPU us" in cell for cell in cells[:3])]
    body = [cells for cells in table if cells[:len(row)] == row]
    if not head or not body:
        raise Failure(f"{program} printed no figures of {row[0]}")
    named = list(zip(reversed(head[0]), reversed(body[0])))[::-1]
    values = [next(cell for name, cell in named if word in name)
              for word in ("CPU us", "/s", "p50", "p99")]
    return Round(*(float(value.replace(" ", "")) for value in values))


@dataclasses.dataclass(frozen=True)
class Window:
    """What happened between two moments of a pgbench run, when all clients were at work."""
    seconds: float
    cpu_us: float
    latencies_us: list
    share: float  # of the transactions of the whole run
    transactions: int  # of the whole run


def read_logs(logs):
    """When each transaction ended, in seconds of the epoch, and how many microseconds it took."""
    ended = []
    for log in logs.iterdir():
        with open(log, encoding="ascii") as lines:
            for words in map(str.split, lines):
                ended.append((int(words[4]) + int(words[5]) / 1e6, int(words[2])))
        log.unlink()
    return ended


def pgbench(server, peer, seconds):
    """Runs pgbench and looks at `seconds` of it.

    Left out at both ends is the time in which 64 processes start, fill their caches and end again:
    in a run of seconds it would be charged to the work.
    """
    logs = server.directory / "logs"
    variables = {"n": 0, "step": -1, "tenants": peer.tenants, "batch": peer.batch,
                 "in_turn": str(peer.tenants == 1).lower()}
    words = [word for item in variables.items() for word in ("-D", "{}={}".format(*item))]
    with server.command("pgbench", "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2",
                        "-T", str(round(seconds + 2 * MARGIN_S)), "-l",
                        "-f", str(server.directory / peer.script), *words, within=logs):
        time.sleep(MARGIN_S)
        begin, cpu = time.time(), server.cpu_us()
        time.sleep(seconds)
        end, cpu = time.time(), server.cpu_us() - cpu
    ended = read_logs(logs)
    inside = [latency for when, latency in ended if begin <= when < end]
    if not inside:
        raise Failure(f"{peer.name}: nothing ended in {seconds} s")
    return Window(seconds=end - begin, cpu_us=cpu, latencies_us=inside,
                  share=len(inside) / len(ended), transactions=len(ended))


def count_work(server, transactions, peer):
    """The operations that are done; a peer that skips work must not be called fast."""
    runs, done, booked, spent, posted = map(int, server.ask(
        "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM runs WHERE state = 'done'), "
        "(SELECT sum(held + spent) FROM balance), (SELECT sum(spent) FROM balance), "
        "(SELECT coalesce(sum(amount), 0) FROM postings)").split("|"))
    if booked != runs * COST or not spent == posted == done * COST:
        raise Failure(f"the books are wrong: {runs} runs, {done} of them done, {booked} held or "
                      f"spent, {spent} spent, {posted} posted")
    if not peer.is_cycle and runs != transactions:
        raise Failure(f"{transactions} submits made {runs} runs")
    return done if peer.is_cycle else runs


def peer_round(server, peer, seconds):
    """One round of PostgreSQL on fresh tables."""
    server.refill("schema.sql")
    window = pgbench(server, peer, seconds)
    done = count_work(server, window.transactions, peer) * window.share
    return Round(cpu_us=window.cpu_us / done, rate=done / window.seconds,
                 p50_us=percentile(window.latencies_us, 50),
                 p99_us=percentile(window.latencies_us, 99))


def compare(server, operation, ours, peers, options):
    """All sides in turn, `--rounds` times, and the table of it."""
    sides = {"tally": []} | {peer.name: [] for peer in peers}
    syncs = []
    for _ in range(options.rounds):
        syncs += sync_latencies(server.directory)
        sides["tally"].append(ours(server.directory))
        for peer in peers:
            sides[peer.name].append(peer_round(server, peer, options.seconds))
    print(f"a durable 4 KiB write of this disk: p50 {figure(percentile(syncs, 50))} us, "
          f"p99 {figure(percentile(syncs, 99))} us")
    print_table(operation, sides)


def measure(server, options):
    """The comparisons that were asked for, after log files to be used again have been made.

    The scripts are copied, because the server's owner may not be let into the source tree.
    """
    bench = options.build / "bench"
    for script in HERE.glob("*.sql"):
        shutil.copy(script, server.directory)
    peer_round(server, SUBMITS[1], WARM_UP_S)
    if options.what != "cycle":
        compare(server, "durable submit", lambda directory: tally_round(
            bench / "submit", ["tally", str(CONNECTIONS)], directory,
            "--count", str(options.count)), SUBMITS, options)
    if options.what != "submit":
        compare(server, "full cycle", lambda directory: tally_round(
            bench / "cycle", ["submit, lease, start, complete"], directory,
            "--runs", str(options.runs)), CYCLES, options)


@contextlib.contextmanager
def scratch(parent, owner):
    """A directory of our own below `parent`, which belongs to `owner` and is removed at the end."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="tally-peer-", dir=parent)).resolve()
    try:
        if owner:
            os.chown(path, *owner)
        yield path
    finally:
        for inside, _, _ in os.walk(path):  # tally keeps read-only directories of jobs
            os.chmod(inside, 0o700)
        shutil.rmtree(path)


def owner_of_server(name):
    """User and group by number, for root only: others can run PostgreSQL themselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(name).pw_uid, grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise Failure(f"there is no user and group {name}; name another with --user") from error


def print_conditions():
    """What the reader must know before the figures."""
    load = os.getloadavg()[0]
    warning = "; others work here: rates and latencies say little" if load > QUIET_LOAD_MAX else ""
    print(f"postgres: {os.cpu_count()} processors, load {load:.1f} before this{warning}")
    print("PostgreSQL: " + ", ".join(f"{k} = {v or repr(v)}" for k, v in cluster.SETTINGS.items()),
          flush=True)


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", default=".", help="where scratch is made; a disk, not memory")
    parser.add_argument("--build", default=HERE.parents[1] / "build/release", type=pathlib.Path,
                        help="the release build that is measured")
    parser.add_argument("--what", default="both", choices=("submit", "cycle", "both"))
    parser.add_argument("--rounds", default=3, type=int)
    parser.add_argument("--seconds", default=5, type=int, help="of each round of PostgreSQL")
    parser.add_argument("--count", default=50000, type=int, help="submits of tally in a round")
    parser.add_argument("--runs", default=20000, type=int, help="cycles of tally in a round")
    parser.add_argument("--user", default="postgres", help="runs the server if root runs this")
    return parser.parse_args()


def end_by_signal(number, _):
    """Unwinds, so that everything that was started is ended and removed; once is enough."""
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


def main():
    options = read_options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_by_signal)
    try:
        cluster.installed()
        owner = owner_of_server(options.user)
        print_conditions()
        with scratch(options.dir, owner) as directory, cluster.started(directory, owner) as server:
            measure(server, options)
    except (Failure, OSError) as error:
        sys.exit(f"postgres: {error}")


if __name__ == "__main__":
    main()
