#include "codec/refused_leaf.h"

#include <algorithm>
#include <optional>

#include "codec/engine_texts.h"
#include "codec/old_events.h"
#include "json/value.h"

namespace tally::codec {

namespace {

Error malformed(std::string what) { return {"malformed", std::move(what), {}}; }

Error unknown(std::string_view what, std::string_view name) {
  std::string detail = "this build does not know the " + std::string(what) + " ";
  json::append_string(detail, name);
  return {"unknown_event", std::move(detail), {}};
}

std::string_view text_of(json::Value const* value) {
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string_view();
}

json::Value const* find_path(json::Value const& from, std::string_view outer,
                             std::string_view inner) {
  json::Value const* found = from.find(outer);
  return found == nullptr ? nullptr : found->find(inner);
}

// Of all versions of it that can be read; none if there is no such event.
std::vector<std::int64_t> versions_of_event(std::string_view name) {
  std::vector<std::int64_t> versions;
  auto const look = [&](domain::EventType type) {
    if (type.name == name) versions.push_back(type.version);
  };
  domain::for_each_kind<domain::Event>(
      [&]<class G, class E>(std::type_identity<G>, std::type_identity<E>) { look(E::kEvent); });
  domain::Alternatives<OldEvents>::each(
      [&]<class Old>(std::type_identity<Old>) { look(Old::kEvent); });
  return versions;
}

bool is_command(std::string_view name) {
  bool found = false;
  domain::for_each_kind<domain::Command>(
      [&]<class G, class C>(std::type_identity<G>, std::type_identity<C>) {
        found = found || C::kCommand.name == name;
      });
  return found;
}

bool is_facts_kind(std::string_view name) {
  bool found = false;
  domain::Alternatives<domain::Facts>::each(
      [&]<class F>(std::type_identity<F>) { found = found || F::kKind == name; });
  return found;
}

std::optional<Error> wrong_type(json::Value const& leaf) {
  std::string_view const type = text_of(leaf.find("type"));
  if (type.empty()) return malformed("the event type must be a string");
  auto const versions = versions_of_event(type);
  if (versions.empty()) return unknown("event type", type);
  json::Value const* written = leaf.find("v");
  if (written == nullptr || written->integer() == nullptr)
    return malformed("at \"/v\": must be an integer");
  if (std::ranges::find(versions, *written->integer()) != versions.end()) return std::nullopt;
  return unknown("version of " + std::string(type), std::to_string(*written->integer()));
}

std::optional<Error> wrong_decision(json::Value const& decision) {
  std::string_view const engine = text_of(decision.find("engine"));
  if (!is_engine_here(engine)) return unknown("engine", engine);
  std::string_view const command = text_of(find_path(decision, "command", "type"));
  if (!is_command(command)) return unknown("command type", command);
  std::string_view const facts = text_of(find_path(decision, "facts", "kind"));
  if (!is_facts_kind(facts)) return unknown("kind of facts", facts);
  return std::nullopt;
}

}  // namespace

Error why_refused(std::string_view leaf, Error fault) {
  auto const document = json::parse(leaf);
  if (!document) return document.error();
  if (auto wrong = wrong_type(*document)) return *wrong;
  if (json::Value const* decision = document->find("decision"))
    if (auto wrong = wrong_decision(*decision)) return *wrong;
  std::string const again = json::canonical(*document);
  auto const [at, other] = std::mismatch(leaf.begin(), leaf.end(), again.begin(), again.end());
  if (at == leaf.end() && other == again.end()) return fault;
  return malformed("not in canonical form from byte " + std::to_string(at - leaf.begin()) + " on");
}

}  // namespace tally::codec
