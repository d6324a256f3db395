#pragma once

// Reading a log after anything may have happened to it.
//
// A frame is acknowledged only after it is durable, and exactly one frame is written at a time.
// So everything before the last frame was acknowledged, and the last frame may or may not have
// been. Three cases:
//
//   whole    The last frame verifies. It is kept, acknowledged or not: a caller that got no
//            answer must be ready for both.
//   torn     Power failed while the last frame was written. Nobody was told that it is durable,
//            so its remains may be zeroed.
//   corrupt  Bytes that somebody was told are durable have changed. Dropping them would be
//            rewriting history, so the log refuses to open and says where.
//
// A last frame that does not verify is torn or corrupt; a checksum alone cannot say which. The
// sectors can. A segment is all zeros before its first frame, a write changes whole 512-byte
// sectors (each written or not), the header of a frame is one sector, and every sector of its
// content has at least 16 non-zero bytes (sectors.h; the encoder refuses anything else, and fills
// the last sector). Therefore a torn write shows one of two pictures, and no other:
//
//   1. The header sector is all zero, later sectors within one frame's length are not.
//   2. The header verifies, and one or more sectors of the content are all zero.
//
// In both the padding of the frame and the rest of the segment are still zero, no sector has
// between 1 and 15 non-zero bytes, and nothing valid follows. Everything else is corrupt:
//
//   - a header that is neither zero nor valid: sectors are not written in halves;
//   - a valid header, no zero sector, wrong checksum: all sectors were written, then one changed;
//   - a frame that does not verify, with a valid frame of this segment behind it at any 4096-byte
//     step, or in any segment but the last: it was acknowledged before the later one was begun;
//   - a non-zero byte in padding, or in the zeros after the last frame.
//
// Can a flipped bit pass for a torn write? Picture 1 needs a header sector to become zero (it has
// dozens of bits set) or a sector with 16 non-zero bytes to appear among zeros. Picture 2 needs a
// content sector to become zero: it has 16 non-zero bytes to lose. One flip does neither, nor do
// fifteen. A flip in a header sector of zeros makes it non-zero and invalid: corrupt.
//
// What remains: a medium that loses a whole sector of the last, acknowledged frame, turning it
// back to zeros, imitates a torn write. `head` (the size of the latest noted checkpoint) and the
// caller's own knowledge (`trusted_seq`) bound that window: what they cover is never called torn,
// and a log that ends before them was rolled back. `head` is there before the first frame is: a log
// that has records and no `head` is incomplete, since nobody can say what it covered.
//
// Of a file that was cut short every frame that is still whole counts; then the file is damage.
//
// Between segments: numbers are contiguous from 0; each header names the ledger, the file's size,
// and the sequence and root at which the segment before it must end. Only the last file may have
// no header: it was prepared and not begun, and is all zeros.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "ports/disk.h"
#include "segments/damage.h"
#include "segments/frame_walk.h"
#include "segments/head.h"
#include "segments/tail.h"

namespace tally::segments {

// Where a frame stands, in blocks from the beginning of its segment's file.
struct FrameAt {
  std::uint64_t first_seq = 0;
  std::uint32_t block = 0;
  std::uint32_t blocks = 0;
};

FrameAt frame_at(FrameView const& frame);

struct SurveyedSegment {
  SegmentHeader header;
  bool walked = false;  // frames and end are known
  std::vector<FrameAt> frames;
  std::uint64_t end = kBlock;  // behind the last frame
};

struct Survey {
  std::vector<SurveyedSegment> segments;
  std::optional<std::uint64_t> prepared;  // number of a file of zeros behind the last segment
  LogPosition end;                        // up to the first damage
  std::optional<Head> head;
  std::optional<Damage> damage;
};

// Which frames a survey verifies; headers always, and the last segment's frames always.
enum class Verify {
  from_trusted,  // from the segment on that holds the trusted sequence
  the_end,  // what may be torn, and what the noted checkpoint is compared with; the caller is to
            // scan from the trusted sequence on, which verifies the rest (SegmentLog::scan)
};

// Whether somebody may be appending while the log is read.
enum class Beside {
  nobody,    // every byte is judged
  a_writer,  // what stands behind the last whole frame may be under way, and is not judged; what
             // `head` notes, which is read first, must be there all the same
};

struct SurveyOptions {
  std::optional<LedgerId> ledger;  // absent: whatever segment 0 says
  // The caller knows that the log had at least this many records: a snapshot says so.
  std::uint64_t trusted_seq = 0;
  Verify verify = Verify::from_trusted;
  Beside beside = Beside::nobody;
};

// Reads, never writes. "ledger_absent": no segment was ever begun here. Damage is a finding, not
// an error; errors are the disk's or the visitor's. The visitor sees the frames that verified.
Result<Survey> survey(ports::Disk& disk, SurveyOptions const& options, FrameVisitor const& visitor);

// Verifies the segment's frames and that nothing stands behind them, and notes where they are; the
// damage found, if any. `end` is the position reached.
Result<std::optional<Damage>> walk_segment(ports::DiskFile const& file, SegmentPlace place,
                                           FrameVisitor const& visitor, SurveyedSegment& segment,
                                           LogPosition& end);
// Why the segment does not begin where the one ahead of it ended, at `end`.
std::optional<Damage> damaged_seam(LogPosition const& end, SegmentHeader const& header);

// The position before the first record: the root of the empty tree is SHA-256 of nothing.
LogPosition empty_log();

}  // namespace tally::segments
