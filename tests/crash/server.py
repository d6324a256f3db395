"""A real `tally serve` that can be started, killed and asked, from outside."""
import http.client
import json
import os
import pathlib
import resource
import signal
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
READY_S = 60
ASK_S = 30


class Gone(Exception):
    """The server did not answer: whether the request happened is unknown."""


class Answer:
    def __init__(self, status, headers, text):
        self.status = status
        self.headers = headers
        self.text = text

    def json(self):
        return json.loads(self.text)

    def code(self):
        return self.json().get("code")


class Connection:
    """One keep-alive connection; not for two threads at once."""

    def __init__(self, port, key):
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=ASK_S)
        self._key = key

    def ask(self, method, path, body=None, headers=None):
        fields = {"Authorization": "Bearer " + self._key, **(headers or {})}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            fields["Content-Type"] = "application/json"
        try:
            self._http.request(method, path, body=data, headers=fields)
            answer = self._http.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())
        except (OSError, http.client.HTTPException) as error:
            self._http.close()
            raise Gone(str(error)) from error

    def close(self):
        self._http.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`before` is a command that starts the server, such as strace with its arguments."""

    def __init__(self, tally, data, settings="", before=(), files_max=None):
        self.tally = str(tally)
        self.data = pathlib.Path(data)
        self.port = free_port()
        self._settings = settings
        self._before = list(before)
        self._files_max = files_max
        self._process = None
        self._log = None

    @property
    def log_path(self):
        return self.data.with_name(self.data.name + ".log")

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def start(self):
        """Starts it; returns when it is ready, or raises with what it said."""
        self.launch()
        for _ in range(READY_S * 50):
            if self._process.poll() is not None:
                raise RuntimeError(f"ended with {self._process.returncode}: {self.log()[-2000:]}")
            if self.is_ready():
                return
            time.sleep(0.02)
        raise RuntimeError("does not become ready: " + self.log()[-2000:])

    def launch(self):
        config = self.data.with_name(self.data.name + ".toml")
        config.write_text(self._settings)
        self._log = open(self.log_path, "ab")
        command = self._before + [
            self.tally, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}",
            "--jobs", str(HERE / "jobs"), "--config", str(config)]
        limit = None
        if self._files_max is not None:
            most = (self._files_max, self._files_max)
            limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, most)
        # A traced process cannot look for its own leaks.
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"} if self._before else None
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log,
                                         env=environment, preexec_fn=limit,
                                         start_new_session=True)

    def is_ready(self):
        try:
            probe = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            probe.request("GET", "/readyz")
            return probe.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False

    def key(self):
        return (self.data / "operator.key").read_text().strip()

    def connect(self, key=None):
        return Connection(self.port, key or self.key())

    def kill(self):
        """The whole process group: strace and jobs go with the server."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return self._reap()

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        return self._reap()

    def wait(self, seconds):
        """Its exit code, if it ends by itself within so many seconds."""
        try:
            code = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        self._log.close()
        return code

    def _reap(self):
        code = self._process.wait(timeout=60)
        self._log.close()
        return code


def verify(tally, data):
    """(exit code, document) of `tally ledger verify`."""
    done = subprocess.run([str(tally), "ledger", "verify", "--data", str(data), "--json"],
                          capture_output=True, text=True, timeout=600, check=False)
    try:
        return done.returncode, json.loads(done.stdout)
    except json.JSONDecodeError:
        return done.returncode, {"what": done.stderr.strip()}


def events(tally, data):
    """Every event of the ledger, in order."""
    done = subprocess.run([str(tally), "ledger", "cat", "--data", str(data)],
                          capture_output=True, text=True, timeout=600, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def refuse_memory_file_system(directory):
    """A sync costs nothing there, so nothing would be shown."""
    kind = subprocess.run(["stat", "-f", "-c", "%T", str(directory)], capture_output=True,
                          text=True, check=True).stdout.strip()
    if kind in ("tmpfs", "ramfs"):
        raise SystemExit(f"{directory} lies in memory ({kind}); give --dir on a real disk")
