"""Named cases of one test program: run, told, counted like those of GoogleTest.

A case is a function whose name is a sentence. It returns when the sentence is true, raises Broken
when it is not, and Skipped when this machine cannot tell. GTEST_FILTER selects cases and
GTEST_OUTPUT=xml:DIR/ leaves a report that packaging/count_tests.py adds up, so that the `test`
script treats these programs as it treats the others.
"""
import collections
import fnmatch
import os
import pathlib
import time
import traceback
import xml.etree.ElementTree as xml

# Exit codes of the project.
YES = 0
NO = 1
USAGE = 2
INTERNAL = 4


class Broken(Exception):
    """What the case says is not so."""


class Skipped(Exception):
    """The machine lacks what the case needs; the reason is for people."""


def expect(truth, otherwise):
    if not truth:
        raise Broken(otherwise)


def expect_equal(what, wanted, found):
    if wanted != found:
        raise Broken(f"{what} should be {wanted!r} and is {found!r}")


def chosen(suite, name):
    wanted = os.environ.get("GTEST_FILTER", "*")
    positive, _, negative = wanted.partition("-")
    full = f"{suite}.{name}"

    def matches(patterns):
        return any(fnmatch.fnmatchcase(full, one) for one in patterns.split(":") if one)

    return matches(positive or "*") and not matches(negative)


def run_one(case, lab):
    """The verdict of one case: "ok", "failed", "skipped" or "internal", and why."""
    try:
        case(lab)
        return "ok", ""
    except Skipped as reason:
        return "skipped", str(reason)
    except Broken as fault:
        return "failed", str(fault)
    except Exception:  # a fault of the laboratory itself, which must not pass for a good result
        return "internal", traceback.format_exc()


def write_report(suite, rows):
    output = os.environ.get("GTEST_OUTPUT", "")
    if not output.startswith("xml:") or not output.endswith("/"):
        return
    root = xml.Element("testsuites", name=suite)
    group = xml.SubElement(root, "testsuite", name=suite)
    for name, verdict, why, seconds in rows:
        row = xml.SubElement(group, "testcase", name=name, classname=suite, status="run",
                             time=f"{seconds:.3f}")
        if verdict in ("failed", "internal"):
            xml.SubElement(row, "failure", message=why)
        elif verdict == "skipped":
            xml.SubElement(row, "skipped", message=why)
    path = pathlib.Path(output.removeprefix("xml:")) / f"{suite}.xml"
    xml.ElementTree(root).write(path, encoding="unicode")


def run(suite, cases, lab):
    """Runs the chosen cases in order and says what each came to. Returns the exit code."""
    rows = []
    for case in cases:
        if not chosen(suite, case.__name__):
            continue
        print(f"{suite}.{case.__name__} ...", flush=True)
        began = time.monotonic()
        verdict, why = run_one(case, lab)
        seconds = time.monotonic() - began
        rows.append((case.__name__, verdict, why, seconds))
        print(f"  {verdict} ({seconds:.1f} s)" + (f": {why}" if why else ""), flush=True)
    write_report(suite, rows)
    count = collections.Counter(verdict for _, verdict, _, _ in rows)
    print(f"{suite}: {count['ok']} passed, {count['failed'] + count['internal']} failed, "
          f"{count['skipped']} skipped", flush=True)
    if count["internal"]:
        return INTERNAL
    return NO if count["failed"] else YES
