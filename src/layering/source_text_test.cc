#include "layering/source_text.h"

#include <gtest/gtest.h>

namespace tally::layering {
namespace {

// "form target@line" for each include, joined by blanks.
std::string found(std::string_view text) {
  std::string all;
  for (auto const& include : includes_of(text)) {
    auto form = include.form == Form::quoted ? "q" : include.form == Form::angle ? "a" : "c";
    all += (all.empty() ? "" : " ") + std::string(form) + ":" + include.target + "@" +
           std::to_string(include.line);
  }
  return all;
}

TEST(SourceText, FindsBothFormsWithTheirLines) {
  EXPECT_EQ(found("#pragma once\n\n#include \"a/b.h\"\n#include <vector>\n"),
            "q:a/b.h@3 a:vector@4");
}

TEST(SourceText, UnderstandsBlanksCommentsAndTheDigraph) {
  EXPECT_EQ(
      found("  #  include /* why */ <set> // note\n%:include \"x.h\"\n/* a */ # include <map>"),
      "a:set@1 q:x.h@2 a:map@3");
}

TEST(SourceText, IgnoresCommentsOfBothKinds) {
  EXPECT_EQ(found("// #include <a>\n/*\n#include <b>\n*/\n#include <c>\n"), "a:c@5");
}

TEST(SourceText, CarriesALineCommentOverABackslash) {
  EXPECT_EQ(found("// comment \\\n#include <a>\n#include <b>\n"), "a:b@3");
}

TEST(SourceText, IgnoresRawStringsEvenWithQuotesAndDelimiters) {
  EXPECT_EQ(found("auto s = R\"x(\n#include <a>\n)\" not the end\n#include <b>\n)x\";\n"
                  "auto t = u8R\"(\n#include <c>)\";\n#include <d>\n"),
            "a:d@8");
}

TEST(SourceText, KnowsAQuoteInACharacterFromAString) {
  EXPECT_EQ(found("char c = '\"';\n#include <a>\nchar d = '\\'';\n#include <b>\n"), "a:a@2 a:b@4");
}

TEST(SourceText, KnowsADigitSeparatorFromACharacter) {
  EXPECT_EQ(found("int n = 1'000'000; /*\n#include <a>\n*/\n#include <b>\n"), "a:b@4");
}

TEST(SourceText, JoinsSplicedLinesAndKeepsCounting) {
  EXPECT_EQ(found("#inc\\\nlude \\\r\n <a>\n#include <b>\n"), "a:a@1 a:b@4");
}

TEST(SourceText, NamesAComputedInclude) { EXPECT_EQ(found("#include HEADER\n"), "c:HEADER@1"); }

TEST(SourceText, TakesOnlyTheDirectiveItself) {
  EXPECT_EQ(found("#included <a>\n#if __has_include(<b>)\n#endif\nint x; #include <c>\n"), "");
}

TEST(SourceText, SurvivesUnfinishedText) {
  for (auto text : {"/*", "\"", "'", "R\"x(", "R\"", "#", "#include", "#include \"", "\\", "1'"})
    EXPECT_EQ(classify(text).size(), std::string_view(text).size());
}

TEST(SourceText, BlanksCommentsAndLiteralsInPlace) {
  EXPECT_EQ(code_only("f(\"rand()\"); // rand()\ng('x');"), "f(        );          \ng(   );");
}

}  // namespace
}  // namespace tally::layering
