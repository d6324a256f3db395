#!/usr/bin/env python3
"""Adds up single test cases of one ctest run and prints "PASSED FAILED".

    count_tests.py JUNIT_XML GTEST_DIR

JUNIT_XML is ctest's --output-junit (one entry a program), GTEST_DIR holds a GoogleTest XML file
for each program that reached its end. A program that failed without a failed case (it crashed, a
sanitizer spoke at its exit, it ran out of time) counts as one failure. Skipped cases count as
neither, and are named on stderr with their reasons; so is what a program of another kind skips, by
a line "skipped: ...".
"""
import pathlib
import sys
import xml.etree.ElementTree as xml


def cases(report):
    passed = failed = 0
    for case in xml.parse(report).getroot().iter("testcase"):
        skipped = case.find("skipped")
        if skipped is not None:
            reason = " ".join(skipped.get("message", "").split())
            print(f"skipped: {case.get('classname')}.{case.get('name')}: {reason}",
                  file=sys.stderr)
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.get("status") == "run":
            passed += 1
    return passed, failed


def main(junit, directory):
    passed = failed = 0
    for program in xml.parse(junit).getroot().iter("testcase"):
        for line in (program.findtext("system-out") or "").splitlines():
            if line.startswith("skipped:"):
                print(line, file=sys.stderr)
        good = program.get("status") == "run"
        report = pathlib.Path(directory) / (program.get("name") + ".xml")
        ran, broke = cases(report) if report.exists() else (int(good), 0)
        if not good and broke == 0:
            print(f"failed as a whole: {program.get('name')}", file=sys.stderr)
            broke = 1
        passed += ran
        failed += broke
    print(passed, failed)


main(*sys.argv[1:])
