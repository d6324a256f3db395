#!/usr/bin/env python3
"""Strangers, a greedy tenant, slow readers and idle polls, each beside a victim that works.

    tests/fairness/fairness.py --seed 7

What is asserted are outcomes: who was answered what, and that nobody was refused who took no more
than a share. How long it takes is measured by bench/fairness."""
import concurrent.futures
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "crash"))

import laboratory  # noqa: E402
from caller import Caller  # noqa: E402
from cases import expect, expect_equal  # noqa: E402
from crowd import Asker, Crowd, address  # noqa: E402
from laboratory import say  # noqa: E402
from victim import SCOPES, Victim, key, only, tenant  # noqa: E402

FILLERS = 20  # callers at once, so that the disk is asked less often
EVENTS = 300  # of some KiB, so that a page of them is full by its bytes
LABELS = {f"label-{number}": "x" * 200 for number in range(16)}
FEW_PAGES = 4 + 5  # of one client that reads nothing: what waits for it here and in the kernel
TILE = b"GET /ledger/tile/0/000 HTTP/1.1\r\nHost: fair\r\n\r\n"
OPEN_PER_MINUTE = 600  # http.open_per_minute, and as many probes
ASKED_MOST = 500
PAGE_PATH = "/v1/events?limit=1000"


def asking(token, path=PAGE_PATH):
    return (f"GET {path} HTTP/1.1\r\nHost: fair\r\nAuthorization: Bearer {token}\r\n\r\n").encode()


def polling(token, job="metered"):
    body = f'{{"jobs":["{job}"],"wait_s":30}}'.encode()
    return (f"POST /v1/work/lease HTTP/1.1\r\nHost: fair\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def filled(lab, name):
    """A server whose ledger has enough in it for full tiles and full pages."""
    server = lab.server(name)
    server.start()

    def fill(filler):
        caller = server.caller()
        for number in range(EVENTS // FILLERS):
            answer = caller.submit(f"filling-{filler}-{number}", {
                "job": "metered", "input": {}, "max_cost_usd": "0.0001", "labels": LABELS})
            expect_equal("a submit that fills the ledger", 202, answer.status)

    with concurrent.futures.ThreadPoolExecutor(FILLERS) as fillers:
        list(fillers.map(fill, range(FILLERS)))
    return server


def count_of(server, route):
    """How many answers of a route the server has counted."""
    text = server.caller().ask("GET", "/metrics").body["text"]
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if line.startswith("http_requests_total") and f'"{route}"' in line)


def strangers_on_open_routes_keep_nobody_from_working(lab):
    server = filled(lab, "strangers")
    victim = Victim(server)
    count, rounds = (900, 100) if lab.long else (150, 8)
    with Crowd(lambda number: Asker(server.port, TILE, address(number)), count) as crowd:
        victim.rounds(rounds)
    expect_equal("the crowd's own fault", None, crowd.fault)
    only(crowd.statuses, {200, 429, 503}, "strangers")
    expect(crowd.statuses[200] > 0, "no stranger ever saw a tile")
    victim.settled(rounds)
    say(f"{count} strangers were answered {dict(crowd.statuses)}")


def one_address_is_answered_at_its_rate_and_others_go_on(lab):
    server = filled(lab, "rate")
    victim = Victim(server)
    beside = Caller(server.port, "")
    with Crowd(lambda _: Asker(server.port, TILE, address(0), times=100), 10,
               persistent=False) as crowd:
        for _ in range(ASKED_MOST):
            victim.lease()
            expect_equal("a probe from another address", 200, beside.get("/health").status)
            if crowd.statuses[429] > 0:
                break
    expect_equal("the crowd's own fault", None, crowd.fault)
    only(crowd.statuses, {200, 429, 503}, "strangers")
    expect(crowd.statuses[429] > 0, "no stranger was told to wait")
    expect(crowd.statuses[200] <= OPEN_PER_MINUTE,
           f"one address saw {crowd.statuses[200]} tiles in less than a minute")


def one_tenants_pages_keep_no_other_tenant_from_working(lab):
    server = filled(lab, "pages")
    victim = Victim(server)
    greedy = tenant(server.caller(), "greedy", [*SCOPES, "ops:read"])
    count, rounds = (225, 60) if lab.long else (60, 6)
    with Crowd(lambda number: Asker(server.port, asking(greedy)), count) as crowd:
        victim.rounds(rounds)
    expect_equal("the crowd's own fault", None, crowd.fault)
    only(crowd.statuses, {200, 503}, "pages of the greedy tenant")
    expect(crowd.statuses[200] > 0, "the greedy tenant saw no page at all")
    victim.settled(rounds)
    say(f"{count} connections of the greedy tenant were answered {dict(crowd.statuses)}")


def clients_that_do_not_read_are_made_few_pages(lab):
    server = filled(lab, "slow")
    victim = Victim(server)
    greedy = tenant(server.caller(), "greedy", [*SCOPES, "ops:read"])
    count, rounds = 40, 30 if lab.long else 4
    with Crowd(lambda number: Asker(server.port, asking(greedy), reads=False, times=64), count,
               persistent=False) as crowd:
        victim.rounds(rounds)
        made = count_of(server, "/v1/events") - rounds
    expect_equal("the crowd's own fault", None, crowd.fault)
    expect(made <= count * FEW_PAGES,
           f"{made:.0f} pages were made for {count} clients that read none of them")
    victim.settled(rounds)
    say(f"{made:.0f} pages were made for {count} clients that asked for {count * 64}")


def one_tenants_idle_polls_leave_all_others_their_places(lab):
    server = filled(lab, "polls")
    victim = Victim(server)
    greedy = tenant(server.caller(), "greedy", ["work"])
    count = 1056 if lab.long else 300
    rounds = 20 if lab.long else 4
    with Crowd(lambda number: Asker(server.port, polling(greedy), times=4), count) as crowd:
        victim.rounds(rounds)
        expect_equal("an empty poll of the victim", [], victim.lease(wait_s=1))
        victim.rounds(rounds)
    expect_equal("the crowd's own fault", None, crowd.fault)
    only(crowd.statuses, {200, 503}, "polls of the greedy tenant")
    victim.settled(2 * rounds)
    say(f"{count} pollers were answered {dict(crowd.statuses)}, {crowd.ended} hung up on")


def a_plan_of_zero_stops_submits_and_nothing_else(lab):
    server = lab.server("zero")
    server.start()
    operator = server.caller()
    made = operator.post("/v1/admin/plans", {"plan": "none",
                                             "rate": {"requests": 0, "window_s": 60}})
    expect_equal("a plan of 0", 200, made.status)
    token = tenant(operator, "stopped", [*SCOPES, "admin", "ops:read"], plan="none")
    caller = Caller(server.port, token)
    body = {"job": "remote", "input": {}, "max_cost_usd": "0.0010"}
    expect_equal("a submit", 429, caller.submit("one", body).status)
    for path in ("/v1/runs", "/v1/budget", "/v1/approvals"):
        expect_equal(path, 200, caller.get(path).status)
    expect_equal("a lease", 200, caller.post("/v1/work/lease", {"jobs": ["remote"]}).status)
    halt = {"mode": "safe", "scope": "tenant:stopped", "reason": "a plan of 0"}
    expect_equal("raising a mode", 200, caller.post("/v1/halt", halt).status)
    expect_equal("lowering it again", 200,
                 caller.post("/v1/halt", {**halt, "mode": "normal"}).status)
    expect_equal("another plan", 200, caller.post("/v1/admin/plans", {
        "plan": "none", "rate": {"requests": 9, "window_s": 60}}).status)
    expect_equal("a submit afterwards", 202, caller.submit("one", body).status)


def a_key_that_is_revoked_during_a_poll_gets_no_work(lab):
    server = lab.server("revoked")
    server.start()
    victim = Victim(server)
    operator = server.caller()
    made = key(operator, "victim", ["work"])
    poller = Asker(server.port, polling(made["token"], "remote"), times=1)
    poller.socket.setblocking(True)
    poller.send()
    expect_equal("revoking it", 200,
                 operator.post(f"/v1/admin/keys/{made['key_id']}/revoke").status)
    run = victim.submit()
    expect_equal("the poll of a key that was revoked", [401], poller.receive())
    expect_equal("who gets the work", [run], [item["run_id"] for item in victim.lease()])


def upper_tiles_come_after_a_start_and_delay_nobody(lab):
    server = filled(lab, "tiles")
    expect_equal("exit code", 0, server.stop())
    server.start()
    victim = Victim(server)
    stranger = Caller(server.port, "")
    for _ in range(100):
        victim.lease()
        answer = stranger.get("/ledger/tile/1/000.p/1")
        expect(answer.status in (200, 503), f"an upper tile was answered {answer.status}")
        if answer.status == 200:
            break
    expect_equal("the upper tile in the end", 200, answer.status)


CASES = [
    strangers_on_open_routes_keep_nobody_from_working,
    one_address_is_answered_at_its_rate_and_others_go_on,
    one_tenants_pages_keep_no_other_tenant_from_working,
    clients_that_do_not_read_are_made_few_pages,
    one_tenants_idle_polls_leave_all_others_their_places,
    a_plan_of_zero_stops_submits_and_nothing_else,
    a_key_that_is_revoked_during_a_poll_gets_no_work,
    upper_tiles_come_after_a_start_and_delay_nobody,
]


if __name__ == "__main__":
    sys.exit(laboratory.program(__doc__, "fairness_test", CASES))
