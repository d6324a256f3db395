#include "server/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <map>

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

struct Key {
  char const* want;
  Setter set;
};

constexpr std::int64_t kYear = 365 * 86'400;

std::map<std::string, Key, std::less<>> const& keys() {
  static std::map<std::string, Key, std::less<>> const table{
      {"approvals.quorum",
       {"a whole number from 1 to 10",
        whole(1, 10, [](Config& c, std::int64_t n) { c.settings.quorum = n; })}},
      {"archive.after_s",
       {"seconds, 1 to a year",
        whole(1, kYear, [](Config& c, std::int64_t n) { c.settings.archive_after = seconds(n); })}},
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
          return !s.empty() && s.size() <= 255 && s.find_first_of(" +\t\n") == std::string::npos;
        })}},
      {"http.behind_tls_proxy",
       {"true or false", flag([](Config& c, bool b) { c.behind_tls_proxy = b; })}},
      {"http.rate_fields", {"\"draft-11\" or \"off\"", text([](Config& c, std::string const& s) {
                              c.rate_fields = s == "draft-11";
                              return s == "draft-11" || s == "off";
                            })}},
      {"http.threads",
       {"a whole number from 1 to 64",
        whole(1, 64,
              [](Config& c, std::int64_t n) { c.http_threads = static_cast<std::uint32_t>(n); })}},
      {"idempotency.life_s",
       {"seconds, 1 to a year",
        whole(1, kYear,
              [](Config& c, std::int64_t n) { c.settings.idempotency_life = seconds(n); })}},
      {"leases.heartbeat_s",
       {"seconds, 1 to 3600",
        whole(1, 3600, [](Config& c, std::int64_t n) { c.settings.heartbeat = seconds(n); })}},
      {"leases.lease_s",
       {"seconds, 1 to 86400",
        whole(1, 86'400, [](Config& c, std::int64_t n) { c.settings.lease = seconds(n); })}},
      {"limits.runs_live_max",
       {"a whole number from 1 to 10000000",
        whole(1, 10'000'000, [](Config& c, std::int64_t n) { c.settings.runs_live_max = n; })}},
      {"runs.audits_before_safe_mode",
       {"a whole number from 0 to 1000",
        whole(0, 1000, [](Config& c, std::int64_t n) { c.settings.audits_before_safe_mode = n; })}},
      {"runs.retention_s",
       {"seconds, 1 to ten years",
        whole(1, 10 * kYear,
              [](Config& c, std::int64_t n) { c.settings.run_retention = seconds(n); })}},
      {"worker.slots",
       {"a whole number from 1 to 256",
        whole(1, 256,
              [](Config& c, std::int64_t n) { c.worker_slots = static_cast<std::uint32_t>(n); })}},
  };
  return table;
}

tl::unexpected<Error> wrong(std::string const& path, toml::source_region const& at,
                            std::string what) {
  return fail("configuration", fmt::format("{}:{}: {}", path, at.begin.line, what));
}

Result<void> read_table(std::string const& path, std::string const& prefix,
                        toml::table const& table, Config& config) {
  for (auto const& [name, node] : table) {
    std::string const full =
        prefix.empty() ? std::string(name.str()) : prefix + "." + std::string(name.str());
    if (auto const* inner = node.as_table(); inner != nullptr && prefix.empty()) {
      TRY_VOID(read_table(path, full, *inner, config));
      continue;
    }
    auto const key = keys().find(full);
    if (key == keys().end())
      return wrong(path, node.source(), fmt::format("there is no setting {}", full));
    if (!key->second.set(config, node))
      return wrong(path, node.source(), fmt::format("{} must be {}", full, key->second.want));
  }
  return {};
}

}  // namespace

Result<Config> load_config(std::string const& path) {
  Config config;
  if (path.empty()) return config;
  try {
    toml::table const table = toml::parse_file(path);
    TRY_VOID(read_table(path, {}, table, config));
  } catch (toml::parse_error const& error) {
    return wrong(path, error.source(), std::string(error.description()));
  }
  if (config.settings.heartbeat > config.settings.lease)
    return fail("configuration",
                path + ": leases.heartbeat_s must not be longer than leases.lease_s");
  return config;
}

}  // namespace tally::server
