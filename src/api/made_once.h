#pragma once

// A text that costs more to make than to send, and never changes. Any thread.

#include <mutex>
#include <string>

namespace tally::api {

class MadeOnce {
 public:
  // What the first `make` returned.
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
