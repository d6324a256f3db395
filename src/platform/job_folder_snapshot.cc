// The private, read-only copy of a job's folder that runs.

#include <sys/stat.h>

#include <filesystem>
#include <set>

#include "platform/job_folder.h"
#include "platform/private_file.h"
#include "platform/remove_tree.h"

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

constexpr fs::perms kReadable =
    fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
constexpr fs::perms kSearchable =
    kReadable | fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;

tl::unexpected<Error> io_error(std::string const& path, std::error_code const& error) {
  return fail("io_error", "The server could not use its disk.", path + ": " + error.message());
}

Result<void> write_files(std::string const& root, std::vector<JobFile> const& files) {
  std::error_code error;
  std::set<std::string> directories{root};
  for (auto const& file : files) {
    auto path = root + "/" + file.path;
    for (auto parent = fs::path(path).parent_path(); parent != root; parent = parent.parent_path())
      directories.insert(parent.string());
    TRY_VOID(make_private_directory(fs::path(path).parent_path().string()));
    TRY_VOID(write_private_file(path, file.content));
    fs::permissions(path, file.executable ? kSearchable : kReadable, error);
    if (error) return io_error(path, error);
  }
  for (auto const& directory : directories) {
    fs::permissions(directory, kSearchable, error);
    if (error) return io_error(directory, error);
    TRY_VOID(sync_directory(directory));
  }
  return {};
}

bool is_whole(std::string const& path, Digest const& hash) {
  auto files = read_job_files(path);
  return files && hash_of(*files) == hash;
}

}  // namespace

std::string job_snapshot_path(std::string const& jobs_root, Digest const& hash) {
  return jobs_root + "/" + hash.hex();
}

Result<std::string> write_job_snapshot(std::string const& jobs_root, JobFolder const& job) {
  TRY_VOID(make_private_directory(jobs_root));
  auto path = job_snapshot_path(jobs_root, job.spec.hash);
  if (is_whole(path, job.spec.hash)) return path;
  auto temporary = path + ".new";
  TRY_VOID(remove_tree(temporary));
  TRY_VOID(remove_tree(path));
  TRY_VOID(make_private_directory(temporary));
  TRY_VOID(write_files(temporary, job.files));
  std::error_code error;
  fs::rename(temporary, path, error);
  if (error) return io_error(path, error);
  TRY_VOID(sync_directory(jobs_root));
  return path;
}

Result<std::size_t> remove_unused_snapshots(std::string const& jobs_root,
                                            std::set<Digest> const& used) {
  std::set<std::string> kept;
  for (Digest const& hash : used) kept.insert(hash.hex());
  std::vector<std::string> unused;
  std::error_code error;
  fs::directory_iterator at(jobs_root, error);
  if (error == std::errc::no_such_file_or_directory) return 0;
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    if (!kept.contains(at->path().filename().string())) unused.push_back(at->path().string());
  if (error) return io_error(jobs_root, error);
  for (std::string const& path : unused) TRY_VOID(remove_tree(path));
  return unused.size();
}

}  // namespace tally::platform
