#pragma once

// The query of a request: known names only, each once. A misspelt ?dryrun=true must not spend
// money.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/rule.h"

namespace tally::api {

class Query {
 public:
  // `known`: names separated by spaces.
  static Query parse(std::string_view text, std::string_view known);

  std::vector<wire::FieldError> const& errors() const { return errors_; }
  bool has(std::string const& name) const { return values_.contains(name); }
  std::string text(std::string const& name) const;
  // The number, or `otherwise` when absent; out of range or no number is an error.
  std::int64_t integer(std::string const& name, std::int64_t otherwise, std::int64_t min,
                       std::int64_t max);
  bool flag(std::string const& name);
  void fault(std::string const& name, std::string detail);

 private:
  std::map<std::string, std::string> values_;
  std::vector<wire::FieldError> errors_;
};

}  // namespace tally::api
