#include "cli/console.h"

namespace tally::cli {

namespace {

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kToLineStart = "\r\x1b[K";  // and erase the line

}  // namespace

void Console::complain(std::string_view what, std::string_view next) {
  clear_progress();
  streams_.err << "tally: ";
  if (color_) streams_.err << kRed;
  streams_.err << what;
  if (color_) streams_.err << kPlain;
  streams_.err << '\n';
  if (!next.empty()) streams_.err << "  next: " << next << '\n';
}

void Console::note(std::string_view text) {
  clear_progress();
  streams_.err << text << '\n';
}

void Console::progress(std::string_view text) {
  if (!streams_.err_is_terminal) return;
  streams_.err << kToLineStart << text << std::flush;
  progress_shown_ = true;
}

void Console::clear_progress() {
  if (progress_shown_) streams_.err << kToLineStart;
  progress_shown_ = false;
}

}  // namespace tally::cli
