#include "merkle/checkpoint.h"

#include "merkle/lines.h"

namespace tally::merkle {

namespace {

auto malformed(std::string detail) { return fail("malformed_checkpoint", std::move(detail)); }

}  // namespace

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  auto const origin = take_line(text);
  if (!origin || origin->empty()) return malformed("line 1 must be the origin of the log");
  auto const size_line = take_line(text);
  auto const size = size_line ? parse_decimal(*size_line) : std::nullopt;
  if (!size) return malformed("line 2 must be the size in decimal digits without leading zeros");
  auto const root_line = take_line(text);
  auto const root = root_line ? digest_from_base64(*root_line) : std::nullopt;
  if (!root) return malformed("line 3 must be base64 of the 32-byte root");
  Checkpoint checkpoint{std::string(*origin), *size, *root, {}};
  while (!text.empty()) {
    auto const line = take_line(text);
    if (!line || line->empty()) return malformed("an extension line is empty or has no end");
    checkpoint.extensions.emplace_back(*line);
  }
  return checkpoint;
}

std::string format_checkpoint(Checkpoint const& checkpoint) {
  std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
                     digest_to_base64(checkpoint.root) + "\n";
  for (std::string const& line : checkpoint.extensions) text += line + "\n";
  return text;
}

Result<Checkpoint> open_checkpoint(std::string_view note, VerifierKey const& log_key) {
  TRY(opened, open_note(note, {&log_key, 1}));
  TRY(checkpoint, parse_checkpoint(opened.text));
  if (checkpoint.origin != log_key.name)
    return fail("wrong_origin",
                "the checkpoint is of " + checkpoint.origin + ", the key of " + log_key.name);
  return checkpoint;
}

}  // namespace tally::merkle
