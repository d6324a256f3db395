#pragma once

// What a line of text may hold, wherever people read it: no control characters, and none that break
// a line or change the direction of what stands behind them, since those forge lines that nobody
// wrote. And texts of unknown origin (a file's bytes, a path, what a library says, what somebody
// gave as a name long ago) as lines that may be written to a log, a leaf or a terminal.

#include <string>
#include <string_view>

namespace tally {

// Whether the whole text is well-formed UTF-8 of such characters alone.
bool is_one_line(std::string_view text);

// Valid UTF-8 of at most `bytes_max` bytes: every byte of another character, and of what is no
// UTF-8, becomes "\xNN". Nothing is hidden: for secrets see redacted().
std::string printable(std::string_view text, std::size_t bytes_max);
// The whole text; ends of lines and tabs stay.
std::string printable_lines(std::string_view text);

// A text that somebody chose as a part of a line, so that nobody takes it for a part of ours:
// always between quotes; bare where it is one word of letters, digits and -._:/@+.
std::string in_quotes(std::string_view text);
std::string as_a_word(std::string_view text);

}  // namespace tally
