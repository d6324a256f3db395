#include "base/redact.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/prng.h"

namespace tally {
namespace {

TEST(Redaction, TakesOutWhatIsNamedLikeASecret) {
  for (auto const& [text, clean] : std::vector<std::pair<std::string, std::string>>{
           {"password=hunter2 rest", "password=[redacted] rest"},
           {R"({"api_key": "abc", "n": 1})", R"({"api_key": [redacted], "n": 1})"},
           {R"({"password":"correct horse battery"})", R"({"password":[redacted]})"},
           {"password=abc#hunter2 rest", "password=[redacted] rest"},
           {"DB_PASSWORD_PROD: p@ss/word! end", "DB_PASSWORD_PROD: [redacted] end"},
           {"pwd=hunter2", "pwd=[redacted]"},
           {"aws_secret_key = wJalr", "aws_secret_key = [redacted]"},
           {"pass: x", "pass: [redacted]"},
           {"Authorization: Bearer abc", "Authorization:[redacted]"},
           {"Authorization: Basic dXNlcjpwYXNz and more", "Authorization:[redacted]"},
           {"Cookie: a=1; sid=s3cr3t", "Cookie:[redacted]"},
           {"sent Basic dXNlcjpwYXNz today", "sent Basic [redacted] today"},
           {"postgres://app:hunter2@db/x is down", "postgres://[redacted]@db/x is down"}})
    EXPECT_EQ(redacted(text, 200), clean) << text;
}

TEST(Redaction, TakesOutWhatLooksLikeASecret) {
  for (std::string_view const secret :
       {"tk_x", "tk_3fKq9", "canary-5ecret-9d1f", "AKIAIOSFODNN7EXAMPLE", "eyJhbGciOi",
        "sk-proj-abcDEF0123456789", "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC/KcwggSjAgEAAoIBAQC7+VJT"}) {
    auto const line = redacted("failed with " + std::string(secret) + " today", 200);
    EXPECT_EQ(line, "failed with [redacted] today") << secret;
  }
}

// Letters alone: nothing else about them looks like a secret.
TEST(Redaction, TakesOutTokensThatTheirIssuersPrefixAnnounces) {
  std::string const tail = "abcdefghijklmnopqrst";
  for (std::string_view const prefix :
       {"hf_", "npm_", "ghp_", "github_pat_", "glpat-", "sk-", "sk_live_", "pypi-", "xoxb-", "SG.",
        "gsk_", "hvs.", "ya29."}) {
    std::string const token = std::string(prefix) + tail;
    EXPECT_EQ(redacted("failed with " + token + " today", 200), "failed with [redacted] today")
        << prefix;
    EXPECT_EQ(redacted("got /v1/" + token, 200).find(tail), std::string::npos) << prefix;
    EXPECT_EQ(redacted("HF=" + token + " x", 200).find(tail), std::string::npos) << prefix;
  }
  EXPECT_EQ(redacted("sk-learn and npm_config and hf_hub", 200),
            "sk-learn and npm_config and hf_hub");
}

TEST(Redaction, LeavesWordsNumbersPathsAndOurOwnIds) {
  for (std::string_view const text :
       {"cannot open jobs/log-patterns/work.sh: No such file", "exit code 127 after 3.5 s",
        "/var/lib/tally/ledger/0000000000.seg: EIO", "the token was refused", "no password given",
        "https://example.com/a@b", "run_0123456789abcdef lost its lease_0123456789abcdef",
        "2026-11-21T09:43:08.123456Z",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "4bf92f3577b34da6a3ce929d0e0e4736", "Gr\u00f6\u00dfe \u20ac 5"}) {
    EXPECT_EQ(redacted(text, 200), text);
  }
}

TEST(Redaction, MakesOneShortLineOfAnything) {
  EXPECT_EQ(redacted("a\r\nb\x1b[31m\xff", 200), "a b [31m");
  EXPECT_EQ(redacted(std::string(300, 'x'), 200).size(), 200u);
  EXPECT_EQ(redacted("abc\u20ac", 5), "abc");
  Prng random(7);
  for (int i = 0; i < 2'000; ++i) {
    std::string text;
    for (auto n = random.below(300); n > 0; --n) text += static_cast<char>(random.next() >> 56);
    auto const line = redacted(text, 100);
    EXPECT_LE(line.size(), 100u);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(redacted(line, 100), line);
  }
}

TEST(RedactedTail, KeepsTheEndOfATextLineByLine) {
  EXPECT_EQ(redacted_tail("one\npassword=hunter2\nthree\n", 200),
            "one\npassword=[redacted]\nthree");
  EXPECT_EQ(redacted_tail("", 200), "");
  std::string const long_text = "secret_key=abc" + std::string(300, 'x') + "\nlast line";
  EXPECT_EQ(redacted_tail(long_text, 100), "last line")
      << "the front of a line that was cut is out";
  EXPECT_EQ(redacted_tail(std::string(300, 'x'), 100), "");
  std::string line(300, 'x');
  line += " end";
  EXPECT_EQ(redacted_tail(line, 100), "end");
  Prng random(8);
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (auto n = random.below(400); n > 0; --n) text += static_cast<char>(random.next() >> 56);
    EXPECT_LE(redacted_tail(text, 100).size(), 100u);
  }
}

}  // namespace
}  // namespace tally
