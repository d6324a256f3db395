#include "cli/online.h"

#include <fmt/format.h>

#include "cli/files.h"

namespace tally::cli {

namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  auto const first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

}  // namespace

Result<std::string> find_key(Call& call) {
  if (call.key) return *call.key;
  std::string const file = call.data + "/operator.key";
  auto const content = read_file(call.console, file);
  std::string const key = content ? trimmed(*content) : "";
  if (!key.empty()) return key;
  return fail("no_key", fmt::format("there is no key: TALLY_KEY is not set and {}",
                                    content ? file + " is empty" : content.error().detail));
}

ExitCode online(Call& call, std::function<ExitCode(client::TallyClient&)> const& work) {
  auto const url = client::parse_server_url(call.server);
  if (!url) {
    return report(call, ExitCode::usage, url.error(),
                  "mend --server or TALLY_SERVER; the default is http://127.0.0.1:7070");
  }
  auto const key = find_key(call);
  if (!key) {
    return report(call, ExitCode::usage, key.error(),
                  "export TALLY_KEY=tk_..., or name the server's data directory with --data");
  }
  client::TallyClient client(*url, *key);
  return work(client);
}

}  // namespace tally::cli
