#pragma once

// Large payloads by the hash of their (sealed) bytes. Real: platform/file_blobs. Simulated:
// sim/sim_blobs. Any thread may call any of it.
//
// What is put is named by an event later, or never: a refused submit has put its input already. So
// somebody who has read all events says now and then which blobs they name, and the others go:
//
//     began = now() ─► read all events ─► collect(the hashes they name, began - kBlobGrace)
//
// A blob may be put before `began` and named only after the events were read. Its command was on
// its way for less than kBlobGrace, or nobody waits for it any more.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"
#include "base/time.h"

namespace tally::ports {

// The most that may pass between a put and the durable event that names the blob: far more than a
// request waits for its answer.
inline constexpr Duration kBlobGrace = hours(1);

// What a collection did.
struct Collected {
  std::uint64_t blobs = 0;     // removed
  std::uint64_t bytes = 0;     // theirs, and those of files that a crash left half-written
  std::uint64_t failed = 0;    // could not be looked at or removed; the next one tries them again
  std::optional<Error> fault;  // of the first of these
};

class Blobs {
 public:
  virtual ~Blobs() = default;
  // Durable when it returns; the same content twice is one blob, and counts as put just now.
  virtual Result<ContentRef> put(ByteView content) = 0;
  // Errors: "not_found", "damaged" (content does not match its hash).
  virtual Result<Bytes> get(ContentRef const& ref) const = 0;
  virtual Result<bool> contains(ContentRef const& ref) const = 0;

  // The time that puts are stamped with. While the process runs no step of the machine's clock
  // moves it.
  virtual Instant now() const = 0;
  // Removes what was put the last time before `put_before` and is not among `named`, which ascends.
  // Puts may go on meanwhile: a blob that is being put is there when the put returns. A crash in
  // the middle leaves more blobs, and each of them whole. Stops where `go_on` says no; asked often.
  virtual Collected collect(std::span<ContentRef const> named, Instant put_before,
                            std::function<bool()> const& go_on) = 0;
};

}  // namespace tally::ports
