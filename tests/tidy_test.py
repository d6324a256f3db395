#!/usr/bin/env python3
"""Does tests/tidy.py choose the sources that it should, and does it see what it is there for?"""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tidy  # noqa: E402

KNOWN = ["src/base/hex.cc", "src/domain/core.cc", "src/json/parse.cc"]
FAULTY = """#include <string>
#include <utility>
std::size_t f(std::string text) {
  std::string const kept = std::move(text);
  return kept.size() + text.size();
}
"""


class Choice(unittest.TestCase):
    def test_keeps_the_order_of_the_commits_and_takes_each_once(self):
        changed = ["src/json/parse.cc", "README.md", "src/base/hex.cc", "src/json/parse.cc"]
        self.assertEqual(tidy.sources_of(changed, KNOWN), ["src/json/parse.cc", "src/base/hex.cc"])

    def test_of_a_header_is_its_source_or_one_that_includes_it(self):
        self.assertEqual(tidy.sources_of(["src/base/hex.h"], KNOWN), ["src/base/hex.cc"])
        self.assertEqual(tidy.sources_of(["src/domain/facts.h"], ["src/domain/facts.cc"]),
                         ["src/domain/facts.cc"])
        self.assertEqual(tidy.sources_of(["src/domain/run/decide.h"], KNOWN), ["src/domain/core.cc"])

    def test_leaves_out_tests_and_what_is_not_ours(self):
        with tempfile.TemporaryDirectory() as folder:
            build = pathlib.Path(folder)
            paths = ["src/base/hex.cc", "src/base/base_test.cc", "bench/submit.cc"]
            (build / "compile_commands.json").write_text(
                json.dumps([{"file": str(tidy.ROOT / path)} for path in paths]))
            self.assertEqual(tidy.known_sources(build), ["src/base/hex.cc"])


@unittest.skipUnless(shutil.which(tidy.PROGRAM), f"{tidy.PROGRAM} is not installed")
class Checks(unittest.TestCase):
    def test_see_what_is_used_after_it_was_moved_and_not_what_gcc_says(self):
        with tempfile.TemporaryDirectory() as folder:
            build = pathlib.Path(folder)
            shutil.copy(tidy.ROOT / ".clang-tidy", build)
            source = build / "faulty.cc"
            source.write_text(FAULTY)
            (build / "compile_commands.json").write_text(json.dumps([{
                "directory": folder, "file": str(source),
                "command": f"c++ -std=c++20 -Wlogical-op -Wall -c {source}"}]))
            said = tidy.check(build, source)
            self.assertIn("bugprone-use-after-move", said)
            self.assertEqual(said.count("error:"), 1, said)
            source.write_text(FAULTY.replace("std::move(text)", "text + text"))
            self.assertEqual(tidy.check(build, source), "")


if __name__ == "__main__":
    if not shutil.which(tidy.PROGRAM):
        print(f"skipped: what clang-tidy sees: {tidy.PROGRAM} is not installed")
    unittest.main()
