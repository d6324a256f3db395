#include "platform/process_result.h"

#include <algorithm>

#include "base/printable.h"
#include "base/redact.h"
#include "json/fault.h"
#include "json/value.h"
#include "platform/private_file.h"

namespace tally::platform {
namespace {

constexpr int kSignalBase = 128;  // bwrap and shells exit with 128 + signal
constexpr int kSignalMax = 64;

EndVerdict of_exit(int code) {
  return {"exit_nonzero", "The work ended with exit code " + std::to_string(code) + ".", true};
}

EndVerdict of_signal(int number, bool server_stopping) {
  if (server_stopping) return {"killed", "The work was killed together with the server.", true};
  return {"signal", "The work was ended by signal " + std::to_string(number) + ".", true};
}

EndVerdict of_limit(bool at_cost_limit) {
  if (at_cost_limit) return {"cost_limit", "The hold was used up, so the work was stopped.", false};
  return {"timeout", "The work took longer than it may and was stopped.", true};
}

std::string_view without_space_around(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  auto const first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

// What the work says it cost. No file but a regular, small one counts; the work may have put
// anything there.
struct CostFile {
  std::optional<SaidCost> cost;
  std::optional<std::string> unreadable;  // it is there, and says no cost; its text, redacted
};
constexpr std::size_t kReceiptShownMax = 80;

CostFile read_cost(ExecutionFacts const& facts) {
  if (!facts.spec.price.reported) return {};
  auto text = read_private_file(facts.box + "/receipt.json", kCostFileBytesMax);
  if (!text && text.error().code == "not_found") return {};
  if (!text) return {.cost = {}, .unreadable = text.error().detail};
  auto cost = parse_reported_cost(as_text(*text));
  if (cost || text->empty()) return {.cost = cost, .unreadable = {}};
  return {.cost = {}, .unreadable = in_quotes(redacted(as_text(*text), kReceiptShownMax))};
}

constexpr char const* kNotReported = "cost_not_reported";

}  // namespace

std::optional<SaidCost> parse_reported_cost(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto document = json::parse(text);
  auto const* object = document ? document->object() : nullptr;
  if (object == nullptr || object->size() != 1) return std::nullopt;
  auto const* amount = document->find("cost_usd");
  auto const* written = amount != nullptr ? amount->string() : nullptr;
  return written != nullptr ? parse_cost(*written) : std::nullopt;
}

int signal_of(ProcessOutcome const& outcome) {
  if (outcome.end == ProcessEnd::killed) return outcome.code;
  bool const said = outcome.end == ProcessEnd::exited && outcome.code > kSignalBase &&
                    outcome.code <= kSignalBase + kSignalMax;
  return said ? outcome.code - kSignalBase : 0;
}

EndVerdict verdict_of(ProcessOutcome const& outcome, ExecutionFacts const& facts) {
  if (facts.setup_failed)
    return {"sandbox_failed", "The sandbox could not be set up; the work did not run.", true};
  switch (outcome.end) {
    case ProcessEnd::exited:
      if (outcome.code == 0) return {};
      if (int const number = signal_of(outcome)) return of_signal(number, facts.server_stopping);
      return of_exit(outcome.code);
    case ProcessEnd::killed:
      return of_signal(outcome.code, facts.server_stopping);
    case ProcessEnd::timed_out:
      return of_limit(facts.at_cost_limit);
    case ProcessEnd::cancelled:
      return {"cancelled", "The work was stopped on request.", false};
    case ProcessEnd::output_too_large:
      return {"output_too_large",
              "The work wrote more than " + std::to_string(facts.spec.limits.output_bytes_max) +
                  " bytes of result.",
              false};
    case ProcessEnd::over_quota:
      return {"disk_limit",
              "The work had more than " + std::to_string(kScratchBytesMax) +
                  " bytes of files in its scratch directory and was stopped.",
              false};
    case ProcessEnd::not_started:
      break;
  }
  return {"sandbox_failed", "The work could not be started.", true};
}

ports::RunResult judge(ProcessOutcome const& outcome, ExecutionFacts const& facts) {
  std::string sandbox(level_name(facts.level));
  CostFile const file = read_cost(facts);
  std::optional<Micros> reported;
  if (file.cost) reported = file.cost->amount;
  bool const rounded_up = file.cost && file.cost->rounded_up;
  auto failure = [&](EndVerdict verdict) {
    // What failed and says what nobody can read may have cost anything: people decide.
    if (file.unreadable) {
      verdict.detail +=
          " The file TALLY_RECEIPT says no cost that can be read: " + *file.unreadable;
      verdict.code = kNotReported;
    }
    return ports::WorkFailure{
        .code = std::string(verdict.code),
        .detail = std::move(verdict.detail),
        .retry = verdict.retry,
        .reported = reported,
        .elapsed = outcome.elapsed,
        .sandbox = sandbox,
        .rounded_up = rounded_up,
        .stderr_tail = redacted_tail(outcome.error_tail, ports::kStderrTailBytesMax)};
  };
  auto verdict = verdict_of(outcome, facts);
  if (!verdict.code.empty()) return failure(std::move(verdict));
  auto const document = without_space_around(outcome.output);
  if (auto const fault = json::find_syntax_fault(document))
    return failure({"output_not_json",
                    "The work's output is not one JSON document: byte " +
                        std::to_string(fault->at) + ": " + fault->what + ".",
                    false});
  // Where it says no cost, its result goes to the audit with it: nothing is lost.
  return ports::WorkReceipt{std::string(document), reported, outcome.elapsed, sandbox, rounded_up};
}

std::string last_line_redacted(std::string_view text) {
  auto last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return {};
  text = text.substr(0, last + 1);
  auto newline = text.find_last_of('\n');
  if (newline != std::string_view::npos) text.remove_prefix(newline + 1);
  return redacted(text, kNoteBytesMax);
}

}  // namespace tally::platform
