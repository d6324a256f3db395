"""The real `tally serve` as a process: started, asked, killed, and asked again."""
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import time

from caller import Caller
from cases import Broken

START_S_MAX = 120  # a sanitizer build under strace is slow, and so is a busy machine
END_S_MAX = 60
STEP_S = 0.002

SETTINGS = """\
[leases]
lease_s = {lease_s}
heartbeat_s = 1
[first]
grant_usd = "{grant_usd}"
[attestor]
every_s = {attest_every_s}
snapshot_every_events = 1000
"""


class Server:
    """One data directory and, at most, one process that serves it."""

    def __init__(self, tally, folder, jobs, data=None, lease_s=120, grant_usd="1000.00",
                 attest_every_s=86400):
        self.tally = str(tally)
        self.folder = pathlib.Path(folder)  # what it says, and its settings
        self.data = pathlib.Path(data or self.folder / "data")
        self.jobs = str(jobs)
        self.log = self.folder / "server.log"  # stderr of all its lives
        self.config = self.folder / "tally.toml"
        self.config.write_text(SETTINGS.format(lease_s=lease_s, grant_usd=grant_usd,
                                                attest_every_s=attest_every_s))
        self.process = None
        self.port = 0

    # --- its life ------------------------------------------------------------------------------

    def spawn(self, wrap=(), files_max=None, port=0):
        """Starts the process and does not wait for it. `wrap` stands before the command (strace
        and its arguments); `files_max` bounds its descriptors; port 0 is any that is free."""
        self.said = self.folder / "server.out"
        # LeakSanitizer cannot work under ptrace, and a killed process leaks by design.
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}

        def limit():
            if files_max is not None:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files_max, files_max))

        with open(self.said, "wb") as out, open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*wrap, self.tally, "serve", "--data", str(self.data), "--listen",
                 f"127.0.0.1:{port}", "--jobs", self.jobs, "--config", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=log, env=environment,
                start_new_session=True, preexec_fn=limit)

    def wait_until_it_serves(self):
        """True when it listens, False when it ended instead."""
        end = time.monotonic() + START_S_MAX
        while time.monotonic() < end:
            serves = re.search(r"tally serves http://[^:]+:(\d+)", self.said.read_text())
            if serves:
                self.port = int(serves.group(1))
                return True
            if self.process.poll() is not None:
                return False
            time.sleep(STEP_S)
        self.kill()
        raise Broken(f"the server neither served nor ended within {START_S_MAX} s")

    def start(self, wrap=(), files_max=None):
        self.spawn(wrap, files_max)
        if not self.wait_until_it_serves():
            raise Broken(f"the server ended while starting, exit code {self.process.returncode}: "
                         f"{self.last_words()}")

    def kill(self):
        """SIGKILL to the process and to all that it has started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process = None

    def stop(self):
        """A clean end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait_for_its_end()

    def wait_for_its_end(self):
        try:
            code = self.process.wait(END_S_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Broken(f"the server did not end within {END_S_MAX} s") from None
        self.process = None
        return code

    def ended(self):
        return self.process is None or self.process.poll() is not None

    # --- what it says --------------------------------------------------------------------------

    def last_words(self, lines=5):
        return " / ".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def log_size(self):
        return self.log.stat().st_size if self.log.exists() else 0

    def log_since(self, offset):
        return self.log.read_bytes()[offset:].decode(errors="replace")

    def halt_reason(self):
        return (self.data / "HALT").read_bytes().rstrip(b"\0").decode(errors="replace")

    def token(self):
        return (self.data / "operator.key").read_text().strip()

    def caller(self, timeout_s=30):
        return Caller(self.port, self.token(), timeout_s)

    # --- what others say of it -------------------------------------------------------------------

    def verify(self, data=None):
        """Exit code and report of `tally ledger verify`; the report is {} if it made none."""
        return verify(self.tally, data or self.data)


def verify(tally, data):
    done = subprocess.run([str(tally), "ledger", "verify", "--data", str(data), "--json"],
                          capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = {}
    report.setdefault("said", done.stderr.strip())
    return done.returncode, report
