// How FileBlobs removes what nobody names: a walk over its folder, with a lock only between the
// last look at a file and its removal.
//
//     put                                     collect
//       touch, locked                           looks: old, and not named
//       reads it back, or writes it anew        locked: looks again, removes
//
// Whichever comes first, the blob is there when the put returns: a blob that was touched is not
// old, and one that was removed does not read back and is written.

#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "platform/file_blobs.h"
#include "platform/private_file.h"

namespace tally::platform {

namespace {

struct CloseWalk {
  void operator()(FTS* walk) const { ::fts_close(walk); }
};

constexpr std::size_t kHexOfAHash = 64;

// The blob that a file holds, or will hold once it is whole.
std::optional<ContentRef> ref_of(std::string_view name) {
  return ContentRef::parse("sha256:" + std::string(name.substr(0, kHexOfAHash)));
}

// What a crash left of a put (private_file.cc).
bool is_half_written(std::string_view name) {
  return name.substr(std::min(name.size(), kHexOfAHash)).starts_with(".tmp");
}

Instant changed_at(struct stat const& about) {
  return Instant(about.st_mtim.tv_sec * seconds(1).value() + about.st_mtim.tv_nsec / 1'000);
}

}  // namespace

class FileBlobs::Collection {
 public:
  Collection(FileBlobs& blobs, std::span<ContentRef const> named, Instant put_before)
      : blobs_(blobs), named_(named), put_before_(put_before) {}

  void look_at(FTSENT const& entry) {
    std::string_view const name(entry.fts_name, entry.fts_namelen);
    if (entry.fts_info != FTS_F || changed_at(*entry.fts_statp) >= put_before_) return;
    auto const ref = ref_of(name);
    if (!ref) return;
    bool const is_blob = entry.fts_path == blobs_.path(*ref);
    if (!is_blob && !is_half_written(name)) return;
    if (is_blob && std::ranges::binary_search(named_, *ref)) return;
    remove(entry.fts_path, is_blob);
  }
  // No more entries of this directory will come.
  void leave(std::string const& directory) {
    if (!std::exchange(removed_here_, false)) return;
    if (auto synced = sync_directory(directory); !synced) failed(std::move(synced).error());
  }
  void failed(Error error) {
    ++collected_.failed;
    if (!collected_.fault) collected_.fault = std::move(error);
  }
  void failed(std::string_view what, std::string const& path, int error) {
    failed({.code = "io_error",
            .detail = "a blob that nothing names could not be removed",
            .internal = std::string(what) + " " + path + ": " + std::strerror(error)});
  }
  ports::Collected take() { return std::move(collected_); }

 private:
  void remove(std::string const& path, bool is_blob) {
    std::lock_guard const nobody_touches(*blobs_.removing_);
    struct stat about {};
    if (::lstat(path.c_str(), &about) != 0) {
      if (errno != ENOENT) failed("stat", path, errno);
      return;
    }
    if (changed_at(about) >= put_before_) return;
    if (::unlink(path.c_str()) != 0) return failed("unlink", path, errno);
    removed_here_ = true;
    if (is_blob) ++collected_.blobs;
    collected_.bytes += static_cast<std::uint64_t>(about.st_size);
  }

  FileBlobs& blobs_;
  std::span<ContentRef const> named_;
  Instant put_before_;
  ports::Collected collected_;
  bool removed_here_ = false;  // from the directory that is being walked
};

ports::Collected FileBlobs::collect(std::span<ContentRef const> named, Instant put_before,
                                    std::function<bool()> const& go_on) {
  Collection collection(*this, named, put_before);
  if (!go_on()) return collection.take();
  std::string root = root_ + "/sha256";
  char* const roots[] = {root.data(), nullptr};
  std::unique_ptr<FTS, CloseWalk> const walk(
      ::fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr));
  if (!walk) collection.failed("open", root, errno);
  while (walk) {  // read at least once: glibc frees the root only then
    errno = 0;
    FTSENT const* const entry = ::fts_read(walk.get());
    if (entry == nullptr) {
      if (errno != 0) collection.failed("read", root, errno);
      break;
    }
    int const info = entry->fts_info;
    bool const unreadable = info == FTS_DNR || info == FTS_ERR || info == FTS_NS;
    if (unreadable && entry->fts_errno != ENOENT)
      collection.failed("read", entry->fts_path, entry->fts_errno);
    else if (info == FTS_DP)
      collection.leave(entry->fts_path);
    else
      collection.look_at(*entry);
    if (!go_on()) break;
  }
  return collection.take();
}

}  // namespace tally::platform
