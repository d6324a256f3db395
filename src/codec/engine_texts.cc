#include "codec/engine_texts.h"

#include <algorithm>

namespace tally::codec {

namespace {

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_engine_text(std::string_view text) {
  auto const at = text.find('@');
  if (at == 0 || at == std::string_view::npos) return false;
  std::string_view const version = text.substr(at + 1);
  return std::ranges::all_of(text.substr(0, at), is_name_character) && !version.empty() &&
         version.front() != '0' && std::ranges::all_of(version, is_digit);
}

bool is_engine_here(std::string_view text) {
  return std::ranges::find(kEngineTexts, text) != kEngineTexts.end();
}

}  // namespace tally::codec
