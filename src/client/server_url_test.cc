#include "client/server_url.h"

#include <gtest/gtest.h>

namespace tally::client {

TEST(ServerUrl, IsReadFromItsText) {
  for (auto const* const text :
       {"http://127.0.0.1:7070", "http://localhost", "https://example.org", "https://[::1]:7070",
        "http://[2001:db8::1]", "https://example.org/ledger", "https://example.org:8443/a/b"})
    EXPECT_EQ(parse_server_url(text).value().text, text);
  EXPECT_EQ(parse_server_url("http://localhost:7070/").value().text, "http://localhost:7070");
  EXPECT_EQ(parse_server_url("https://example.org/a//").value().text, "https://example.org/a");
}

TEST(ServerUrl, RefusesWhatItCannotReach) {
  for (auto const* const text : {"",
                                 "127.0.0.1:7070",
                                 "ftp://a",
                                 "HTTP://a",
                                 "http:/a",
                                 "http://",
                                 "https:///a",
                                 "http://:7070",
                                 "http://a:",
                                 "http://a:0",
                                 "http://a:65536",
                                 "http://a:7x",
                                 "http://a:-1",
                                 "http://a?b",
                                 "http://a/b?c",
                                 "http://a/#b",
                                 "http://u@a",
                                 "https://u:p@a/b",
                                 "http://[::1",
                                 "http://[::1]7",
                                 "http://[]",
                                 "http://[fe80::1%25eth0]",
                                 "http://a b",
                                 "http://a\nb",
                                 "http://a\\b",
                                 "http://a/b c"}) {
    auto const url = parse_server_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, "malformed");
  }
}

}  // namespace tally::client
