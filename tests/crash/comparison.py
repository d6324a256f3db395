"""Holds the diary (what was acknowledged), the ledger's history and the server's answers against
one another. Each function adds sentences to `faults`; none means that all three tally."""
from caller import micros
from cases import Broken

READINGS_MAX = 100
OLD_RUNS_ASKED = 10  # acknowledged in earlier lives, asked again at random after each crash


def diary_with_history(diary, history, faults):
    """Whatever was acknowledged is in the ledger, at the place and with the bytes as was said."""
    for one in diary.submitted.values():
        life = history.runs.get(one.run)
        if life is None:
            faults.append(f"{one.run} was acknowledged under {one.key} and is lost")
        elif (life.seq, life.leaf) != (one.seq, one.leaf):
            faults.append(f"{one.run} was acknowledged as event {one.seq} and is {life.seq}")
    for run, fence in diary.started:
        if run not in history.runs or fence not in history.runs[run].starts:
            faults.append(f"the start of {run} at fence {fence} was acknowledged and is lost")
    for run, (status, charged, released) in diary.settled.items():
        life = history.runs.get(run)
        found = life and (life.phase, life.charged, life.released)
        if found != (status, micros(charged), micros(released)):
            faults.append(f"{run} was acknowledged as {status}, {charged} charged; "
                          f"the ledger has {found}")


def one_start_for_each_fence(history, faults):
    for run, life in history.runs.items():
        if len(set(life.starts)) != len(life.starts):
            faults.append(f"{run} was started twice under one fence: {life.starts}")


def budget_at_rest(caller, history):
    """A budget between two readings of the ledger that show no money moving: leases run out and
    the server's own worker goes on while we look."""
    for _ in range(READINGS_MAX):
        before = dict(history.accounts)
        budget = caller.get("/v1/budget").body
        history.read_on(caller)
        if before == dict(history.accounts):
            return budget
    raise Broken("money moved at each look at the budget")


def money(caller, history, faults):
    budget_with_history(budget_at_rest(caller, history), history, faults)


def budget_with_history(budget, history, faults):
    """Credits are conserved, in the answer and against the ledger's postings."""
    granted = micros(budget["granted_usd"])
    parts = {name: micros(budget[name + "_usd"]) for name in ("available", "held", "spent")}
    if sum(parts.values()) != granted:
        faults.append(f"{parts} do not sum to the {granted} that were granted")
    parts["overrun"] = micros(budget["overrun_usd"])
    for name, amount in parts.items():
        if amount != history.accounts[name]:
            faults.append(f"{name} is {amount} and the ledger's postings say "
                          f"{history.accounts[name]}")
    if parts["held"] != history.held_by_live_runs():
        faults.append(f"{parts['held']} are held and live runs hold {history.held_by_live_runs()}")


def keys_answer_as_before(client, diary, keys):
    """The same key again, with the same body: `Diary.accepted` compares."""
    for key in keys:
        body = diary.submitted[key].body if key in diary.submitted else diary.open_keys[key]
        answer = client.submit(key, body)
        if answer.status != 202:
            diary.fault(f"key {key}, asked again after a crash: {answer}")


def runs_answer_as_the_ledger_says(caller, diary, history, keys, faults):
    for key in keys:
        run = diary.submitted[key].run
        answer = caller.get(f"/v1/runs/{run}")
        life = history.runs.get(run)
        if answer.status != 200:
            faults.append(f"{run} was acknowledged and is not found: {answer}")
        elif life and life.phase in ("succeeded", "failed", "expired", "cancelled"):
            cost = answer.body["cost"]
            found = (answer.body["status"], micros(cost["charged_usd"]))
            if found != (life.phase, life.charged):
                faults.append(f"{run} is answered as {found} and the ledger has "
                              f"{(life.phase, life.charged)}")
            if life.phase == "succeeded":
                result = caller.get(f"/v1/runs/{run}/result")
                if result.status != 200:
                    faults.append(f"the result of {run} cannot be read: {result}")


def verified(code, report, history_size, faults):
    """`tally ledger verify` over the directory of the dead server."""
    if code != 0 or not report.get("ok"):
        faults.append(f"ledger verify: exit code {code}, {report}")
    elif report["events"] < history_size:
        faults.append(f"ledger verify counts {report['events']} events and {history_size} "
                      "had been read")


def after_a_crash(server, client, diary, history, rng, new_keys, faults):
    """All that must hold when the server serves again. `new_keys`: of the life that ended."""
    history.read_on(client.caller)
    money(client.caller, history, faults)
    diary_with_history(diary, history, faults)
    one_start_for_each_fence(history, faults)
    old = rng.sample(diary.keys, min(OLD_RUNS_ASKED, len(diary.keys)))
    acknowledged = sorted(set(new_keys + old))
    runs_answer_as_the_ledger_says(client.caller, diary, history, acknowledged, faults)
    keys_answer_as_before(client, diary, acknowledged + sorted(diary.open_keys))
    faults += history.faults + diary.faults
    history.faults.clear()
    diary.faults.clear()
    if server.ended():
        faults.append(f"the server ended by itself: {server.last_words()}")
