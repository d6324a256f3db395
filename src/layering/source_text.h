#pragma once

// C and C++ text taken apart far enough to tell code from comments and literals. Not a compiler:
// no macro is expanded and every branch of an #if counts.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tally::layering {

enum class Part : std::uint8_t {
  code,
  comment,
  literal,  // strings, raw strings, characters, quotes included; also "x.h" of an #include
};

// What each byte of the text belongs to. Raw strings, digit separators (1'000) and comments that
// a backslash carries to the next line are understood; a splice inside "//", "/*" or a raw
// string's delimiter is not.
std::vector<Part> classify(std::string_view text);

// The text with comments and literals overwritten by blanks; lines keep their numbers.
std::string code_only(std::string_view text);

enum class Form { quoted, angle, computed };

struct Include {
  std::string target;  // between the delimiters; of a computed one what stands there
  Form form = Form::quoted;
  int line = 0;  // of the '#', from 1
};

// The #include directives of the text, in order. `#include MACRO` is `computed`.
std::vector<Include> includes_of(std::string_view text);

}  // namespace tally::layering
