#include "audit/read_ahead.h"

#include <future>
#include <utility>
#include <vector>

#include "audit/conveyor.h"
#include "audit/frames.h"
#include "base/check.h"

namespace tally::audit {

namespace {

// A frame as the walk found it, which has gone on since; its bytes stay where they were read.
struct KeptFrame {
  ports::FrameView view;
  std::vector<Digest> leaf_hashes;  // of whoever worked them out
};

using Kept = Conveyor<std::vector<KeptFrame>>;
using Read = Conveyor<std::vector<ReadFrame>>;

codec::Part part_of(Stages const& stages, ports::FrameView const& view) {
  bool const whole = view.next_seq() > stages.whole_from;
  return whole ? codec::Part::whole : codec::Part::event;
}

Result<void> scan_all(Stages const& stages, Kept& to, std::size_t batch_bytes) {
  Leaving const putting(to, &Kept::end);
  std::vector<KeptFrame> batch;
  std::size_t bytes = 0;
  auto scanned = stages.scan([&](ports::FrameView const& view) -> Result<void> {
    TALLY_CHECK(view.memory != nullptr, "who reads ahead keeps frames");
    batch.push_back({.view = view, .leaf_hashes = {}});
    for (auto const& record : view.records) bytes += record.leaf.size() + record.enclosure.size();
    if (bytes < batch_bytes) return {};
    bytes = 0;
    if (to.put(std::exchange(batch, {}))) return {};
    return fail("given_up", "nobody takes what is scanned");
  });
  to.put(std::move(batch));
  return scanned;
}

void hash_all(Kept& from, Kept& to) {
  Leaving const taking(from, &Kept::close);
  Leaving const putting(to, &Kept::end);
  while (auto batch = from.take()) {
    for (KeptFrame& frame : *batch) frame.leaf_hashes = leaf_hashes(frame.view);
    if (!to.put(std::move(*batch))) return;
  }
}

void read_all(Stages const& stages, Kept& from, Read& to) {
  Leaving const taking(from, &Kept::close);
  Leaving const putting(to, &Read::end);
  while (auto const kept = from.take()) {
    std::vector<ReadFrame> batch;
    batch.reserve(kept->size());
    for (KeptFrame const& frame : *kept) {
      codec::Part const part = part_of(stages, frame.view);
      batch.push_back(read_frame(frame.view, frame.leaf_hashes, part));
    }
    if (!to.put(std::move(batch))) return;
  }
}

Result<void> take_all(Stages const& stages, Read& from, Read& to) {
  Leaving const taking(from, &Read::close);
  Leaving const putting(to, &Read::end);
  while (auto batch = from.take()) {
    for (auto frame = batch->begin(); frame != batch->end(); ++frame) {
      auto taken = stages.take(*frame);
      if (taken) continue;
      batch->erase(frame, batch->end());
      to.put(std::move(*batch));
      return taken;
    }
    if (!to.put(std::move(*batch))) return {};  // who kept them says why
  }
  return {};
}

void keep_all(Stages const& stages, Read& from) {
  Leaving const taking(from, &Read::close);
  while (auto batch = from.take())
    for (ReadFrame& frame : *batch) stages.keep(std::move(frame));
}

}  // namespace

Result<void> read_ahead(Stages const& stages, Helper helper, std::size_t batch_bytes) {
  if (helper == Helper::none) {
    return stages.scan([&](ports::FrameView const& view) -> Result<void> {
      ReadFrame frame = read_frame(view, part_of(stages, view));
      TRY_VOID(stages.take(frame));
      stages.keep(std::move(frame));
      return {};
    });
  }
  Kept scanned;
  Kept hashed;
  Read unfolded;
  Read folded;
  // If the next thread cannot be begun, those before it are not to wait.
  auto scanning =
      std::async(std::launch::async, [&] { return scan_all(stages, scanned, batch_bytes); });
  Leaving const taking_scanned(scanned, &Kept::close);
  auto hashing = std::async(std::launch::async, [&] { hash_all(scanned, hashed); });
  Leaving const taking_hashed(hashed, &Kept::close);
  auto reading = std::async(std::launch::async, [&] { read_all(stages, hashed, unfolded); });
  Leaving const taking_unfolded(unfolded, &Read::close);
  auto keeping = std::async(std::launch::async, [&] { keep_all(stages, folded); });
  auto taken = take_all(stages, unfolded, folded);
  hashing.get();
  reading.get();
  auto scan = scanning.get();
  keeping.get();
  return taken ? scan : taken;
}

}  // namespace tally::audit
