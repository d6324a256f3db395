#include "platform/new_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

#include "platform/private_file.h"
#include "platform/process_fd.h"
#include "platform/remove_tree.h"

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> failed(std::string const& path, int error) {
  return fail(error == EEXIST ? "exists" : "io_error", path + ": " + std::strerror(error));
}

// What another name would mend is no fault of the disk.
tl::unexpected<Error> not_made(std::string const& path, int error) {
  bool const misnamed =
      error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG || error == ELOOP;
  if (!misnamed) return failed(path, error);
  return fail("not_found", path + ": " + std::strerror(error));
}

fs::path parent_of(std::string const& name) {
  auto const parent = fs::path(name).parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

// A directory that is filled now, and gets its own mode when that is done: in a job kind's copy
// nobody may write, its owner neither.
struct Unfilled {
  fs::path directory;
  fs::perms mode;
};

std::error_code make_unfilled(fs::path const& source, fs::path const& to,
                              std::vector<Unfilled>& unfilled) {
  std::error_code error;
  auto const mode = fs::status(source, error).permissions();
  if (error) return error;
  if (::mkdir(to.c_str(), 0700) != 0) return {errno, std::generic_category()};
  unfilled.push_back({to, mode});
  return {};
}

// Those inside before those around them.
std::error_code give_modes(std::vector<Unfilled> const& unfilled) {
  std::error_code error;
  for (auto at = unfilled.rbegin(); at != unfilled.rend() && !error; ++at)
    fs::permissions(at->directory, at->mode, error);
  return error;
}

// One entry of the source. A file that is gone is no error.
std::error_code copy_entry(fs::directory_entry const& entry, fs::path const& to,
                           std::vector<Unfilled>& unfilled, CopiedTree& copied) {
  std::error_code error;
  auto const status = entry.symlink_status(error);
  if (status.type() == fs::file_type::not_found) return {};
  if (error) return error;
  if (status.type() == fs::file_type::directory) return make_unfilled(entry.path(), to, unfilled);
  if (status.type() != fs::file_type::regular)
    return std::make_error_code(std::errc::operation_not_supported);
  fs::copy_file(entry.path(), to, error);
  if (error == std::errc::no_such_file_or_directory) return {};
  if (error) return error;
  ++copied.files;
  copied.bytes += fs::file_size(to, error);
  return error;
}

}  // namespace

Result<NewFolder> NewFolder::begin(std::string name) {
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  NewFolder folder(std::move(name));
  std::error_code error;
  if (folder.name_.empty()) return not_made("a directory without a name", ENOENT);
  if (fs::exists(fs::symlink_status(folder.name_, error))) return failed(folder.name_, EEXIST);
  if (::mkdir(folder.path_.c_str(), 0700) != 0) return not_made(folder.path_, errno);
  return folder;
}

Result<CopiedTree> NewFolder::copy_tree(std::string const& source, std::string const& as) const {
  CopiedTree copied;
  std::vector<Unfilled> unfilled;
  fs::path const target = path_ + "/" + as;
  std::error_code error;
  if (!fs::exists(source, error)) return copied;
  if (!fs::is_directory(source, error)) {
    error = copy_entry(fs::directory_entry(source), target, unfilled, copied);
    if (error) return failed(source, error.value());
    return copied;
  }
  TRY_VOID(make_private_directory(target.parent_path().string()));
  error = make_unfilled(source, target, unfilled);
  if (error) return failed(target.string(), error.value());
  for (fs::recursive_directory_iterator at(source, error), end; !error && at != end;
       at.increment(error)) {
    auto const to = target / at->path().lexically_relative(source);
    if (auto const fault = copy_entry(*at, to, unfilled, copied))
      return failed(at->path().string(), fault.value());
  }
  if (!error) error = give_modes(unfilled);
  if (error) return failed(source, error.value());
  return copied;
}

Result<void> NewFolder::finish() {
  OwnedFd const folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open() || ::syncfs(folder.get()) != 0) return failed(path_, errno);
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name_.c_str(), RENAME_NOREPLACE) != 0)
    return failed(name_, errno);
  return sync_directory(parent_of(name_).string());
}

void NewFolder::give_up() const { (void)remove_tree(path_); }

}  // namespace tally::platform
