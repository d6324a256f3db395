#!/usr/bin/env python3
"""Holds what `cmake --install` and `cpack` make against what it must be.

    package.py --tally PROGRAM --build DIRECTORY [--deb]

DIRECTORY is the build folder that holds PROGRAM. It installs into a temporary folder and looks:
files, the unit (systemd-analyze verify), the manual page (man), the completion (bash). --deb, or
TALLY_LONG=1: the Debian package as well, by dpkg-deb and lintian.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent

FILES = {
    "etc/tally/tally.toml",
    "lib/systemd/system/tally.service",
    "usr/bin/tally",
    "usr/share/bash-completion/completions/tally",
    "usr/share/doc/tallystick/changelog.gz",
    "usr/share/doc/tallystick/copyright",
    "usr/share/doc/tallystick/run_in_production.md",
    "usr/share/man/man1/tally.1.gz",
}
EXAMPLES = "usr/share/doc/tallystick/examples/jobs/"

# What lintian says and we leave, and why.
ACCEPTED = {
    "bogus-mail-host": "nobody has a mailbox yet",
    "bogus-mail-host-in-debian-changelog": "nobody has a mailbox yet",
}


class Failure(Exception):
    pass


def expect(truth, what):
    if not truth:
        raise Failure(what)


def run(*command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **more)
    return done.returncode, done.stdout


def must(*command, **more):
    code, said = run(*command, **more)
    expect(code == 0, f"{' '.join(map(str, command))} ended with {code}:\n{said}")
    return said


def without(tool):
    if shutil.which(tool):
        return False
    print(f"skipped: {tool} is not installed")
    return True


def files_below(top):
    return {str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir()}


def look_at_files(stage):
    found = files_below(stage)
    ours = {path for path in found if not path.startswith(EXAMPLES)}
    expect(ours == FILES, f"too much: {ours - FILES}; missing: {FILES - ours}")
    expect(any(path.startswith(EXAMPLES) for path in found), "no example of a job kind")
    expect((stage / "etc/tally/jobs").is_dir(), "no folder for job kinds")


def settings_that_were_changed_stay(stage, install):
    settings = stage / "etc/tally/tally.toml"
    settings.write_text("[worker]\nslots = 3\n")
    install()
    expect(settings.read_text() == "[worker]\nslots = 3\n", "settings were written over")


def look_at_the_unit(stage, tally, scratch):
    text = (stage / "lib/systemd/system/tally.service").read_text()
    expect("@" not in re.sub(r"@(system-service|mount)", "", text), "a name was not put in")
    start = re.search(r"^ExecStart=(.*)$", text, re.M)[1]
    expect(start == "/usr/bin/tally serve --data /var/lib/tally --listen 127.0.0.1:7070 "
           "--jobs /etc/tally/jobs --config /etc/tally/tally.toml", start)
    if without("systemd-analyze"):
        return
    # Program and page are not in their places here.
    here = text.replace("/usr/bin/tally", str(tally)).replace("Documentation=man:tally(1)\n", "")
    unit = scratch / "tally.service"
    unit.write_text(here)
    expect(must("systemd-analyze", "verify", unit) == "", "systemd-analyze has remarks")
    unit.write_text(here.replace("KillMode=mixed", "KillMode=mixes"))
    expect(run("systemd-analyze", "verify", unit)[1] != "", "systemd-analyze sees nothing")


def look_at_the_page(stage):
    if without("man"):
        return
    page = stage / "usr/share/man/man1/tally.1.gz"
    said = must("man", "--warnings", "--local-file", page,
                env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8", MAN_KEEP_FORMATTING=""))
    expect("warning" not in said.split("NAME")[0], said[:500])
    expect("tally run submit" in said and "--idempotency-key KEY" in said, "a page without verbs")


def look_at_the_completion(stage, scratch):
    script = stage / "usr/share/bash-completion/completions/tally"
    (scratch / "input.json").write_text("{}")
    program = ('source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tally 2>/dev/null; '
               'echo "${COMPREPLY[*]}"')
    for typed, wanted in (
            ("tally ru", "run"),
            ("tally ledger ver", "verify"),
            ("tally run submit --idem", "--idempotency-key"),
            ("tally halt --mode s", "safe stop"),
            ("tally halt --mode = st", "stop"),
            ("tally run submit --input inp", "input.json"),
            ("tally nothing --", "")):
        got = must("bash", "--norc", "-c", program, script, *typed.split(" "), cwd=scratch).strip()
        expect(got == wanted, f"{typed} gives {got!r}, not {wanted!r}")


def make_deb(build, into):
    must("cpack", "--config", build / "CPackConfig.cmake", "-B", into)
    made = list(into.glob("*.deb"))
    expect(len(made) == 1, f"cpack made {made}")
    return made[0]


def look_at_the_deb(deb, tally):
    version = must(tally, "--version").split()[1]
    machine = must("dpkg", "--print-architecture").strip()
    expect(deb.name == f"tallystick_{version}_{machine}.deb", deb.name)
    changes = (ROOT / "packaging/debian/changelog").read_text()
    expect(changes.startswith(f"tallystick ({version}) "), "the changelog is of another version")
    needs = must("dpkg-deb", "--field", deb, "Depends")
    for name in ("adduser", "bubblewrap", "libc6", "libssl3"):
        expect(re.search(rf"\b{name}\b", needs), f"does not depend on {name}: {needs}")
    control = must("dpkg-deb", "--info", deb)
    for script in ("conffiles", "postinst", "prerm", "postrm"):
        expect(script in control, f"without {script}")
    for row in must("dpkg-deb", "--contents", deb).splitlines():
        expect(" root/root " in row, f"somebody else's file: {row}")
        expect(row[0] != "l" and row[5] != "w" and row[8] != "w", f"open or a link: {row}")
    if without("lintian"):
        return
    said = run("lintian", "--allow-root", "--no-tag-display-limit", deb)[1]
    left = [line for line in said.splitlines()
            if line[:2] in ("E:", "W:") and line.split()[2] not in ACCEPTED]
    expect(not left, "\n".join(left))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tally", type=lambda path: pathlib.Path(path).resolve(), required=True)
    arguments.add_argument("--build", type=lambda path: pathlib.Path(path).resolve(), required=True)
    arguments.add_argument("--deb", action="store_true")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        stage = scratch / "stage"

        def install():
            must("cmake", "--install", asked.build, "--prefix", "/usr",
                 env=dict(os.environ, DESTDIR=str(stage)))

        install()
        look_at_files(stage)
        look_at_the_unit(stage, asked.tally, scratch)
        look_at_the_page(stage)
        look_at_the_completion(stage, scratch)
        settings_that_were_changed_stay(stage, install)
        if asked.deb or os.environ.get("TALLY_LONG") == "1":
            look_at_the_deb(make_deb(asked.build, scratch / "package"), asked.tally)
    print("package: as it must be")


try:
    main()
except Failure as failure:
    sys.exit(f"package: {failure}")
