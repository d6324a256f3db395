#pragma once

// By which commands people leave a mode, as the server says what may come next.

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tally::cli {

struct Standing {
  std::string_view mode;
  std::string_view scope;  // "everything", "tenant:acme", ...
  std::optional<std::string> next_mode = {};
  std::optional<Instant> safe_until = {};
};

std::string way_out(Standing const& standing);

}  // namespace tally::cli
