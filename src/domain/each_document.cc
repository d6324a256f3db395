#include "domain/each_document.h"

#include <concepts>
#include <map>

#include "domain/member_kinds.h"

namespace tally::domain {

namespace {

template <class T>
inline constexpr bool kIsBytes = false;
template <std::size_t n>
inline constexpr bool kIsBytes<std::array<std::uint8_t, n>> = true;

// Values that hold no others, so no document either.
template <class T>
concept Plain = std::integral<T> || std::is_enum_v<T> || StrongType<T> || kIsBytes<T> ||
    std::same_as<T, std::string> || std::same_as<T, Digest> || std::same_as<T, ContentRef> ||
    std::same_as<T, std::map<std::string, std::string>>;

template <class T>
void walk(T const& value, VisitDocument const& visit) {
  if constexpr (std::same_as<T, Document>) {
    if (!value.digest.empty()) visit(value);
  } else if constexpr (std::same_as<T, Command>) {
    each_document(value, visit);
  } else if constexpr (HasFields<T>) {
    value.fields([&](std::string_view, auto const& member) { walk(member, visit); });
  } else if constexpr (kIsOptional<T>) {
    if (value) walk(*value, visit);
  } else if constexpr (kIsList<T>) {
    if constexpr (!Plain<typename T::value_type>)
      for (auto const& item : value) walk(item, visit);
  } else {
    static_assert(Plain<T>, "a type that nobody has searched for documents");
  }
}

}  // namespace

void each_document(Event const& event, VisitDocument const& visit) {
  visit_both([&](auto const& one) { walk(one, visit); }, event);
}

void each_document(Command const& command, VisitDocument const& visit) {
  visit_both([&](auto const& one) { walk(one, visit); }, command);
}

}  // namespace tally::domain
