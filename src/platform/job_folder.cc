#include "platform/job_folder.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>

#include "platform/job_folder_toml.h"
#include "platform/private_file.h"

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

// Where the sandbox looks for a program without a path (platform/sandbox.cc).
constexpr std::array kProgramFolders{"/usr/local/bin/", "/usr/bin/", "/bin/"};

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

// A path with a slash leads to a file of the job's own, by the folder or by its place inside the
// sandbox, or to one of the machine's; a name without one is looked up where the sandbox does.
std::optional<std::string> own_file(std::string_view program) {
  constexpr std::string_view kInside = "/job/";
  if (program.starts_with(kInside)) program.remove_prefix(kInside.size());
  if (program.starts_with('/') || program.find('/') == std::string_view::npos) return std::nullopt;
  return fs::path(program).lexically_normal().string();
}

bool machine_has(std::string const& program) {
  if (program.starts_with('/')) return ::access(program.c_str(), X_OK) == 0;
  return std::ranges::any_of(kProgramFolders, [&](char const* folder) {
    return ::access((folder + program).c_str(), X_OK) == 0;
  });
}

Result<void> check_program(JobFolder const& job, std::string const& folder) {
  auto const& program = job.spec.command.front();
  auto const where = folder + "/job.toml: the program \"" + program + "\" ";
  auto const own = own_file(program);
  if (!own) {
    if (machine_has(program)) return {};
    return fail("validation_error", where + "is not installed on this machine");
  }
  auto const file = std::ranges::find(job.files, *own, &JobFile::path);
  if (file == job.files.end())
    return fail("validation_error", where + "is no file of the job's folder");
  if (file->executable) return {};
  return fail("validation_error",
              where + "is not executable: chmod +x " + folder + "/" + file->path);
}

// A folder, or a link to one; a link that leads nowhere is somebody's mistake and is told.
bool may_be_job(fs::directory_entry const& entry) {
  std::error_code unknown;
  bool const hidden = entry.path().filename().string().starts_with('.');
  bool const astray = entry.is_symlink(unknown) && !entry.exists(unknown);
  return !hidden && (astray || entry.is_directory(unknown));
}

JobName claimed_name(std::string const& folder) {
  auto const text = read_private_file(folder + "/job.toml");
  auto const said = text ? name_in_job_toml(as_text(*text)) : std::nullopt;
  std::string name = said.value_or(fs::path(folder).filename().string());
  return is_name(name) ? JobName(std::move(name)) : JobName{};
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
  if (fs::is_symlink(root, error) && !fs::exists(root, error))
    return refuse(folder, "a symbolic link that leads nowhere");
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
  if (job.spec.runner == ports::JobRunnerKind::command) TRY_VOID(check_program(job, folder));
  return job;
}

Result<LoadedJobs> load_all_jobs(std::string const& directory) {
  std::vector<std::string> folders;
  std::error_code error;
  fs::directory_iterator at(directory, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    if (may_be_job(*at)) folders.push_back(at->path().string());
  if (error) return refuse(directory, "cannot be read: " + error.message());
  if (folders.size() > kJobKindsMax)
    return refuse(directory, "more than " + std::to_string(kJobKindsMax) + " job kinds");
  std::ranges::sort(folders);
  LoadedJobs loaded;
  std::map<JobName, std::vector<std::pair<std::string, JobFolder>>> by_name;
  for (auto const& folder : folders) {
    if (auto job = load_job(folder))
      by_name[job->spec.name].emplace_back(folder, std::move(*job));
    else
      loaded.refused.push_back(
          {.folder = folder, .why = job.error().detail, .name = claimed_name(folder)});
  }
  for (auto& [name, claims] : by_name) {
    if (claims.size() == 1) {
      loaded.jobs.push_back(std::move(claims.front().second));
      continue;
    }
    for (auto const& [folder, job] : claims)
      loaded.refused.push_back({.folder = folder,
                                .why = folder + "/job.toml: " + std::to_string(claims.size()) +
                                       " folders claim the name \"" + name.value() +
                                       "\"; which one is meant cannot be known",
                                .name = name});
  }
  return loaded;
}

}  // namespace tally::platform
