#!/usr/bin/python3
"""Counts the line patterns of a log.

Input:  {"name": "...", "log": "..."} or {"name": "...", "lines": ["...", ...]}; optionally
        "pause_s": N, to wait before the work so that somebody can watch it run.
Output: {"name", "lines", "levels": {LEVEL: n}, "distinct": n, "patterns": [{"pattern", "count"}]}
        with the ten most frequent patterns; a pattern is a line whose ids, addresses, times and
        numbers are masked.
"""
import collections
import json
import re
import sys
import time

TOP = 10
PATTERN_CHARS_MAX = 300
LEVEL = re.compile(r"\b(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b")
# Masked in this order: what is most particular first.
MASKS = [
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.I), "<uuid>"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2}([.,]\d+)?)?\b"), "<date>"),
    (re.compile(r"\b\d{2}:\d{2}:\d{2}([.,]\d+)?\b"), "<time>"),
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b"), "<address>"),
    (re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{16,}\b", re.I), "<hex>"),
    (re.compile(r"\d+(\.\d+)?"), "<n>"),
]


def pattern_of(line):
    for mask, name in MASKS:
        line = mask.sub(name, line)
    return line.strip()[:PATTERN_CHARS_MAX]


def level_of(line):
    found = LEVEL.search(line)
    return found.group(1) if found else "none"


def summary(document):
    lines = document["lines"] if "lines" in document else document["log"].splitlines()
    lines = [line for line in lines if line.strip()]
    patterns = collections.Counter(pattern_of(line) for line in lines)
    by_count = sorted(patterns.items(), key=lambda item: (-item[1], item[0]))
    return {
        "name": document.get("name", ""),
        "lines": len(lines),
        "levels": dict(collections.Counter(level_of(line) for line in lines)),
        "distinct": len(patterns),
        "patterns": [{"pattern": p, "count": n} for p, n in by_count[:TOP]],
    }


def main():
    document = json.load(sys.stdin)
    if not isinstance(document, dict) or ("log" not in document and "lines" not in document):
        sys.exit('log-patterns: the input needs "log" (text) or "lines" (list of texts)')
    time.sleep(document.get("pause_s", 0))
    json.dump(summary(document), sys.stdout, sort_keys=True)


main()
