#include "platform/job_folder.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "platform/job_folder_toml.h"
#include "platform/private_file.h"

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> refuse(std::string const& where, std::string const& what) {
  return fail("validation_error", where + ": " + what);
}

bool is_plain(std::string_view name) {
  return std::ranges::none_of(name, [](char c) {
    auto code = static_cast<unsigned char>(c);
    return code < 0x20 || code == 0x7f;
  });
}

bool is_executable(fs::perms mode) { return (mode & fs::perms::owner_exec) != fs::perms::none; }

// One entry of a job's folder; directories add nothing themselves.
Result<void> add_entry(fs::directory_entry const& entry, fs::path const& root,
                       std::vector<JobFile>& files, std::uint64_t& bytes) {
  auto where = entry.path().string();
  std::error_code error;
  auto status = entry.symlink_status(error);
  if (error) return refuse(where, "cannot be read: " + error.message());
  if (fs::is_directory(status)) return {};
  if (fs::is_symlink(status)) return refuse(where, "a symbolic link; put the file itself here");
  if (!fs::is_regular_file(status)) return refuse(where, "not a regular file");
  auto path = entry.path().lexically_relative(root).generic_string();
  if (!is_plain(path)) return refuse(root.string(), "a file name has a control character");
  if (files.size() >= kJobFilesMax)
    return refuse(root.string(), "more than " + std::to_string(kJobFilesMax) + " files");
  if (bytes + entry.file_size(error) > kJobFolderBytesMax)
    return refuse(root.string(),
                  "more than " + std::to_string(kJobFolderBytesMax) + " bytes of files");
  TRY(content, read_private_file(where));
  bytes += content.size();
  files.push_back({std::move(path), is_executable(status.permissions()), std::move(content)});
  return {};
}

}  // namespace

Digest hash_of(std::vector<JobFile> const& files) {
  std::string listing = "tally-job-folder-v1\n";
  for (auto const& file : files)
    listing +=
        (file.executable ? "x " : "- ") + sha256(file.content).hex() + " " + file.path + "\n";
  return sha256(as_bytes(listing));
}

Result<std::vector<JobFile>> read_job_files(std::string const& folder) {
  std::vector<JobFile> files;
  std::uint64_t bytes = 0;
  std::error_code error;
  fs::path root = folder;
  fs::recursive_directory_iterator at(root, error);
  if (error) return refuse(folder, "cannot be read: " + error.message());
  for (; at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (error) return refuse(folder, "cannot be read: " + error.message());
    if (at.depth() >= kJobFolderDepthMax) return refuse(folder, "folders lie too deep");
    TRY_VOID(add_entry(*at, root, files, bytes));
  }
  if (error) return refuse(folder, "cannot be read: " + error.message());
  std::ranges::sort(files, {}, &JobFile::path);
  return files;
}

Result<JobFolder> load_job(std::string const& folder) {
  JobFolder job;
  TRY(files, read_job_files(folder));
  auto settings = std::ranges::find(files, "job.toml", &JobFile::path);
  if (settings == files.end()) return refuse(folder, "has no job.toml");
  TRY(spec, parse_job_toml(as_text(settings->content), folder + "/job.toml"));
  job.spec = std::move(spec);
  job.spec.hash = hash_of(files);
  job.files = std::move(files);
  return job;
}

Result<std::vector<JobFolder>> load_all_jobs(std::string const& directory) {
  std::vector<std::string> folders;
  std::error_code error;
  fs::directory_iterator at(directory, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    if (at->is_directory() && !at->path().filename().string().starts_with('.'))
      folders.push_back(at->path().string());
  if (error) return refuse(directory, "cannot be read: " + error.message());
  if (folders.size() > kJobKindsMax)
    return refuse(directory, "more than " + std::to_string(kJobKindsMax) + " job kinds");
  std::ranges::sort(folders);
  std::vector<JobFolder> jobs;
  std::set<JobName> names;
  for (auto const& folder : folders) {
    TRY(job, load_job(folder));
    if (!names.insert(job.spec.name).second)
      return refuse(folder + "/job.toml",
                    "another folder already has the name \"" + job.spec.name.value() + "\"");
    jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace tally::platform
