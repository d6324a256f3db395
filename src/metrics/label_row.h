#pragma once

// What a label is made of: its name, where its values come from, and the words of a closed one. The
// labels themselves are in metrics/label.h.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tally::metrics {

// For what is none of a label's values; no tenant, job kind or key can have this name.
inline constexpr std::string_view kOther = "(other)";

enum class Source : std::uint8_t { closed, given, registered, status };

// A label as the registry and the renderer see it.
struct LabelRow {
  std::string_view name;
  Source source = Source::closed;
  std::span<std::string_view const> words{};  // of a closed one
  std::size_t slot = 0;                       // which given or registered list
  std::size_t values_max = 0;
  std::string_view other = kOther;
};

// One word of a closed label.
template <class Label>
class Word {
 public:
  // Not explicit: call sites name the word as a literal.
  consteval Word(char const* text) : index_(index_of(text)) {
    if (index_ == 0) throw "the label has no such word";
  }
  // For words that other parts own; `kOther` where the label does not know it.
  static constexpr Word of(std::string_view text) { return Word(index_of(text)); }
  static constexpr Word other() { return Word(std::uint16_t{0}); }
  constexpr std::uint16_t index() const { return index_; }  // 0: other

 private:
  constexpr explicit Word(std::uint16_t index) : index_(index) {}
  static constexpr std::uint16_t index_of(std::string_view text) {
    for (std::size_t i = 0; i < Label::kWords.size(); ++i)
      if (Label::kWords[i] == text) return static_cast<std::uint16_t>(i + 1);
    return 0;
  }
  std::uint16_t index_;
};

template <class... Text>
constexpr std::array<std::string_view, sizeof...(Text)> words(Text... text) {
  return {std::string_view(text)...};
}

}  // namespace tally::metrics
