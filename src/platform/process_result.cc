#include "platform/process_result.h"

#include <algorithm>

#include "base/redact.h"
#include "json/value.h"
#include "platform/private_file.h"

namespace tally::platform {
namespace {

constexpr int kSignalBase = 128;  // bwrap and shells exit with 128 + signal
constexpr int kSignalMax = 64;

struct Verdict {
  char const* code;
  std::string detail;
  bool retry;
};

std::string signal_words(int number) {
  return "The work was killed by signal " + std::to_string(number) + ".";
}

Verdict of_exit(int code, SandboxLevel level) {
  bool by_signal =
      level == SandboxLevel::bubblewrap && code > kSignalBase && code <= kSignalBase + kSignalMax;
  if (by_signal) return {"killed", signal_words(code - kSignalBase), true};
  return {"exit_nonzero", "The work ended with exit code " + std::to_string(code) + ".", true};
}

Verdict of_failure(ProcessOutcome const& outcome, ExecutionFacts const& facts) {
  if (facts.setup_failed)
    return {"sandbox_failed", "The sandbox could not be set up; the work did not run.", true};
  switch (outcome.end) {
    case ProcessEnd::exited:
      return of_exit(outcome.code, facts.level);
    case ProcessEnd::killed:
      return {"killed", signal_words(outcome.code), true};
    case ProcessEnd::timed_out:
      return {"timeout", "The work took longer than it may and was stopped.", true};
    case ProcessEnd::cancelled:
      return {"cancelled", "The work was stopped on request.", false};
    case ProcessEnd::output_too_large:
      return {"output_too_large",
              "The work wrote more than " + std::to_string(facts.spec.limits.output_bytes_max) +
                  " bytes of result.",
              false};
    case ProcessEnd::not_started:
      break;
  }
  return {"sandbox_failed", "The work could not be started.", true};
}

// No file but a regular, small one counts; the work may have put anything there.
std::optional<Micros> reported_cost(ExecutionFacts const& facts) {
  if (!facts.spec.price.reported) return std::nullopt;
  auto text = read_private_file(facts.box + "/receipt.json", kCostFileBytesMax);
  if (!text) return std::nullopt;
  return parse_reported_cost(as_text(*text));
}

}  // namespace

std::optional<Micros> parse_reported_cost(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto document = json::parse(text);
  auto const* object = document ? document->object() : nullptr;
  if (object == nullptr || object->size() != 1) return std::nullopt;
  auto const* amount = document->find("cost_usd");
  auto const* written = amount != nullptr ? amount->string() : nullptr;
  return written != nullptr ? parse_usd(*written) : std::nullopt;
}

ports::RunResult judge(ProcessOutcome const& outcome, ExecutionFacts const& facts) {
  std::string sandbox(level_name(facts.level));
  auto reported = reported_cost(facts);
  auto failure = [&](Verdict verdict) {
    return ports::WorkFailure{verdict.code, std::move(verdict.detail), verdict.retry,
                              reported,     outcome.elapsed,           sandbox};
  };
  bool ended_well = outcome.end == ProcessEnd::exited && outcome.code == 0 && !facts.setup_failed;
  if (!ended_well) return failure(of_failure(outcome, facts));
  auto document = json::parse(outcome.output);
  if (!document)
    return failure({"output_not_json", "The work's output is not one JSON document.", false});
  if (facts.spec.price.reported && !reported)
    return failure({"cost_not_reported",
                    "The work left no {\"cost_usd\": \"...\"} in the file TALLY_RECEIPT.", false});
  return ports::WorkReceipt{json::canonical(*document), reported, outcome.elapsed, sandbox};
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
