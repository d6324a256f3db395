"""The people of a ledger: who may approve what."""
from cases import expect_equal

SCOPES = ["admin", "ops:read", "runs:read"]


def add(caller, person, roles):
    """Registers a person, who claims a key, and returns its token. They count a day later."""
    answer = caller.post("/v1/admin/people", {"person": person, "name": person.title(),
                                              "roles": roles})
    expect_equal(f"adding {person}", 201, answer.status)
    key = caller.post("/v1/admin/keys", {"tenant": "default", "owner": person, "scopes": SCOPES})
    expect_equal(f"a key for {person}", 201, key.status)
    claimed = caller.post("/v1/keys/claim", {"code": key.body["claim_code"]})
    expect_equal(f"{person} claiming the key", 200, claimed.status)
    return claimed.body["token"]
