#include "platform/file_blobs.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "platform/private_file.h"

namespace tally::platform {

FileBlobs::FileBlobs(std::string root, ports::Clock const* clock)
    : root_(std::move(root)), clock_(clock) {
  if (clock_ != nullptr)
    wall_ahead_ = believed(clock_->wall()) - Instant(clock_->monotonic().value());
}

Result<FileBlobs> FileBlobs::open(std::string root, ports::Clock const& clock) {
  TRY_VOID(make_private_directory(root + "/sha256"));
  return FileBlobs(std::move(root), &clock);
}

// A clock that somebody sets forward by two hours would make each blob older than any command on
// its way. What an earlier process stamped may be anything: its commands ended with it.
Instant FileBlobs::now() const {
  TALLY_CHECK(clock_ != nullptr, "these blobs were opened for reading alone");
  return Instant(clock_->monotonic().value()) + wall_ahead_;
}

// Two levels of 256 keep a directory short: at ten million blobs each holds about 150.
std::string FileBlobs::directory(ContentRef const& ref) const {
  auto hex = ref.digest().hex();
  return root_ + "/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2, 2);
}

std::string FileBlobs::path(ContentRef const& ref) const {
  return directory(ref) + "/" + ref.digest().hex();
}

Result<ContentRef> FileBlobs::put(ByteView content) {
  if (content.size() > kPrivateFileBytesMax)
    return fail("too_large", "A blob holds at most 1 GiB; split the content.");
  ContentRef ref(sha256(content));
  // First, so that nobody removes what is about to be read.
  if (auto touched = touch(ref); !touched && touched.error().code != "not_found")
    return tl::unexpected<Error>(std::move(touched).error());
  // A present copy may be damaged, or come from a put whose sync failed: only content that reads
  // back right and a directory synced again count as durable.
  auto present = get(ref);
  if (present) {
    TRY_VOID(sync_directory(directory(ref)));
    return ref;
  }
  TRY_VOID(make_private_directory(directory(ref)));
  TRY_VOID(write_private_file(path(ref), content, now()));
  return ref;
}

Result<void> FileBlobs::touch(ContentRef const& ref) const {
  std::lock_guard const nobody_removes(*removing_);
  return touch_private_file(path(ref), now());
}

Result<Bytes> FileBlobs::get(ContentRef const& ref) const {
  TRY(content, read_private_file(path(ref)));
  if (sha256(content) != ref.digest())
    return fail("damaged", "The stored content does not match its hash.", path(ref));
  return content;
}

Result<bool> FileBlobs::contains(ContentRef const& ref) const {
  struct stat about {};
  if (::stat(path(ref).c_str(), &about) == 0) return S_ISREG(about.st_mode);
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return fail("io_error", "The server could not use its disk.", std::strerror(errno));
}

}  // namespace tally::platform
