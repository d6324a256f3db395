#pragma once

// Job kinds on disk: a folder each, with a job.toml and the files its command needs.
//
//   name = "summarise"            version = "1.2.0"
//   runner = "command"            command = ["./work.sh"]
//   timeout_s = 60                retries = 2
//   price = { fixed_usd = "0.0010", per_second_usd = "0.0000" }     or { reported = true }
//   minimum_fee = { floor_usd = "0.0050", percent = 2, cap_usd = "0.1000" }
//
// A folder is read once, into memory; the hash, the settings and the private copy that runs are
// all made from those same bytes, so what was hashed is what runs even if the folder changes.

#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "ports/job_runner.h"

namespace tally::platform {

inline constexpr std::size_t kJobKindsMax = 1'000;
inline constexpr std::size_t kJobFilesMax = 10'000;
inline constexpr std::uint64_t kJobFolderBytesMax = 64u << 20;
inline constexpr int kJobFolderDepthMax = 32;

struct JobFile {
  std::string path;  // relative, '/' between parts
  bool executable = false;
  Bytes content;
};

struct JobFolder {
  ports::JobSpec spec;
  std::vector<JobFile> files;  // by path, bytewise
};

// SHA-256 over "tally-job-folder-v1\n" and one line a file, by path:
//   "x" or "-", space, SHA-256 of the content in hex, space, path, "\n".
Digest hash_of(std::vector<JobFile> const& files);

// The regular files below `folder`, sorted. Symbolic links, devices, control characters in names
// and folders over the limits are refused ("validation_error").
Result<std::vector<JobFile>> read_job_files(std::string const& folder);

// Reads and checks one folder; the program of a command must be there and be executable. Errors
// ("validation_error") begin with file and line.
Result<JobFolder> load_job(std::string const& folder);

// A folder that is no job kind as it stands.
struct RefusedJob {
  std::string folder;
  std::string why;  // a line for each fault; each begins with the file
  JobName name;     // that it claims, else that of the folder; empty where neither can be one
};

struct LoadedJobs {
  std::vector<JobFolder> jobs;
  std::vector<RefusedJob> refused;
};

// Every folder directly below `directory`, by name; one may be a symbolic link to a folder. One
// that load_job refuses, a link that leads nowhere, and all that claim the same name, are refused;
// the others load. Files and names that begin with '.' are passed over. Errors: `directory` cannot
// be read or holds more than kJobKindsMax folders.
Result<LoadedJobs> load_all_jobs(std::string const& directory);

// Writes the private copy <jobs_root>/<hash> unless a whole one is there: directories 0555, files
// 0444 or 0555, durable, made under another name and renamed. A copy that does not match its hash
// is replaced. It cannot change afterwards: the data directory belongs to the server's user
// alone, sandboxed work sees the copy read-only, and each start checks it again.
Result<std::string> write_job_snapshot(std::string const& jobs_root, JobFolder const& job);

// Removes every copy below `jobs_root` that is none of `used`, and what an interrupted start left.
// Returns how many. Errors: "io_error".
Result<std::size_t> remove_unused_snapshots(std::string const& jobs_root,
                                            std::set<Digest> const& used);

// Where write_job_snapshot puts it.
std::string job_snapshot_path(std::string const& jobs_root, Digest const& hash);

}  // namespace tally::platform
