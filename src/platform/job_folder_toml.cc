#include "platform/job_folder_toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <set>

#include "base/nearest.h"

namespace tally::platform {
namespace {

// All that is wrong with a file, so that it is mended in one go; of one key its first fault.
class Faults {
 public:
  explicit Faults(std::string where) : where_(std::move(where)) {}

  void add(toml::source_region const& at, std::string const& key, std::string const& what) {
    auto const line = std::max<std::uint32_t>(at.begin.line, 1);
    if (std::ranges::find(faults_, std::pair(line, key), &Fault::place) == faults_.end())
      faults_.push_back({.place = {line, key}, .what = what});
  }
  // A line each, in the order of the file.
  Result<void> verdict() {
    if (faults_.empty()) return {};
    std::ranges::stable_sort(faults_, {}, [](Fault const& one) { return one.place.first; });
    std::string text;
    for (Fault const& one : faults_)
      text += (text.empty() ? "" : "\n") + where_ + ":" + std::to_string(one.place.first) + ": \"" +
              one.place.second + "\" " + one.what;
    return fail("validation_error", std::move(text));
  }

 private:
  struct Fault {
    std::pair<std::uint32_t, std::string> place;  // line and key
    std::string what;
  };
  std::string where_;
  std::vector<Fault> faults_;
};

// Reads one table key by key and remembers which keys were asked for; `finish` reports what nobody
// asked for.
class TableReader {
 public:
  TableReader(toml::table const& table, Faults& faults) : table_(table), faults_(faults) {}

  std::string text(char const* key) {
    auto const* node = take(key, true);
    auto value = node != nullptr ? node->value_exact<std::string>() : std::nullopt;
    if (node != nullptr && !value) fault(*node, key, "must be a string");
    return value.value_or("");
  }

  std::int64_t integer(char const* key, std::int64_t low, std::int64_t high,
                       std::optional<std::int64_t> otherwise) {
    auto const* node = take(key, !otherwise);
    if (node == nullptr) return otherwise.value_or(low);
    auto value = node->value_exact<std::int64_t>();
    if (value && *value >= low && *value <= high) return *value;
    fault(*node, key,
          "must be an integer from " + std::to_string(low) + " to " + std::to_string(high));
    return low;
  }

  bool boolean(char const* key) {
    auto const* node = take(key, false);
    auto value = node != nullptr ? node->value_exact<bool>() : std::nullopt;
    if (node != nullptr && !value) fault(*node, key, "must be true or false");
    return value.value_or(false);
  }

  Micros usd(char const* key) {
    auto const* node = take(key, true);
    if (node == nullptr) return Micros(0);
    auto written = node->value_exact<std::string>();
    auto amount = written ? parse_usd(*written) : std::nullopt;
    if (!amount) fault(*node, key, "must be an amount in a string, such as \"0.0010\"");
    return amount.value_or(Micros(0));
  }

  toml::table const* table(char const* key, bool required) {
    auto const* node = take(key, required);
    if (node != nullptr && !node->is_table()) fault(*node, key, "must be a table");
    return node != nullptr ? node->as_table() : nullptr;
  }

  std::vector<std::string> texts(char const* key) {
    std::vector<std::string> values;
    auto const* node = take(key, true);
    if (node == nullptr) return values;
    if (auto const* array = node->as_array()) {
      for (auto const& item : *array)
        values.push_back(item.value_exact<std::string>().value_or(""));
    }
    bool usable = !values.empty() && values.size() <= kJobArgumentsMax && !values[0].empty() &&
                  node->as_array()->is_homogeneous<std::string>();
    for (auto const& value : values) usable = usable && value.find('\0') == std::string::npos;
    if (!usable) fault(*node, key, "must be a list of strings, the program first");
    return values;
  }

  bool has(char const* key) const { return table_.contains(key); }
  // A key that belongs here and is not looked at.
  void pass_over(char const* key) { asked_.insert(key); }
  void fault_at(char const* key, std::string const& what) {
    auto const* node = table_.get(key);
    fault(node != nullptr ? *node : table_, key, what);
  }

  void finish() {
    std::vector<std::string> const known(asked_.begin(), asked_.end());
    for (auto const& [key, node] : table_) {
      std::string const name(key.str());
      if (asked_.contains(name)) continue;
      auto const meant = nearest(name, known);
      faults_.add(key.source(), name,
                  "is not a known key" + (meant ? "; did you mean \"" + *meant + "\"?" : ""));
    }
  }

  // For the readers of inner tables.
  Faults& faults() const { return faults_; }

 private:
  toml::node const* take(char const* key, bool required) {
    asked_.insert(key);
    auto const* node = table_.get(key);
    if (node == nullptr && required) fault(table_, key, "is missing");
    return node;
  }
  void fault(toml::node const& node, std::string const& key, std::string const& what) {
    faults_.add(node.source(), key, what);
  }

  toml::table const& table_;
  Faults& faults_;
  std::set<std::string> asked_;
};

ports::JobPrice read_price(TableReader& reader) {
  ports::JobPrice price;
  auto const* table = reader.table("price", true);
  if (table == nullptr) return price;
  TableReader inner(*table, reader.faults());
  if (inner.has("reported")) {
    price.reported = inner.boolean("reported");
    if (!price.reported) inner.fault_at("reported", "can only be true; else give the amounts");
  } else {
    inner.pass_over("reported");
    price.fixed = inner.usd("fixed_usd");
    price.per_second = inner.usd("per_second_usd");
  }
  inner.finish();
  return price;
}

std::optional<ports::MinimumFee> read_minimum_fee(TableReader& reader) {
  auto const* table = reader.table("minimum_fee", false);
  if (table == nullptr) return std::nullopt;
  TableReader inner(*table, reader.faults());
  ports::MinimumFee fee;
  fee.floor = inner.usd("floor_usd");
  fee.percent = static_cast<std::uint32_t>(inner.integer("percent", 0, 100, std::nullopt));
  fee.cap = inner.usd("cap_usd");
  if (fee.cap < fee.floor) inner.fault_at("cap_usd", "must not be below floor_usd");
  inner.finish();
  return fee;
}

std::optional<ports::JobRunnerKind> read_runner(TableReader& reader) {
  auto word = reader.text("runner");
  if (word == "command") return ports::JobRunnerKind::command;
  if (word == "worker") return ports::JobRunnerKind::worker;
  if (word == "caller") return ports::JobRunnerKind::caller;
  reader.fault_at("runner", "must be \"command\" or \"worker\"");
  return std::nullopt;
}

// Of a runner that nobody knows it cannot be told whether there has to be a command.
void read_command(TableReader& reader, ports::JobSpec& spec) {
  auto const runner = read_runner(reader);
  reader.pass_over("command");
  spec.runner = runner.value_or(ports::JobRunnerKind::command);
  if (runner == ports::JobRunnerKind::command || (!runner && reader.has("command")))
    spec.command = reader.texts("command");
  else if (reader.has("command"))
    reader.fault_at("command", "belongs to runner = \"command\" only");
}

ports::JobLimits read_limits(TableReader& reader, std::int64_t timeout_s) {
  ports::JobLimits limits;
  limits.memory_bytes_max = static_cast<std::uint64_t>(
      reader.integer("memory_bytes_max", kJobMemoryMin, kJobMemoryMax, kJobMemoryDefault));
  limits.cpu_s_max =
      static_cast<std::uint32_t>(reader.integer("cpu_s_max", 1, kJobTimeoutMaxS, timeout_s));
  limits.processes_max = static_cast<std::uint32_t>(
      reader.integer("processes_max", 1, kJobProcessesMax, kJobProcessesDefault));
  limits.output_bytes_max = static_cast<std::uint64_t>(
      reader.integer("max_output_bytes", 1, kJobOutputMax, kJobOutputDefault));
  return limits;
}

void read_names(TableReader& reader, ports::JobSpec& spec) {
  spec.name = JobName(reader.text("name"));
  if (!is_name(spec.name.value()))
    reader.fault_at("name", "must be 1 to 64 lower-case letters, digits, '-', '_' or '.'");
  spec.version = reader.text("version");
  if (!is_name(spec.version))
    reader.fault_at("version", "must be 1 to 64 lower-case letters, digits, '-', '_' or '.'");
}

Result<ports::JobSpec> read_spec(toml::table const& table, std::string const& where) {
  Faults faults(where);
  TableReader reader(table, faults);
  ports::JobSpec spec;
  read_names(reader, spec);
  read_command(reader, spec);
  auto timeout_s = reader.integer("timeout_s", 1, kJobTimeoutMaxS, std::nullopt);
  spec.timeout = seconds(timeout_s);
  spec.queue_deadline = seconds(
      reader.integer("queue_deadline_s", 1, kJobQueueDeadlineMaxS, kJobQueueDeadlineDefaultS));
  spec.retries = static_cast<std::uint32_t>(reader.integer("retries", 0, kJobRetriesMax, 0));
  spec.deterministic = reader.boolean("deterministic");
  spec.limits = read_limits(reader, timeout_s);
  spec.price = read_price(reader);
  spec.minimum_fee = read_minimum_fee(reader);
  reader.finish();
  TRY_VOID(faults.verdict());
  return spec;
}

}  // namespace

Result<ports::JobSpec> parse_job_toml(std::string_view text, std::string const& where) {
  try {
    return read_spec(toml::parse(text, where), where);
  } catch (toml::parse_error const& error) {
    return fail("validation_error", where + ":" + std::to_string(error.source().begin.line) + ": " +
                                        std::string(error.description()));
  }
}

std::optional<std::string> name_in_job_toml(std::string_view text) {
  try {
    return toml::parse(text)["name"].value_exact<std::string>();
  } catch (toml::parse_error const&) {
    return std::nullopt;
  }
}

}  // namespace tally::platform
