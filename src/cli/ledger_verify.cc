// tally ledger verify.

#include <fmt/ostream.h>

#include "audit/verify.h"
#include "cli/ledger_commands.h"
#include "cli/offline.h"
#include "json/writer.h"

namespace tally::cli {

namespace {

std::string json_of(audit::Report const& report) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object()
      .member("ok", report.ok)
      .member("events", report.events)
      .member("frames", report.frames)
      .member("root_sha256", report.root.hex())
      .member("checkpoints", report.checkpoints)
      .member("torn_tail", report.torn_tail);
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
  fmt::print(out, "{}: {} events in {} frames, {} checkpoints\n", report.ok ? "ok" : "NOT OK",
             report.events, report.frames, report.checkpoints);
  fmt::print(out, "  root  {}\n  log   {}\n  key   {}\n", report.root.hex(), report.origin,
             report.vkey);
  if (report.ok && !key_was_given)
    fmt::print(out, "  The key is the ledger's own word; --vkey holds it against one you trust.\n");
}

ExitCode verify(Call& call, std::optional<std::string> const& vkey) {
  auto const disk = open_ledger(call);
  if (!disk) return report_no_ledger(call, disk.error());
  Progress progress(call, "checked");
  auto const go_on = [&](std::uint64_t events) {
    progress.at(events);
    return audit::Go::on;
  };
  auto const report = audit::verify(**disk, {.vkey = vkey, .progress = go_on});
  if (!report) return report_no_ledger(call, report.error());
  show(call, *report, vkey.has_value());
  if (report->torn_tail)
    call.console.note(
        "note: the last frame is incomplete: a server is writing it now, or power failed; "
        "nobody was told that it is durable");
  if (report->ok) return ExitCode::yes;
  call.console.complain(
      report->bad_seq ? fmt::format("event {}: {}", *report->bad_seq, report->what) : report->what,
      "keep this directory as it is, and fetch the ledger from a copy");
  return ExitCode::no;
}

}  // namespace

Action declare_verify(Arguments& arguments) {
  auto vkey = std::make_shared<std::optional<std::string>>();
  arguments.option("--vkey", *vkey, "The key that you trust, name+id+base64").kind("VKEY");
  return [vkey](Call& call) { return verify(call, *vkey); };
}

}  // namespace tally::cli
