#pragma once

// Small files that only the server's user may read, written as a whole and durably. Shared by
// the receipts, the blobs and the data keys.

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace tally::platform {

// No private file is larger; a larger one on disk is refused unread.
inline constexpr std::uint64_t kPrivateFileBytesMax = std::uint64_t{1} << 30;

// Creates the directory and its missing parents with mode 0700, each entry durable.
Result<void> make_private_directory(std::string const& path);

// Writes a temporary file (mode 0600) beside `path`, syncs it, renames it over `path` and syncs
// the directory: after a crash `path` holds the old content or the new, and the new one once this
// returned. Its time of change is `written_at`, or the machine's. Errors: "io_error".
Result<void> write_private_file(std::string const& path, ByteView content,
                                std::optional<Instant> written_at = {});
// Sets its time of change. Errors: "not_found", "io_error".
Result<void> touch_private_file(std::string const& path, Instant written_at);

// Errors: "not_found", "io_error" (also for a symbolic link, anything but a regular file, and a
// file of more than `bytes_max`).
Result<Bytes> read_private_file(std::string const& path,
                                std::uint64_t bytes_max = kPrivateFileBytesMax);

Result<void> sync_directory(std::string const& path);

}  // namespace tally::platform
