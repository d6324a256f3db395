#include "server/config.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <vector>

#include "base/nearest.h"
#include "merkle/vkey.h"
#include "platform/process_fd.h"

namespace tally::server {

namespace {

using Setter = std::function<bool(Config&, toml::node const&)>;

Setter whole(std::int64_t low, std::int64_t high, std::function<void(Config&, std::int64_t)> set) {
  return [=](Config& config, toml::node const& node) {
    auto const value = node.value_exact<std::int64_t>();
    if (!value || *value < low || *value > high) return false;
    set(config, *value);
    return true;
  };
}
Setter small(std::int64_t low, std::int64_t high, std::uint32_t Config::*member) {
  return whole(low, high, [member](Config& config, std::int64_t n) {
    config.*member = static_cast<std::uint32_t>(n);
  });
}
Setter flag(std::function<void(Config&, bool)> set) {
  return [=](Config& config, toml::node const& node) {
    auto const value = node.value_exact<bool>();
    if (value) set(config, *value);
    return value.has_value();
  };
}
Setter text(std::function<bool(Config&, std::string const&)> set) {
  return [=](Config& config, toml::node const& node) {
    auto const value = node.value_exact<std::string>();
    return value && set(config, *value);
  };
}

// "http://host[:port]", without a path: what stands before the path of a link.
bool is_origin(std::string_view url) {
  for (std::string_view scheme : {"https://", "http://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    return !url.empty() && url.find_first_of("/?#@ \t\"<>\\") == std::string_view::npos;
  }
  return false;
}

bool set_public_url(Config& config, std::string const& url) {
  config.public_url = url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
  return is_origin(config.public_url);
}

struct Key {
  char const* want;
  Setter set;
};

constexpr std::int64_t kYear = 365 * 86'400;

std::map<std::string, Key, std::less<>> const& keys() {
  static std::map<std::string, Key, std::less<>> const table{
      {"attestor.every_s",
       {"seconds, 1 to a year",
        whole(1, kYear, [](Config& c, std::int64_t n) { c.attest_every = seconds(n); })}},
      {"attestor.snapshot_every_events",
       {"a whole number from 1 to 1000000000", whole(1, 1'000'000'000,
                                                     [](Config& c, std::int64_t n) {
                                                       c.snapshot_every_events =
                                                           static_cast<std::uint64_t>(n);
                                                     })}},
      {"first.grant_usd",
       {"an amount in quotes such as \"100.00\"", text([](Config& c, std::string const& s) {
          auto const amount = parse_usd(s);
          if (amount) c.first_grant = *amount;
          return amount.has_value();
        })}},
      {"first.origin",
       {"a name without spaces and '+', such as \"example.com/ledger\"",
        text([](Config& c, std::string const& s) {
          c.origin = s;
          return merkle::is_key_name(s);
        })}},
      {"http.behind_tls_proxy",
       {"true or false", flag([](Config& c, bool b) { c.behind_tls_proxy = b; })}},
      {"http.open_per_minute",
       {"a whole number from 1 to 1000000",
        whole(1, 1'000'000, [](Config& c, std::int64_t n) { c.open_per_minute = n; })}},
      {"http.public_url",
       {"the address that callers use, such as \"https://tally.example.com\", without a path",
        text(set_public_url)}},
      {"http.rate_fields", {"\"draft-11\" or \"off\"", text([](Config& c, std::string const& s) {
                              c.rate_fields = s == "draft-11";
                              return s == "draft-11" || s == "off";
                            })}},
      {"http.threads", {"a whole number from 1 to 64", small(1, 64, &Config::http_threads)}},
      {"http.unauthenticated_connections",
       {"a whole number from 1 to 1024", small(1, 1024, &Config::unauthenticated_connections)}},
      {"leases.heartbeat_s",
       {"seconds, 1 to 3600",
        whole(1, 3600, [](Config& c, std::int64_t n) { c.heartbeat = seconds(n); })}},
      {"worker.slots", {"a whole number from 1 to 256", small(1, 256, &Config::worker_slots)}},
  };
  return table;
}

// What is wrong with a file, each with its line; 0 stands for the file as a whole.
struct Fault {
  std::uint32_t line = 0;
  std::string what;
};

std::string meant(std::string const& name) {
  std::vector<std::string> known;
  for (domain::Setting const& one : domain::kSettings) known.emplace_back(one.name);
  for (auto const& [key, setter] : keys()) known.push_back(key);
  auto const guess = nearest(name, known);
  return guess ? "; did you mean " + *guess + "?" : "";
}

bool read_setting(domain::Setting const& setting, toml::node const& node, Config& config) {
  auto const value = node.value_exact<std::int64_t>();
  if (!value || *value < setting.min || *value > setting.max) return false;
  config.settings.insert({.name = std::string(setting.name), .value = *value});
  return true;
}

std::string bounds_of(domain::Setting const& setting) {
  bool const seconds = setting.unit == domain::SettingUnit::seconds;
  return fmt::format("{} must be a whole number {}from {} to {}", setting.name,
                     seconds ? "of seconds " : "", setting.min, setting.max);
}

void read_table(std::string const& prefix, toml::table const& table, Config& config,
                std::vector<Fault>& faults) {
  for (auto const& [name, node] : table) {
    std::string const full =
        prefix.empty() ? std::string(name.str()) : prefix + "." + std::string(name.str());
    if (auto const* inner = node.as_table(); inner != nullptr && prefix.empty()) {
      read_table(full, *inner, config, faults);
      continue;
    }
    std::uint32_t const line = node.source().begin.line;
    if (auto const* setting = domain::find_setting(full)) {
      if (!read_setting(*setting, node, config)) faults.push_back({line, bounds_of(*setting)});
      continue;
    }
    auto const key = keys().find(full);
    if (key == keys().end())
      faults.push_back({line, fmt::format("there is no setting {}{}", full, meant(full))});
    else if (!key->second.set(config, node))
      faults.push_back({line, fmt::format("{} must be {}", full, key->second.want)});
  }
}

// All at once, in the order of the file, a line each.
tl::unexpected<Error> wrong(std::string const& path, std::vector<Fault> faults) {
  std::ranges::stable_sort(faults, {}, &Fault::line);
  std::string text;
  for (Fault const& fault : faults)
    text += fmt::format("{}{}:{}{}", text.empty() ? "" : "\n", path,
                        fault.line == 0 ? " " : fmt::format("{}: ", fault.line), fault.what);
  return fail("configuration", std::move(text));
}

constexpr std::size_t kConfigBytesMax = std::size_t{1} << 20;

// A file, or a pipe such as a shell's <(...). A directory reads as an empty file, and a device as
// one or without an end: whoever names one means another.
Result<std::string> read_text(std::string const& path) {
  auto const no = [&](std::string what) { return wrong(path, {{0, std::move(what)}}); };
  auto const unreadable = [&] {
    return no(fmt::format("cannot be read: {}", std::strerror(errno)));
  };
  platform::OwnedFd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  struct stat about {};
  if (!file.open() || ::fstat(file.get(), &about) != 0) return unreadable();
  if (S_ISDIR(about.st_mode)) return no("a directory; name the file inside");
  if (!S_ISREG(about.st_mode) && !S_ISFIFO(about.st_mode)) return no("not a regular file");
  std::string text;
  std::array<char, 16'384> room{};
  for (;;) {
    ssize_t const got = ::read(file.get(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable();
    if (got == 0) return text;
    text.append(room.data(), static_cast<std::size_t>(got));
    if (text.size() > kConfigBytesMax)
      return no(fmt::format("larger than {} bytes", kConfigBytesMax));
  }
}

}  // namespace

Result<Config> load_config(std::string const& path) {
  Config config;
  if (path.empty()) return config;
  TRY(text, read_text(path));
  std::vector<Fault> faults;
  try {
    read_table({}, toml::parse(text, path), config, faults);
  } catch (toml::parse_error const& error) {
    return wrong(path, {{error.source().begin.line, std::string(error.description())}});
  }
  if (!faults.empty()) return wrong(path, std::move(faults));
  return config;
}

}  // namespace tally::server
