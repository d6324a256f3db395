#include "cli/online.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/files.h"
#include "cli/shown.h"
#include "platform/curl_outbound.h"
#include "platform/os_entropy.h"

namespace tally::cli {

namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  auto const first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

// Said before anything else of the answer: it speaks of then, not of now.
void say_repeated(Call& call, client::Repetition const& repetition) {
  call.repeated = true;
  call.console.note(fmt::format(
      "repeated: this was answered {}; nothing was done again",
      repetition.answered_at ? "at " + moment_text(*repetition.answered_at) + " UTC" : "before"));
}

std::string key_for(Call& call) {
  if (!call.idempotency_key) {
    call.idempotency_key = random_idempotency_key();
    call.console.note("idempotency key " + *call.idempotency_key);
  }
  return *call.idempotency_key;
}

ExitCode no_server(Call& call, Error const& error) {
  return report(call, ExitCode::usage, error,
                "mend --server or TALLY_SERVER; the default is http://127.0.0.1:7070");
}

// How this call reaches its server.
struct Way {
  platform::CurlLibrary library;
  platform::CurlOutbound outbound;

  explicit Way(Call const& call)
      : outbound(library, {.ca_file = call.ca_file,
                           .proxies = {.http = call.environment.http_proxy.value_or(""),
                                       .https = call.environment.https_proxy.value_or(""),
                                       .none_for = call.environment.no_proxy.value_or("")}}) {}
};

}  // namespace

std::string random_idempotency_key() {
  std::array<std::uint8_t, 16> bytes{};
  platform::OsEntropy().fill(bytes);
  return "cli-" + to_hex(bytes);
}

Result<std::string> find_key(Call& call) {
  if (call.environment.key && !trimmed(*call.environment.key).empty()) {
    std::string key = trimmed(*call.environment.key);
    if (std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; })) return key;
    return fail("no_key", "TALLY_KEY holds a blank or another character that no key has");
  }
  std::string const file = call.data + "/operator.key";
  auto const content = read_file(call.console, file);
  std::string const key = content ? trimmed(*content) : "";
  if (!key.empty()) return key;
  return fail("no_key", fmt::format("there is no key: TALLY_KEY is {} and {}",
                                    call.environment.key ? "empty" : "not set",
                                    content ? file + " is empty" : content.error().detail));
}

ExitCode online(Call& call, std::function<ExitCode(client::TallyClient&)> const& work) {
  auto const url = client::parse_server_url(call.server);
  if (!url) return no_server(call, url.error());
  auto const key = find_key(call);
  if (!key) {
    return report(call, ExitCode::usage, key.error(),
                  "export TALLY_KEY=tk_..., or name the server's data directory with --data");
  }
  Way way(call);
  client::TallyClient client(
      way.outbound, *url, *key, [&call] { return key_for(call); },
      [&call](client::Repetition const& repetition) { say_repeated(call, repetition); },
      client::Texts::for_people);
  return work(client);
}

ExitCode without_key(Call& call, std::function<ExitCode(client::TallyClient&)> const& work) {
  auto const url = client::parse_server_url(call.server);
  if (!url) return no_server(call, url.error());
  Way way(call);
  client::TallyClient client(way.outbound, *url, "", {}, {}, client::Texts::for_people);
  return work(client);
}

}  // namespace tally::cli
