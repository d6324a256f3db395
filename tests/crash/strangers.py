#!/usr/bin/env python3
"""Clients that behave badly, by ill will or by accident, against the real server.

    tests/crash/strangers.py --seed 7

Too many connections for the process's descriptors, requests that trickle in, connections closed
half way: others must not notice, and the ledger least of all."""
import os
import socket
import sys
import time

import laboratory
from caller import NoAnswer
from cases import expect, expect_equal
from laboratory import say

FILES_MAX = 200  # of the process; it keeps 128 and 16 for itself (serve.cc)
STRANGERS = 300
PADDING = "x" * 3000  # a frame of two blocks, so that segments fill up soon
BIG_INPUT = "x" * 40_000  # goes to the blob store
HEADER_S_MAX = 10  # header_timeout of the server
TRICKLES = 20


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def request(server, method, path, body=b"", key=None):
    """The bytes of a request, as they would arrive."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost",
             f"Authorization: Bearer {server.token()}"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    if key:
        lines.append(f"Idempotency-Key: {key}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_all(stranger):
    received = b""
    try:
        while part := stranger.recv(65536):
            received += part
    except OSError:
        pass
    return received


def body_of(job="remote", padding=""):
    return {"job": job, "input": {"padding": padding}, "max_cost_usd": "0.0010"}


# --- descriptors ---------------------------------------------------------------------------------


def work_goes_on(caller, segments):
    """Everything that needs a descriptor: roll-overs, blobs, an execution with its receipt."""
    for number in range(900):
        answer = caller.submit(f"padded-{number}", body_of(padding=PADDING))
        expect_equal("a submit among strangers", 202, answer.status)
        if segments() >= 3 and number > 200:
            break
    expect(segments() >= 3, f"only {segments()} segments: the log did not roll over")
    expect_equal("an input in the blob store", 202,
                 caller.submit("big", body_of(padding=BIG_INPUT)).status)
    run = caller.submit("local", body_of("local")).body["run_id"]
    ended = caller.get(f"/v1/runs/{run}?wait_s=30").body
    expect_equal("a run that the server executes", "succeeded", ended["status"])


def strangers_cannot_take_the_descriptors_that_the_ledger_needs(lab):
    server = lab.server("descriptors")
    server.start(files_max=FILES_MAX)
    caller = server.caller()
    expect_equal("a first submit", 202, caller.submit("first", body_of()).status)
    strangers = [connect(server) for _ in range(STRANGERS)]
    work_goes_on(caller, lambda: len(list((server.data / "ledger").glob("*.seg"))))
    used = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    for stranger in strangers:
        stranger.close()
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            again = server.caller(5).submit("after", body_of())
        except NoAnswer:
            continue
        if again.status == 202:
            break
    expect_equal("a new connection after the strangers", 202, again.status)
    expect_equal("exit code", 0, server.stop())
    expect_equal("ledger verify", 0, server.verify()[0])
    say(f"{STRANGERS} strangers, {used} of {FILES_MAX} descriptors in use")


def a_server_with_too_few_descriptors_says_so_and_does_not_start(lab):
    server = lab.server("few")
    server.spawn(files_max=100)
    expect(not server.wait_until_it_serves(), "it serves with 100 descriptors")
    expect_equal("exit code", 2, server.wait_for_its_end())
    expect("ulimit -n" in server.last_words(), f"it says: {server.last_words()}")


def a_port_that_somebody_else_has_is_named(lab):
    server = lab.server("port")
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        server.spawn(port=port)
        expect(not server.wait_until_it_serves(), "it serves on a port that is taken")
    expect_equal("exit code", 2, server.wait_for_its_end())
    expect(f"127.0.0.1:{port} is in use" in server.last_words(), f"it says {server.last_words()}")
    server.start()
    expect_equal("exit code of the clean end", 0, server.stop())


# --- slow and half-closed clients ----------------------------------------------------------------


def requests_that_trickle_in_end_and_delay_nobody(lab):
    server = lab.server("trickle")
    server.start()
    trickles = [connect(server) for _ in range(TRICKLES)]
    began = time.monotonic()
    ended = {}
    slowest = 0.0
    caller = server.caller()
    text = request(server, "GET", "/v1/budget")
    for position in range(len(text)):
        for number, stranger in enumerate(trickles):
            if number in ended:
                continue
            try:
                stranger.sendall(text[position % 20:position % 20 + 1])
            except OSError:
                ended[number] = time.monotonic() - began
        asked = time.monotonic()
        expect_equal("a budget between trickles", 200, caller.get("/v1/budget").status)
        slowest = max(slowest, time.monotonic() - asked)
        time.sleep(0.2)
        if len(ended) == TRICKLES or time.monotonic() - began > HEADER_S_MAX * 2:
            break
    expect_equal("trickling connections that were ended", TRICKLES, len(ended))
    answers = [read_all(stranger) for stranger in trickles]
    refused = sum(1 for answer in answers if b" 408 " in answer[:20])
    say(f"ended after {min(ended.values()):.1f} to {max(ended.values()):.1f} s, {refused} with "
        f"408; the slowest answer to others took {slowest * 1000:.0f} ms")
    expect_equal("exit code", 0, server.stop())


def a_client_that_closes_its_side_still_gets_its_answer(lab):
    server = lab.server("half")
    server.start()
    stranger = connect(server)
    body = b'{"job":"remote","input":{},"max_cost_usd":"0.0010"}'
    stranger.sendall(request(server, "POST", "/v1/runs", body, "half-closed"))
    stranger.shutdown(socket.SHUT_WR)
    answer = read_all(stranger)
    expect(answer.startswith(b"HTTP/1.1 202"), f"the answer is {answer[:200]}")
    expect(server.caller().submit("half-closed", {
        "job": "remote", "input": {}, "max_cost_usd": "0.0010"}).body["idempotent_replay"],
        "the key of a half-closed client is new")


def a_request_cut_short_changes_nothing(lab):
    server = lab.server("cut")
    server.start()
    body = b'{"job":"remote","input":{},"max_cost_usd":"0.0010"}'
    whole = request(server, "POST", "/v1/runs", body, "cut-short")
    rng = lab.random("cut")
    for _ in range(30):
        stranger = connect(server)
        stranger.sendall(whole[:rng.randrange(1, len(whole))])
        stranger.shutdown(socket.SHUT_WR)
        answer = read_all(stranger)
        expect(b" 202 " not in answer[:20], f"half a request was accepted: {answer[:100]}")
    answer = server.caller().submit("cut-short", {"job": "remote", "input": {},
                                                  "max_cost_usd": "0.0010"})
    expect_equal("the whole request afterwards", (202, False),
                 (answer.status, answer.body.get("idempotent_replay")))


def a_client_that_hangs_up_at_once_is_charged_once(lab):
    """Whether the request was read or not: asked again, the key has one run."""
    server = lab.server("hang-up")
    server.start()
    caller = server.caller()
    body = b'{"job":"remote","input":{},"max_cost_usd":"0.0010"}'
    count = 100
    for number in range(count):
        stranger = connect(server)
        stranger.sendall(request(server, "POST", "/v1/runs", body, f"hang-up-{number}"))
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset
        stranger.close()
    for number in range(count):
        answer = caller.submit(f"hang-up-{number}", {"job": "remote", "input": {},
                                                     "max_cost_usd": "0.0010"})
        expect_equal("a key asked again", 202, answer.status)
    budget = caller.get("/v1/budget").body
    expect_equal("live runs, and what they hold", (count, f"{count / 1000:.4f}"),
                 (budget["runs_live"], budget["held_usd"]))


CASES = [
    strangers_cannot_take_the_descriptors_that_the_ledger_needs,
    a_server_with_too_few_descriptors_says_so_and_does_not_start,
    a_port_that_somebody_else_has_is_named,
    requests_that_trickle_in_end_and_delay_nobody,
    a_client_that_closes_its_side_still_gets_its_answer,
    a_request_cut_short_changes_nothing,
    a_client_that_hangs_up_at_once_is_charged_once,
]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "crash_strangers_test", CASES))
