#pragma once

// A text that is made on first use, kept and never changed: making it costs more than sending it.
// Any thread; callers that come while it is being made wait for it.

#include <mutex>
#include <string>

namespace tally::api {

class MadeOnce {
 public:
  // Calls `make` the first time only, and returns what it made.
  template <class Make>
  std::string const& get(Make&& make) const {
    std::call_once(made_, [&] { text_ = make(); });
    return text_;
  }

 private:
  mutable std::once_flag made_;
  mutable std::string text_;
};

}  // namespace tally::api
