#pragma once

// A way outward for tests that has learned its answers by heart: it gives one after the other,
// whatever was asked, and keeps what was asked.

#include <deque>
#include <string>
#include <vector>

#include "ports/outbound.h"

namespace tally::client {

class CannedOutbound final : public ports::Outbound {
 public:
  explicit CannedOutbound(std::deque<ports::OutboundResult> answers)
      : answers_(std::move(answers)) {}

  ports::OutboundResult exchange(ports::OutboundRequest const& request) override {
    requests_.push_back(request);
    if (answers_.empty()) return tl::unexpected(nobody());
    ports::OutboundResult answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }
  std::vector<ports::OutboundRequest> const& requests() const { return requests_; }

 private:
  static ports::OutboundFailure nobody() {
    return {.fate = ports::OutboundFate::not_sent,
            .error = {"unreachable", "nothing answers there", ""},
            .status = 0};
  }
  std::deque<ports::OutboundResult> answers_;
  std::vector<ports::OutboundRequest> requests_;
};

inline ports::OutboundReply reply(int status, std::string_view body) {
  return {.status = status, .headers = {}, .body = std::string(body)};
}

}  // namespace tally::client
