#include "sim/follower.h"

#include <fmt/format.h>

#include "merkle/tree.h"

namespace tally::sim {

namespace {

constexpr Duration kPatience = seconds(10);
constexpr std::uint64_t kRestMost = 8'000'000;  // microseconds
constexpr std::uint64_t kAllAgain = 100;        // per mille of streams that begin at event 0

}  // namespace

void Follower::rest() {
  town_.later(Duration(1 + static_cast<std::int64_t>(prng_.below(kRestMost))), [this] {
    if (!town_.closing) read();
  });
}

void Follower::read() {
  if (prng_.chance(kAllAgain)) next_ = 0;
  auto request = get(fmt::format("/v1/events?from={}", next_), std::string(kOperatorToken));
  request.headers.emplace_back("accept", "application/x-ndjson");
  ++town_.busy;
  town_.ask(std::move(request), kPatience, [this](std::optional<Answer> const& answer) {
    --town_.busy;
    if (answer && answer->status == 200) saw(*answer);
    rest();
  });
}

void Follower::saw(Answer const& answer) {
  std::string_view left = answer.lines;
  bool ended = false;
  while (!left.empty()) {
    auto const line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
    auto const document = json::parse(line);
    auto const* seq = document ? document->find("seq") : nullptr;
    if (seq == nullptr || seq->integer() == nullptr) {
      ended = document && document->find("end") != nullptr && left.empty();
      break;
    }
    auto const* event = document->find("event");
    auto const* leaf = document->find("leaf_sha256");
    bool const is_next = *seq->integer() == next_;
    bool const is_hashed =
        event != nullptr && leaf != nullptr && leaf->string() != nullptr &&
        merkle::leaf_hash(as_bytes(json::canonical(*event))).hex() == *leaf->string();
    town_.verdicts.require(is_next && is_hashed, "a stream of events is not the ledger",
                           fmt::format("event {} at {}", *seq->integer(), next_));
    ++next_;
  }
  town_.verdicts.require(ended, "a stream of events ended early and looked whole",
                         fmt::format("at event {}", next_));
  ++whole_;
}

}  // namespace tally::sim
