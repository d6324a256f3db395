#pragma once

// What is wrong with a log, where, and in words that an operator can act on.

#include <cstdint>
#include <string>

#include "base/result.h"

namespace tally::segments {

enum class DamageKind {
  torn,         // the last frame was being written when power failed; nobody was told of it
  corrupt,      // bytes that were acknowledged, or that nobody wrote
  rolled_back,  // shorter than a checkpoint that was signed, or than the caller knows it was
  foreign,      // another ledger's files
  incomplete,   // a file is missing that says how long the ledger was
  under_way,    // a frame arrived while the log was read: somebody writes it at this moment
};

struct Damage {
  DamageKind kind = DamageKind::corrupt;
  std::uint64_t seq = 0;  // the first sequence that cannot be relied on
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;  // in the segment's file
  std::uint64_t bytes = 0;   // torn only: from the offset to the end of the last written sector
  std::string what;

  // "sequence 812 (0000000003.seg, byte 40960): the frame's content does not match its checksum"
  std::string text() const;
  // Nobody was told of what is damaged: no fault of the ledger.
  bool harmless() const { return kind == DamageKind::torn || kind == DamageKind::under_way; }
  // "ledger_corrupt", "ledger_rolled_back", "ledger_mismatch", "ledger_incomplete" or
  // "ledger_in_use", and what to do about it.
  Error error() const;
};

}  // namespace tally::segments
