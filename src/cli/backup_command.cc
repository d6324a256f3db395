// tally backup.

#include <fmt/ostream.h>

#include <filesystem>
#include <set>

#include "audit/verify.h"
#include "cli/commands.h"
#include "cli/offline.h"
#include "domain/system_tenant.h"
#include "json/writer.h"
#include "platform/file_blobs.h"
#include "platform/file_disk.h"
#include "platform/job_folder.h"
#include "platform/new_folder.h"
#include "platform/private_file.h"
#include "segments/copy.h"

namespace tally::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNoLedger = "ledger_absent";
constexpr char kJobCopies[] = "/work/jobs";

struct Backup {
  std::string directory;
  std::optional<std::string> keys;
};

struct Copied {
  segments::LogCopy log;
  platform::CopiedTree blobs;
  audit::Report report;
  std::vector<Digest> jobs_missing;  // folders of job kinds that live runs are executed from
};

fs::path place_of(std::string const& path) {
  std::error_code error;
  return fs::weakly_canonical(fs::absolute(path, error), error);
}

bool is_inside(std::string const& path, std::string const& folder) {
  auto const relative = place_of(path).lexically_relative(place_of(folder));
  return !relative.empty() && *relative.begin() != "..";
}

// Empty, or what is wrong with where the copies shall go.
std::string misplaced(Call const& call, Backup const& options) {
  if (options.directory.empty()) return "the name of the directory is empty";
  if (options.keys && options.keys->empty()) return "the name after --keys is empty";
  if (is_inside(options.directory, call.data))
    return fmt::format("{} lies in the data directory, which is the server's alone",
                       options.directory);
  if (!options.keys) return {};
  if (is_inside(*options.keys, call.data))
    return fmt::format("{} lies in the data directory, which is the server's alone", *options.keys);
  if (is_inside(*options.keys, options.directory))
    return fmt::format("{} lies in {}: whoever gets the copy would get the keys", *options.keys,
                       options.directory);
  return {};
}

// Of a directory that could not be made, or not get its name.
ExitCode report_unmade(Call& call, Error const& error) {
  if (error.code == "exists")
    return report(call, ExitCode::usage, error,
                  "name a directory that is not there; one that ends in .unfinished was cut short, "
                  "and may be removed");
  if (error.code == "not_found")
    return report(call, ExitCode::usage, error, "name one in a directory that is there");
  return report(
      call, ExitCode::failed, error,
      "nothing was copied: see that you may make a directory there, and that it has room");
}

ExitCode report_failure(Call& call, Error const& error) {
  if (error.code == kNoLedger) return report_no_ledger(call, error);
  if (error.code == "exists") return report_unmade(call, error);
  return report(call, ExitCode::failed, error,
                "what is there stands in a directory that ends in .unfinished; remove it, look at "
                "the disk, and run it again");
}

// Asked before anything is copied: a copy, say, has no keys. `yes`, or what was said of it.
ExitCode look_for_keys(Call& call) {
  auto const key = platform::read_private_file(call.data + "/keys/ledger.key");
  if (key) return ExitCode::yes;
  if (key.error().code != "not_found")
    return report(call, ExitCode::failed, key.error(), "run it as root or as the server's user");
  call.console.complain(fmt::format("{} has no keys: keys/ledger.key is not there", call.data),
                        "name the server's own data directory, or leave out --keys");
  return ExitCode::usage;
}

// The secrets: without them nobody continues the ledger or reads payloads.
Result<void> copy_keys(Call const& call, platform::NewFolder const& folder) {
  for (char const* name : {"keys", "operator.key"})
    TRY_VOID(folder.copy_tree(call.data + "/" + name, name));
  std::error_code error;
  if (fs::exists(folder.path() + "/keys/ledger.key", error)) return {};
  return fail("io_error", fmt::format("{}/keys/ledger.key cannot be read", call.data));
}

// The folders that work of live runs is executed from. Whoever waits for an audit is executed no
// more, and neither a worker elsewhere nor the server itself takes a folder for it.
std::set<Digest> folders_needed(domain::State const& state) {
  std::set<Digest> needed;
  state.runs.each([&](RunId, domain::run::Row const& row) {
    bool const ended = domain::run::is_final(row.phase);
    bool const in_an_audit = row.phase == domain::run::Phase::audit_required;
    bool const here = row.runner == domain::run::Runner::command && !domain::is_system(row.tenant);
    if (here && !ended && !in_an_audit) needed.insert(row.job_hash.digest());
  });
  return needed;
}

std::vector<Digest> missing_of(std::set<Digest> const& needed, std::string const& copies) {
  std::vector<Digest> missing;
  for (Digest const& hash : needed) {
    auto const files = platform::read_job_files(platform::job_snapshot_path(copies, hash));
    if (!files || platform::hash_of(*files) != hash) missing.push_back(hash);
  }
  return missing;
}

// In this order: what an event names was there before it, so it is found afterwards.
Result<Copied> copy_all(Call& call, Ledger& ledger, platform::NewFolder const& folder) {
  Copied copied;
  TRY(to, platform::FileDisk::open_directory(folder.path() + "/ledger"));
  TRY(log, segments::copy_log(*ledger.disk, *to, ledger.beside));
  if (log.damage && was_taken_up(ledger)) {
    TRY(again, segments::copy_log(*ledger.disk, *to, ledger.beside));
    log = again;
  }
  copied.log = log;
  if (log.damage) return copied;
  TRY(blobs, folder.copy_tree(call.data + "/blobs", "blobs"));
  copied.blobs = blobs;
  TRY_VOID(folder.copy_tree(call.data + kJobCopies, "work/jobs"));
  auto const payloads = platform::FileBlobs::of(folder.path() + "/blobs");
  Progress progress(call, "checked");
  audit::VerifyOptions asked{.blobs = &payloads};
  asked.progress = [&](std::uint64_t events) {
    progress.at(events);
    return audit::Go::on;
  };
  std::set<Digest> needed;
  asked.keep_at = log.end.next_seq;
  asked.keep = [&](audit::Basis const& basis) { needed = folders_needed(basis.state); };
  TRY(written, platform::FileDisk::open_read_only(folder.path() + "/ledger"));
  TRY(report, audit::verify(*written, asked));
  copied.report = report;
  copied.jobs_missing = missing_of(needed, folder.path() + kJobCopies);
  return copied;
}

// No fault of the ledger: a start with that very folder makes its copy again. So it is said, and
// the backup is good.
void note_missing_jobs(Call& call, std::vector<Digest> const& missing) {
  if (missing.empty()) return;
  std::string const more =
      missing.size() > 1 ? fmt::format(", and {} others", missing.size() - 1) : "";
  call.console.note(
      fmt::format("note: live runs need a job kind that is missing or changed: work/jobs/{}{}; a "
                  "server that loads that very folder makes it again, and without it they fail as "
                  "lease_unusable",
                  missing.front().hex(), more));
}

void show(Call& call, Backup const& options, Copied const& copied) {
  std::ostream& out = call.console.out();
  audit::Report const& report = copied.report;
  if (call.json) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("directory", options.directory)
        .member("events", report.events)
        .member("root_sha256", report.root.hex())
        .member("segments", copied.log.segments)
        .member("blobs", copied.blobs.files)
        .member("bytes", copied.log.bytes + copied.blobs.bytes)
        .member("keys", options.keys.has_value())
        .key("jobs_missing")
        .begin_array();
    for (Digest const& hash : copied.jobs_missing) writer.value(hash.hex());
    writer.end_array().member("origin", report.origin).member("vkey", report.vkey).end_object();
    out << text << '\n';
    return;
  }
  fmt::print(out, "{}: {} events and {} blobs, {} MiB, verified{}\n  root  {}\n  log   {}\n",
             options.directory, report.events, copied.blobs.files,
             (copied.log.bytes + copied.blobs.bytes) >> 20,
             copied.jobs_missing.empty() ? "" : " but for job kinds", report.root.hex(),
             report.origin);
  if (options.keys)
    fmt::print(out, "{}: its keys; who has both reads everything\n", *options.keys);
  else
    call.console.note(
        "note: the keys are not in it, and nobody continues the ledger without them; "
        "--keys DIR copies them apart");
}

// What was found to be wrong, or nothing.
std::string fault_of(Copied const& copied) {
  if (copied.log.damage) return "the ledger is damaged: " + copied.log.damage->text();
  audit::Report const& report = copied.report;
  if (report.ok) return {};
  return fmt::format("the copy does not verify: {}{}",
                     report.bad_seq ? fmt::format("event {}: ", *report.bad_seq) : "", report.what);
}

// Both or none of them stand under their names afterwards, the keys a moment earlier.
ExitCode fill(Call& call, Backup const& options, Ledger& ledger, platform::NewFolder& folder,
              platform::NewFolder* keys) {
  auto copied = copy_all(call, ledger, folder);
  bool const nothing = copied ? copied->log.damage.has_value() : copied.error().code == kNoLedger;
  if (nothing) {
    folder.give_up();
    if (keys != nullptr) keys->give_up();
  }
  if (!copied) return report_failure(call, copied.error());
  if (auto const fault = fault_of(*copied); !fault.empty()) {
    call.console.complain(fault, "run tally ledger verify, and keep the copies that you have");
    return ExitCode::no;
  }
  if (keys != nullptr) {
    if (auto done = copy_keys(call, *keys); !done) return report_failure(call, done.error());
    if (auto done = keys->finish(); !done) return report_failure(call, done.error());
  }
  if (auto done = folder.finish(); !done) return report_failure(call, done.error());
  show(call, options, *copied);
  note_missing_jobs(call, copied->jobs_missing);
  return ExitCode::yes;
}

ExitCode backup(Call& call, Backup const& options) {
  if (auto const wrong = misplaced(call, options); !wrong.empty()) {
    call.console.complain(wrong, "name another directory");
    return ExitCode::usage;
  }
  auto ledger = open_ledger(call);
  if (!ledger) return report_no_ledger(call, ledger.error());
  if (options.keys)
    if (auto const found = look_for_keys(call); found != ExitCode::yes) return found;
  auto folder = platform::NewFolder::begin(options.directory);
  if (!folder) return report_unmade(call, folder.error());
  if (!options.keys) return fill(call, options, *ledger, *folder, nullptr);
  auto keys = platform::NewFolder::begin(*options.keys);
  if (keys) return fill(call, options, *ledger, *folder, &*keys);
  folder->give_up();
  return report_unmade(call, keys.error());
}

Action declare_backup(Arguments& arguments) {
  auto options = std::make_shared<Backup>();
  arguments.option("directory", options->directory, "Where the copy goes; made by this")
      .kind("DIR")
      .required();
  arguments.option("--keys", options->keys, "Where its keys go; made by this, and not in the other")
      .kind("DIR");
  return [options](Call& call) { return backup(call, *options); };
}

}  // namespace

std::span<Command const> backup_commands() {
  static constexpr std::array<Command, 1> kRows{{
      {"backup", "Copies a data directory, also while it is served, and verifies the copy",
       "tally backup /backups/monday --data /var/lib/tally --keys /safe/monday", Reach::data,
       declare_backup},
  }};
  return kRows;
}

}  // namespace tally::cli
