// tally ledger verify.

#include <fmt/ostream.h>

#include "audit/verify.h"
#include "cli/files.h"
#include "cli/ledger_commands.h"
#include "cli/offline.h"
#include "json/writer.h"
#include "platform/file_blobs.h"

namespace tally::cli {

namespace {

std::string json_of(audit::Report const& report) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object()
      .member("ok", report.ok)
      .member("events", report.events)
      .member("frames", report.frames);
  if (report.events > 0) writer.member("root_sha256", report.root.hex());
  writer.member("checkpoints", report.checkpoints).member("torn_tail", report.torn_tail);
  if (!report.ok) {
    if (report.bad_seq) writer.member("bad_seq", *report.bad_seq);
    writer.member("what", report.what);
  }
  writer.member("origin", report.origin).member("vkey", report.vkey).end_object();
  return text;
}

void show(Call& call, audit::Report const& report, bool key_was_given) {
  std::ostream& out = call.console.out();
  if (call.json) {
    out << json_of(report) << '\n';
    return;
  }
  if (!report.ok && report.events == 0) {
    fmt::print(out, "NOT OK: nothing of it is good\n");
    return;
  }
  std::string_view const good = report.ok ? "ok:" : "NOT OK: good are the first";
  fmt::print(out, "{} {} events in {} frames, {} checkpoints\n", good, report.events, report.frames,
             report.checkpoints);
  fmt::print(out, "  root  {}{}\n  log   {}\n  key   {}\n", report.root.hex(),
             report.ok ? "" : " (of what is good)", report.origin, report.vkey);
  if (report.ok && !key_was_given)
    fmt::print(out, "  The key is the ledger's own word; --vkey holds it against one you trust.\n");
}

struct Verify {
  std::optional<std::string> vkey;
  std::optional<std::string> known;  // a file with a signed checkpoint
  bool without_blobs = false;
};

Result<audit::Report> check(Ledger& ledger, audit::VerifyOptions asked) {
  asked.beside = ledger.beside;
  auto report = audit::verify(*ledger.disk, asked);
  if (!report || report->ok || !was_taken_up(ledger)) return report;
  asked.beside = ledger.beside;
  return audit::verify(*ledger.disk, asked);
}

std::string fault_of(audit::Report const& report) {
  return report.bad_seq ? fmt::format("event {}: {}", *report.bad_seq, report.what) : report.what;
}

ExitCode verify(Call& call, Verify const& options) {
  auto ledger = open_ledger(call);
  if (!ledger) return report_no_ledger(call, ledger.error());
  audit::VerifyOptions asked{.vkey = options.vkey};
  if (options.known) {
    auto note = read_file(call.console, *options.known);
    if (!note) return report(call, ExitCode::usage, note.error(), "--known takes a CHECKPOINT");
    asked.known = std::move(*note);
  }
  Progress progress(call, "checked");
  asked.progress = [&](std::uint64_t events) {
    progress.at(events);
    return audit::Go::on;
  };
  auto const blobs = platform::FileBlobs::of(call.data + "/blobs");
  if (!options.without_blobs) asked.blobs = &blobs;
  auto const found = check(*ledger, std::move(asked));
  if (!found && found.error().code.starts_with("malformed_"))
    return report(call, ExitCode::usage, found.error(),
                  "--known takes what tally ledger checkpoint writes");
  if (!found) return report_no_ledger(call, found.error());
  show(call, *found, options.vkey.has_value());
  if (found->torn_tail)
    call.console.note(
        "note: the last frame is incomplete: power failed, or a copy was made meanwhile; nobody "
        "was told that it is durable");
  if (found->ok) return ExitCode::yes;
  call.console.complain(fault_of(*found),
                        "keep this directory as it is, and fetch the ledger from a copy");
  return ExitCode::no;
}

}  // namespace

Action declare_verify(Arguments& arguments) {
  auto options = std::make_shared<Verify>();
  arguments.option("--vkey", options->vkey, "The key that you trust, name+id+base64").kind("VKEY");
  arguments
      .option("--known", options->known,
              "A signed checkpoint that you kept: its events must be there, under its root")
      .kind("CHECKPOINT");
  arguments.flag("--without-blobs", options->without_blobs,
                 "Do not read large payloads, where the copy has none");
  return [options](Call& call) { return verify(call, *options); };
}

}  // namespace tally::cli
