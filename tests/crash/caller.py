"""HTTP to the server: JSON in, JSON out, one kept connection for each caller."""
import http.client
import json


class NoAnswer(Exception):
    """The connection ended without an answer: the outcome is unknown."""


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def code(self):
        """The problem's code; empty for a success."""
        return self.body.get("code", "") if self.status >= 400 else ""

    def __repr__(self):
        return f"{self.status} {json.dumps(self.body)[:300]}"


def read_body(raw):
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        return {"text": raw.decode(errors="replace")}
    return body if isinstance(body, dict) else {"value": body}


class Caller:
    def __init__(self, port, token, timeout_s=30):
        self.port = port
        self.token = token
        self.timeout_s = timeout_s
        self.connection = None

    def ask(self, method, path, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                         timeout=self.timeout_s)
        fields = {"Authorization": "Bearer " + self.token, **(headers or {})}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            fields["Content-Type"] = "application/json"
        try:
            self.connection.request(method, path, content, fields)
            response = self.connection.getresponse()
            return Answer(response.status, response.headers, read_body(response.read()))
        except (OSError, http.client.HTTPException) as fault:
            self.close()
            raise NoAnswer(f"{method} {path}: {fault!r}") from fault

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, body=None, headers=None):
        return self.ask("POST", path, {} if body is None else body, headers)

    def submit(self, key, body):
        return self.post("/v1/runs", body, {"Idempotency-Key": key})

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def micros(amount):
    """ "0.0005" as millionths; floating point would lose some. """
    whole, _, fraction = amount.partition(".")
    return int(whole) * 1_000_000 + int((fraction + "000000")[:6])
