#!/usr/bin/env python3
"""Starts the server on what people, jobs and limits may have left for it.

    tests/crash/starts.py

Whatever the files are, a start serves, begins halted, or is refused with a sentence; it never ends
by a signal.
"""
import os
import shutil
import socket
import subprocess
import sys

import laboratory
from beside import wait_for_a_checkpoint
from cases import expect, expect_equal


def a_server(lab, name):
    """One that has served before, stopped."""
    server = lab.server(name)
    server.start()
    expect_equal("exit code", 0, server.stop())
    return server


def a_halt_of_any_bytes_begins_halted_and_can_be_lifted(lab):
    server = a_server(lab, "halt")
    for content in (b"\xff\xfe\x00\x01", b"by hand", bytes(range(256)) * 16, b"\0" * 100 + b"late"):
        (server.data / "HALT").write_bytes(content)
        server.start()
        caller = server.caller()
        mode = caller.get("/v1/halt")
        expect("halt" in str(mode.body), f"with {content[:8]!r} the mode is {mode.body}")
        submit = caller.submit(f"k{len(content)}", {"job": "remote", "input": {},
                                                    "max_cost_usd": "0.0010"})
        expect_equal("a submit in halt", 503, submit.status)
        expect_equal("exit code", 0, server.stop())
        expect_equal("the HALT after a start that honoured it", "", server.halt_reason())
    server.start()  # the ledger with these reasons folds
    expect_equal("exit code", 0, server.stop())


def a_limit_on_file_sizes_is_a_failed_write(lab):
    server = a_server(lab, "fsize")
    server.start()
    caller = server.caller()
    wait_for_a_checkpoint(server)  # else the server's own may be the write that fails
    subprocess.run(["prlimit", f"--pid={server.process.pid}", "--fsize=8192"], check=True)
    answer = caller.submit("k", {"job": "remote", "input": {}, "max_cost_usd": "0.0010"})
    expect_equal("a submit that cannot be written", (503, "outcome_unknown"),
                 (answer.status, answer.code))
    expect_equal("exit code", 4, server.wait_for_its_end())
    expect("log" in server.halt_reason(), f"HALT says {server.halt_reason()!r}")
    server.spawn(wrap=["prlimit", "--fsize=8192"])
    if server.wait_until_it_serves():
        server.kill()
    else:
        expect_equal("exit code of a start under the limit", 4, server.wait_for_its_end())
    server.start()
    expect_equal("exit code", 0, server.stop())


def a_job_kind_that_cannot_be_is_refused_and_the_others_serve(lab):
    server = lab.server("kinds")
    jobs = server.folder / "jobs"
    shutil.copytree(server.jobs, jobs)
    server.jobs = str(jobs)
    for name in ("linked", "not-executable", "broken"):
        shutil.copytree(jobs / "local", jobs / name)
        text = (jobs / name / "job.toml").read_text().replace('"local"', f'"{name}"', 1)
        (jobs / name / "job.toml").write_text(text)
    os.symlink("/etc/passwd", jobs / "linked" / "passwd")
    (jobs / "not-executable" / "work.sh").chmod(0o644)
    (jobs / "broken" / "job.toml").write_text("name = \n")
    server.start()
    caller = server.caller()
    for name, status in (("local", 202), ("linked", 422), ("not-executable", 422), ("broken", 422)):
        answer = caller.submit(f"k-{name}", {"job": name, "input": {}, "max_cost_usd": "0.0010"})
        expect_equal(f"a submit of {name}", status, answer.status)
        if status == 422:
            expect(f"job kind {name} takes no runs" in answer.body["detail"], answer.body["detail"])
    log = server.log.read_text()
    for words in ("a symbolic link; put the file itself here", "is not executable: chmod +x"):
        expect(words in log, f"the log does not say {words!r}")
    expect_equal("lines that refuse a kind", 3,
                 log.count('"message":"a job kind was refused; the others serve"'))
    expect_equal("exit code", 0, server.stop())


def a_data_directory_that_others_may_change_is_refused(lab):
    server = a_server(lab, "modes")
    for path, mode in ((server.data, 0o777), (server.data / "operator.key", 0o644)):
        before = path.stat().st_mode
        path.chmod(mode)
        server.spawn()
        expect(not server.wait_until_it_serves(), f"{path.name} with mode {mode:o} is served")
        expect(server.wait_for_its_end() in (2, 4), "the exit code is of neither kind")
        expect("is open to other users" in server.last_words(), server.last_words())
        path.chmod(before)
    server.start()
    expect_equal("exit code", 0, server.stop())


def a_start_that_is_refused_records_nothing(lab):
    server = lab.server("refused")
    server.start()
    added = server.caller().post("/v1/admin/people", {"person": "bob", "name": "Bob",
                                                      "roles": ["approver"]})
    expect(added.status in (200, 201), f"bob is not added: {added}")
    expect_equal("exit code", 0, server.stop())
    settings = server.config.read_text()
    before = recorded(server)

    def refuses(words, port=0):
        server.spawn(port=port)
        expect(not server.wait_until_it_serves(), f"served, where {words!r} was to be said")
        expect_equal("exit code", 2, server.wait_for_its_end())
        expect(words in server.last_words(), server.last_words())
        expect_equal("what the ledger holds after a refusal", before, recorded(server))

    server.config.write_text(settings.replace("lease_s = 120", "lease_s = 60")
                             .replace("every_s = 86400", "every_s = 2")
                             + "[approvals]\nquorum = 3\n[archive]\nafter_s = 5\n")
    refuses("a quorum of 3 is more than the 2 people")
    server.config.write_text(settings.replace("lease_s = 120", "lease_s = 60"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refuses("is in use", taken.getsockname()[1])
    server.config.unlink()
    server.config.mkdir()
    refuses("a directory; name the file inside")
    server.config.rmdir()
    server.config.write_text(settings)
    server.start()
    expect_equal("exit code", 0, server.stop())


def recorded(server):
    code, report = server.verify()
    expect_equal("exit code of a verification", 0, code)
    return report["events"]


CASES = [a_halt_of_any_bytes_begins_halted_and_can_be_lifted,
         a_limit_on_file_sizes_is_a_failed_write,
         a_job_kind_that_cannot_be_is_refused_and_the_others_serve,
         a_data_directory_that_others_may_change_is_refused,
         a_start_that_is_refused_records_nothing]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_starts_test", CASES))
