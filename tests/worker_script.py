#!/usr/bin/env python3
"""examples/worker.sh against a server whose answers are written down: what it does when there is no
room, when a person has stopped everything, and when no work is left.

    tests/worker_script.py PATH_OF_worker.sh
"""
import http.server
import json
import os
import subprocess
import sys
import threading
import unittest

SCRIPT = sys.argv.pop(1)
ITEM = {"lease_id": "lease_0123456789abcdef", "fence": 1, "run_id": "run_0123456789abcdef",
        "input": {"text": "one two"}}
NO_WORK = (200, {}, {"work": []})


def problem(status, code, fields):
    return status, fields, {"status": status, "code": code, "detail": f"the detail of {code}"}


class Canned:
    """Gives the next answer, whatever is asked, and keeps what was asked."""

    def __init__(self, answers):
        self.answers = list(answers)
        self.asked = []
        canned = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                canned.asked.append((self.path, json.loads(body)))
                status, fields, answer = canned.answers.pop(0)
                text = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**fields, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def work(self):
        url = f"http://127.0.0.1:{self.server.server_port}"
        ran = subprocess.run(["bash", SCRIPT, url], env={**os.environ, "TALLY_KEY": "tk_x"},
                             capture_output=True, text=True, check=False)
        self.server.shutdown()
        self.server.server_close()
        return ran


class Worker(unittest.TestCase):
    def test_asks_again_where_there_is_no_room_and_ends_well_when_no_work_is_left(self):
        canned = Canned([problem(503, "overloaded", {"Retry-After": "0"}),
                         problem(429, "rate_limited", {"retry-after": "0"}), NO_WORK])
        ran = canned.work()
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(len(canned.asked), 3)

    def test_ends_with_a_sentence_where_only_a_person_lets_it_go_on(self):
        canned = Canned([problem(503, "halted", {"x-should-retry": "false"})])
        ran = canned.work()
        self.assertEqual(ran.returncode, 1)
        self.assertIn("answers 503: the detail of halted", ran.stderr)
        self.assertEqual(len(canned.asked), 1)

    def test_ends_with_a_sentence_where_there_is_never_room(self):
        canned = Canned([problem(503, "overloaded", {"Retry-After": "0"})] * 5)
        ran = canned.work()
        self.assertEqual(ran.returncode, 1)
        self.assertIn("answers 503: the detail of overloaded", ran.stderr)

    def test_ends_with_a_sentence_where_its_key_may_not_work(self):
        ran = Canned([problem(403, "forbidden", {})]).work()
        self.assertEqual(ran.returncode, 1)
        self.assertIn("answers 403: the detail of forbidden", ran.stderr)

    def test_does_the_work_and_reports_it(self):
        canned = Canned([(200, {}, {"work": [ITEM]}), (200, {}, {}), (200, {}, {}), NO_WORK])
        ran = canned.work()
        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertEqual(canned.asked[2], ("/v1/work/lease_0123456789abcdef/complete",
                                           {"fence": 1, "result": {"words": 2}}))
        self.assertIn("run_0123456789abcdef done", ran.stdout)


if __name__ == "__main__":
    unittest.main()
