#include "api/event_export.h"

#include <fmt/format.h>

#include "api/admission.h"
#include "api/evidence.h"
#include "wire/evidence_parameters.h"

namespace tally::api {

namespace {

class EventExport : public std::enable_shared_from_this<EventExport> {
 public:
  EventExport(ExchangePtr x, std::int64_t from, std::int64_t until)
      : x_(std::move(x)), next_(from), until_(until) {}

  // Where too many wait, an export that has not begun is 503, and one that has is cut off.
  void go_on() {
    x_->later(TaskLane::query, [self = shared_from_this()] { self->slice(); });
  }

 private:
  void slice();
  Result<std::string> lines();
  std::string last_line() const;

  ExchangePtr x_;
  ports::ResponseStream stream_;
  bool begun_ = false;
  std::int64_t next_;
  std::int64_t const until_;
};

// There is room whenever this is called. Whatever returns early here drops the stream.
void EventExport::slice() {
  // Who hung up wants no more, and a key that was revoked meanwhile reads no further.
  if (begun_ && (stream_.gone() || !is_still_admitted(*x_))) return;
  auto text = lines();
  if (!text) return x_->storage_failed(text.error());
  bool const is_last = next_ >= until_;
  if (is_last) *text += last_line();
  if (!std::exchange(begun_, true)) stream_ = x_->stream(wire::kLinesMediaType);
  stream_.write(*text);
  if (is_last) return stream_.end();
  stream_.when_room([self = shared_from_this()] { self->go_on(); });
}

// A leaf is canonical JSON: it stands in its line as it is.
Result<std::string> EventExport::lines() {
  std::string text;
  PageBudget budget(kSliceEventsMax);
  auto const take = [&](ledger::Entry const& entry) -> Result<bool> {
    auto const seq = entry.recorded.header.seq;
    if (seq >= until_) return false;
    budget.look(entry);
    if (may_see(*x_, entry.recorded.header)) {
      text += fmt::format("{{\"seq\":{},\"leaf_sha256\":\"{}\",\"event\":{}}}\n", seq,
                          entry.leaf_hash.hex(), as_text(entry.leaf));
      budget.show(entry.leaf.size());
    }
    return budget.has_room() && budget.looked_at() < kSliceEventsMax && text.size() < kSliceBytes;
  };
  if (next_ >= until_) return text;
  TRY(next, x_->services.reader.each(next_, take));
  next_ = next;
  return text;
}

std::string EventExport::last_line() const {
  bool const more = until_ < x_->services.reader.index().size();
  return fmt::format("{{\"end\":true,\"next\":{}}}\n", more ? std::to_string(until_) : "null");
}

}  // namespace

void export_events(ExchangePtr const& x, std::int64_t from, std::int64_t until) {
  std::make_shared<EventExport>(x, from, until)->go_on();
}

}  // namespace tally::api
