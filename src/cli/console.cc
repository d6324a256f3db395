#include "cli/console.h"

#include <array>

#include "base/printable.h"

namespace tally::cli {

namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::array<std::string_view, 5> kTones{"", "\x1b[32m", kRed, "\x1b[33m", "\x1b[1m"};
constexpr std::string_view kToLineStart = "\r\x1b[K";  // and erase the line

}  // namespace

std::string Console::painted(std::string_view text, Tone tone) const {
  if (!color_ || !streams_.out_is_terminal || tone == Tone::plain) return std::string(text);
  std::string painted(kTones[static_cast<std::size_t>(tone)]);
  return painted.append(text).append(kPlain);
}

void Console::complain(std::string_view what, std::string_view next) {
  clear_progress();
  bool const color = color_ && streams_.err_is_terminal;
  streams_.err << "tally: ";
  if (color) streams_.err << kRed;
  streams_.err << printable_lines(what);
  if (color) streams_.err << kPlain;
  streams_.err << '\n';
  if (!next.empty()) streams_.err << "  next: " << printable_lines(next) << '\n';
}

void Console::note(std::string_view text) {
  clear_progress();
  streams_.err << printable_lines(text) << '\n';
}

std::optional<bool> Console::confirm(std::string_view question) {
  if (!streams_.in_is_terminal || !streams_.err_is_terminal) return std::nullopt;
  clear_progress();
  streams_.err << printable_lines(question) << " [y/N] " << std::flush;
  std::string answer;
  std::getline(streams_.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

void Console::progress(std::string_view text) {
  if (!streams_.err_is_terminal) return;
  streams_.err << kToLineStart << text << std::flush;
  progress_shown_ = true;
}

void Console::clear_progress() {
  if (progress_shown_) streams_.err << kToLineStart << std::flush;
  progress_shown_ = false;
}

}  // namespace tally::cli
