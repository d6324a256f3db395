#pragma once

// Engines as decisions name them: "run@1", in the order of Command's alternatives.

#include <array>
#include <string>

#include "domain/command.h"

namespace tally::codec {

inline std::array<std::string, domain::Engines::kTypes.size()> const kEngineTexts = [] {
  std::array<std::string, domain::Engines::kTypes.size()> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = text_of(domain::Engines::kTypes[i]);
  return texts;
}();

// Whether it is the name and version of an engine, of this build or of another.
bool is_engine_text(std::string_view text);
// Whether this build decides with it.
bool is_engine_here(std::string_view text);

}  // namespace tally::codec
