#include "domain/event.h"

namespace tally::domain {

TALLY_VARIANT_DEFINED(Event);

template <class Group>
requires kIsAlternative<Group, Event::Variant> Event::Event(Group group)
    : Variant(std::move(group)) {}

template Event::Event(run::Events);
template Event::Event(budget::Events);
template Event::Event(directory::Events);
template Event::Event(mode::Events);
template Event::Event(approval::Events);
template Event::Event(system::Events);
template Event::Event(error::Events);
template Event::Event(schedule::Events);

EventType type_of(Event const& event) {
  return visit_both([]<class E>(E const&) { return E::kEvent; }, event);
}

std::optional<KeyId> key_in(Event const& event) {
  auto const* group = std::get_if<directory::Events>(&event);
  if (group == nullptr) return std::nullopt;
  return std::visit(
      []<class E>(E const& one) -> std::optional<KeyId> {
        if constexpr (requires { { one.key } -> std::convertible_to<KeyId>; }) return one.key;
        return std::nullopt;
      },
      *group);
}

}  // namespace tally::domain
