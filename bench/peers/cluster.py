"""A PostgreSQL server of our own in a scratch directory, and the processor time of all of it."""
import contextlib
import os
import pathlib
import signal
import subprocess
import time

import children
from children import Failure

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
ANSWERS_WITHIN_S = 60
STOPS_WITHIN_S = 20
SOCKET_PATH_MAX = 107  # of a Unix socket, in Linux
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

# Each setting differs from the default for a reason, and for the good of PostgreSQL. What makes a
# commit durable keeps its default and is named all the same, because the comparison rests on it.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "listen_addresses": "",  # a Unix socket is cheaper than TCP
    "max_connections": "80",
    "shared_buffers": "1GB",  # everything that is measured stays in memory
    "wal_buffers": "64MB",
    "wal_level": "minimal",  # nobody replicates, so nothing is written for replicas
    "max_wal_senders": "0",
    "max_wal_size": "16GB",  # no checkpoint falls into a measurement ...
    "checkpoint_timeout": "1h",
    "min_wal_size": "4GB",  # ... and old log files are used again, not made anew
    "autovacuum_naptime": "1s",  # a queue leaves dead rows at its head; see the table's settings
    "enable_seqscan": "off",  # plans are made while tables are empty, when a scan looks cheap,
    "enable_bitmapscan": "off",  # and kept; every access here is by a key
    "jit": "off",
}


def installed():
    """Says what to install before anything is started."""
    for name in ("initdb", "postgres", "pgbench", "psql", "pg_isready"):
        if not (PROGRAMS / name).exists():
            raise Failure(f"{PROGRAMS / name} is missing: apt-get install postgresql-15 (the "
                          "cluster that the package makes is not used and need not run)")


def _stat(process):
    """The parent, the own and the children's processor time in ticks; None of a process gone."""
    try:
        text = pathlib.Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text[text.rindex(")") + 2:].split()
    return int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])


def _own_ticks_of_children(parent):
    found = {}
    for name in os.listdir("/proc"):
        stat = _stat(name) if name.isdigit() else None
        if stat and stat[0] == parent:
            found[name] = stat[1]
    return found


class Cluster:
    """Made by `started`. PostgreSQL refuses to run as root, hence the owner of its processes."""

    def __init__(self, directory, owner):
        self.directory = directory
        self._socket = directory / "socket"
        self._as_owner = (
            {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {})
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        self._environment = kept | {"LC_ALL": "C", "PGHOST": str(self._socket),
                                    "PGDATABASE": "postgres"}
        self._postmaster = None

    def command(self, program, *arguments, within=None):
        """A program of PostgreSQL that runs as the owner, for a `with` block."""
        return children.Command([str(PROGRAMS / program), *arguments],
                                cwd=within or self.directory, env=self._environment,
                                **self._as_owner)

    def run(self, program, *arguments):
        """Its output."""
        with self.command(program, *arguments) as done:
            pass
        return done.output

    def ask(self, question):
        """One row as text, its columns apart by a bar."""
        return self.run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", question).strip()

    def refill(self, schema):
        """Empty tables and a checkpoint behind us, so that each round begins alike."""
        self.ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-1", "-f", schema)
        self.ask("CHECKPOINT")

    def cpu_us(self):
        """Of the postmaster, of every child that lives, and of every child that has ended.

        A child that ends between two looks would be counted twice or never, so the looks are
        repeated until the children before and after are the same.
        """
        while True:
            before = _own_ticks_of_children(self._postmaster.pid)
            _, own, ended = _stat(self._postmaster.pid)
            if _own_ticks_of_children(self._postmaster.pid).keys() == before.keys():
                return (own + ended + sum(before.values())) / TICKS_PER_S * 1e6

    def start(self):
        if len(str(self._socket / ".s.PGSQL.5432")) > SOCKET_PATH_MAX:
            raise Failure(f"{self._socket} is too long for a Unix socket; use a shorter --dir")
        self.run("initdb", "-D", "data", "-A", "peer", "-E", "UTF8", "--no-locale",
                 "--wal-segsize=64")
        settings = SETTINGS | {"unix_socket_directories": str(self._socket)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.directory / "server.log", "wb") as log:
            self._postmaster = children.start(
                [str(PROGRAMS / "postgres"), "-D", "data", *words], cwd=self.directory,
                env=self._environment, stdout=log, stderr=subprocess.STDOUT, **self._as_owner)
        self._wait_until_it_answers()

    def _wait_until_it_answers(self):
        ends = time.monotonic() + ANSWERS_WITHIN_S
        while self._postmaster.poll() is None and time.monotonic() < ends:
            with contextlib.suppress(Failure):
                self.run("pg_isready", "-q")
                return
            time.sleep(0.1)
        said = (self.directory / "server.log").read_text(errors="replace").strip().splitlines()
        raise Failure("PostgreSQL does not answer: " + " / ".join(said[-3:]))

    def stop(self):
        """At once, without a last checkpoint: its files are removed next."""
        if self._postmaster is None:
            return
        self._postmaster.send_signal(signal.SIGQUIT)
        try:
            self._postmaster.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._postmaster.kill()
            self._postmaster.wait()


@contextlib.contextmanager
def started(directory, owner):
    """A server in `directory`, run by `owner` (user, group) to whom the directory belongs.

    Without an owner it is run by whoever runs this.
    """
    cluster = Cluster(directory, owner)
    try:
        for name in ("socket", "logs"):
            (directory / name).mkdir()
            if owner:
                os.chown(directory / name, *owner)
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
