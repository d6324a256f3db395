"""Processes that never outlive the benchmark that started them."""
import contextlib
import os
import signal
import subprocess
import time

STOPS_WITHIN_S = 10


class Failure(Exception):
    """What went wrong and what to do about it, in a sentence for the caller."""


def _gone(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def _end_group(process):
    """Ends `process` and what it started. Their files are scratch, so nobody is asked politely."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    ends = time.monotonic() + STOPS_WITHIN_S
    while not _gone(process.pid) and time.monotonic() < ends:
        time.sleep(0.01)


def start(command, **how):
    """A process in a group of its own: a Ctrl-C at the terminal reaches us alone, who end it."""
    try:
        return subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL, **how)
    except OSError as error:
        raise Failure(f"{command[0]} cannot be started: {error.strerror}") from error


class Command:
    """A command that runs while its block does, is waited for, and must succeed.

    What the block leaves by an exception is ended at once.
    """

    def __init__(self, command, **how):
        self._name = command[0]
        self._process = start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              **how)
        self.output = ""

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self._finish()
        finally:
            _end_group(self._process)

    def _finish(self):
        self.output, errors = self._process.communicate()
        code = self._process.returncode
        if code != 0:
            last = (errors or self.output).strip().splitlines()[-3:]
            raise Failure(f"{self._name} failed ({code}): " + " / ".join(last))


def run(command, **how):
    """The output of a command that must succeed."""
    with Command(command, **how) as done:
        pass
    return done.output
