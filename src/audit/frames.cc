#include "audit/frames.h"

#include "base/check.h"
#include "merkle/tree.h"

namespace tally::audit {

std::vector<Digest> leaf_hashes(ports::FrameView const& view) {
  std::vector<ByteView> leaves;
  leaves.reserve(view.records.size());
  for (ports::RecordView const& record : view.records) leaves.push_back(record.leaf);
  return merkle::leaf_hashes(leaves);
}

ReadFrame read_frame(ports::FrameView const& view, codec::Part part) {
  return read_frame(view, leaf_hashes(view), part);
}

ReadFrame read_frame(ports::FrameView const& view, std::span<Digest const> leaf_hashes,
                     codec::Part part) {
  ReadFrame frame{view.first_seq, {}, {}, view.root_after};
  TALLY_CHECK(leaf_hashes.size() == view.records.size(), "a hash for each leaf");
  frame.entries.reserve(view.records.size());
  for (std::size_t i = 0; i < view.records.size(); ++i) {
    ports::RecordView const& record = view.records[i];
    codec::Entry& entry = frame.entries.emplace_back();
    entry.leaf_hash = leaf_hashes[i];
    auto const decoded = codec::decode(record.leaf, entry.recorded, part);
    if (!decoded) {
      frame.fault = decoded.error();
      frame.entries.pop_back();
      return frame;
    }
    if (part == codec::Part::event) continue;
    entry.leaf.assign(record.leaf.begin(), record.leaf.end());
    entry.enclosure.assign(record.enclosure.begin(), record.enclosure.end());
  }
  return frame;
}

}  // namespace tally::audit
