#pragma once

// A fold of the ledger that no decision reads: what is only shown, counted, searched or compared.
// The state holds what decisions read, and nothing else. All the rest is a projection: it may be
// late, and it may be lost and made again, without harm.
//
// A projector (projector.h) feeds it: one thread, one event after the other. Readers come from any
// thread, so a projection keeps what it knows inside a Mutex<T>.

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "codec/entry.h"
#include "ports/disk.h"

namespace tally::projections {

class Projection {
 public:
  virtual ~Projection() = default;
  // Of its file: small letters and hyphens.
  virtual std::string_view name() const = 0;
  // Raise it with every change of what `apply` makes of an event or `save` writes: a file of
  // another version is not read, and everything is folded anew.
  virtual std::uint32_t version() const = 0;

  // All of these are called by the projector's thread alone.

  // Each event once and in order, from the first or from where the loaded bytes end.
  virtual void apply(codec::Entry const& entry) = 0;
  // Forgets everything.
  virtual void clear() = 0;
  // What is known, for load; a part after the other. At most kSavedBytesMax.
  virtual Result<void> save(ports::Write const& write) const = 0;
  // Replaces what is known by what `save` wrote. After an error it may hold anything until clear.
  virtual Result<void> load(ByteView saved) = 0;
};

// Longer files are not read: 256 MiB.
inline constexpr std::uint64_t kSavedBytesMax = 256u << 20;

}  // namespace tally::projections
