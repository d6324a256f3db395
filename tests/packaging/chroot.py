#!/usr/bin/env python3
"""Installs the Debian package in a fresh Debian, serves by its unit's line, and removes it.

    chroot.py --tally PROGRAM --build DIRECTORY

A debootstrap of Debian 12 in a temporary folder, with a network of its own while the server runs.
Needs root, the network and some minutes, so it does nothing without TALLY_LONG=1.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# Inside, as root: what systemd would do, then work, then the proof.
SERVE = r"""
set -eu
ip link set lo up
line=$(sed -n 's/^ExecStart=//p' /lib/systemd/system/tally.service)
[ "$(stat -c '%U %a' /var/lib/tally)" = 'tally 700' ]
cp -r /usr/share/doc/tallystick/examples/jobs/slow /etc/tally/jobs/
runuser -u tally -- $line >/tmp/serve.out 2>/tmp/serve.log &
server=$!
for _ in $(seq 300); do
  curl -fs http://127.0.0.1:7070/readyz >/dev/null && break
  kill -0 $server 2>/dev/null || { cat /tmp/serve.out /tmp/serve.log; exit 1; }
  sleep 0.2
done
cat /tmp/serve.out
export TALLY_KEY=$(cat /var/lib/tally/operator.key)
echo '{"sleep_s": 1}' | tally run submit --job slow --input - --max-cost 0.05 --wait
kill -TERM $(pgrep -x -u tally tally)
wait $server
unset TALLY_KEY
tally ledger verify --data /var/lib/tally
"""

GONE = ["usr/bin/tally", "lib/systemd/system/tally.service", "usr/share/man/man1/tally.1.gz",
        "etc/tally/tally.toml"]


def reason_not_to():
    if os.environ.get("TALLY_LONG") != "1":
        return "a Debian is made with TALLY_LONG=1 only"
    if os.geteuid() != 0:
        return "not root"
    if not shutil.which("debootstrap"):
        return "debootstrap is not installed"
    return None


def must(*command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"chroot: {' '.join(map(str, command))[:200]} ended with {done.returncode}:\n"
                 f"{done.stdout[-4000:]}")
    return done.stdout


def expect(truth, what):
    if not truth:
        sys.exit(f"chroot: {what}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tally", type=pathlib.Path, required=True)
    arguments.add_argument("--build", type=pathlib.Path, required=True)
    asked = arguments.parse_args()
    if reason := reason_not_to():
        print(f"skipped: {reason}")
        return
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        must("cpack", "--config", asked.build / "CPackConfig.cmake", "-B", scratch / "package")
        root = scratch / "root"
        # runuser needs no PAM session, curl asks whether it is ready, slow is a shell script.
        must("debootstrap", "--variant=minbase", "--include=iproute2,curl,procps", "bookworm", root)
        shutil.copy(next((scratch / "package").glob("*.deb")), root / "tallystick.deb")
        inside = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8",
                      PATH="/usr/sbin:/usr/bin:/sbin:/bin")
        said = must("chroot", root, "apt-get", "install", "--yes", "--no-install-recommends",
                    "/tallystick.deb", env=inside)
        expect("systemctl enable --now tally" in said, "nobody is told how to start it")
        said = must("unshare", "--net", "--pid", "--fork", "--kill-child",
                    f"--mount-proc={root}/proc", "chroot", root, "sh", "-c", SERVE, env=inside)
        expect("tally serves http://127.0.0.1:7070" in said, said)
        print(said)
        said = must("chroot", root, "apt-get", "purge", "--yes", "tallystick", env=inside)
        expect("kept in /var/lib/tally" in said, "nobody is told that the ledger is kept")
        left = [path for path in GONE if (root / path).exists()]
        expect(not left, f"left behind: {left}")
        expect(any((root / "var/lib/tally/ledger").iterdir()), "the ledger is gone")
    print("chroot: installed, served, verified, removed")


main()
