#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/program_fixture.h"
#include "platform/outbound_peer_fixture.h"

namespace tally::cli {

namespace {

constexpr std::string_view kBudget =
    R"({"tenant":"default","plan":"unlimited","granted_usd":"100.0000","available_usd":"99.9500",)"
    R"("held_usd":"0.0500","spent_usd":"0.0000","overrun_usd":"0.0000","runs_live":1})";

class OnlineTls : public ::testing::Test {
 protected:
  OnlineTls() {
    std::string folder = (std::filesystem::temp_directory_path() / "tally-cli-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    std::ofstream(ca_file()) << platform::pem_of(authority_);
  }
  ~OnlineTls() override { std::filesystem::remove_all(folder_); }
  std::string ca_file() const { return folder_ + "/ca.pem"; }

  // `tally budget show` against one server; keeps what that was asked.
  Ran show(std::vector<std::string> const& more, std::optional<std::string> const& ca_file,
           std::string_view path = "") {
    platform::OutboundPeer peer({[&](platform::PeerWire& wire) {
      if (!wire.begin_tls(server_)) return;
      asked_ = wire.request();
      wire.send(platform::ok(kBudget));
      wire.end_tls();
    }});
    std::vector<std::string> words{"budget", "show", "--server",
                                   peer.url("https") + std::string(path)};
    words.insert(words.end(), more.begin(), more.end());
    return run_tally(words, {.environment = {.server = {}, .key = "tk_x", .ca_file = ca_file}});
  }

  std::string folder_;
  std::string asked_;
  platform::Identity authority_ = platform::made({.name = "Test Authority", .alt_names = ""});
  platform::Identity server_ =
      platform::made({.name = "ledger", .alt_names = "IP:127.0.0.1"}, &authority_);
};

}  // namespace

TEST_F(OnlineTls, TrustsTheFileThatIsNamed) {
  Ran const by_option = show({"--ca-file", ca_file()}, {}, "/ledger/");
  EXPECT_EQ(by_option.code, ExitCode::yes) << by_option.err;
  EXPECT_TRUE(contains(by_option.out, "99.9500")) << by_option.out;
  EXPECT_TRUE(asked_.starts_with("GET /ledger/v1/budget HTTP/1.1\r\n")) << asked_;
  Ran const by_environment = show({}, ca_file());
  EXPECT_EQ(by_environment.code, ExitCode::yes) << by_environment.err;
}

TEST_F(OnlineTls, SaysHowToTrustAServerThatIsNotTrusted) {
  Ran const ran = show({}, {});
  EXPECT_EQ(ran.code, ExitCode::failed);
  EXPECT_TRUE(contains(ran.err, "certificate is not trusted")) << ran.err;
  EXPECT_TRUE(contains(ran.err, "--ca-file")) << ran.err;
  EXPECT_EQ(asked_, "");
}

}  // namespace tally::cli
