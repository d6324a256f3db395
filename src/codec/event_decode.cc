#include <algorithm>
#include <map>

#include "codec/event_codec.h"
#include "codec/fields_json.h"
#include "codec/kinds.h"

namespace tally::codec {

namespace {

using domain::Header;
using domain::Recorded;
using domain::Snapshot;

// How to read the body of each kind into the variant that it belongs to.
template <class Whole>
struct Kind {
  bool (*read)(Reader&, json::Value const&, Whole&);
  std::int64_t version;
};
template <class Whole>
using Kinds = std::map<std::string_view, Kind<Whole>>;

template <class Whole, class Group, class Leaf>
bool read_leaf(Reader& reader, json::Value const& from, Whole& to) {
  return reader.read(from, to.template emplace<Group>().template emplace<Leaf>());
}

template <class F>
bool read_facts(Reader& reader, json::Value const& from, domain::Facts& to) {
  return reader.read(from, to.template emplace<F>());
}

Kinds<domain::Event> make_event_kinds() {
  Kinds<domain::Event> kinds;
  for_each_leaf<domain::Event>([&]<class G, class E>(std::type_identity<G>, std::type_identity<E>) {
    constexpr auto type = domain::kEventType<E>;
    kinds.emplace(type.name, Kind<domain::Event>{&read_leaf<domain::Event, G, E>, type.version});
  });
  return kinds;
}

// Commands and facts have no version of their own: the engine's name carries it.
Kinds<domain::Command> make_command_kinds() {
  Kinds<domain::Command> kinds;
  for_each_leaf<domain::Command>(
      [&]<class G, class C>(std::type_identity<G>, std::type_identity<C>) {
        kinds.emplace(domain::kCommandType<C>.name,
                      Kind<domain::Command>{&read_leaf<domain::Command, G, C>, 0});
      });
  return kinds;
}

Kinds<domain::Facts> make_facts_kinds() {
  Kinds<domain::Facts> kinds;
  Alternatives<domain::Facts>::each([&]<class F>(std::type_identity<F>) {
    kinds.emplace(FactsKind<F>::name, Kind<domain::Facts>{&read_facts<F>, 0});
  });
  return kinds;
}

tl::unexpected<Error> unknown(std::string_view what, std::string_view name) {
  std::string detail = "this build does not know the " + std::string(what) + " ";
  json::append_string(detail, name);
  return fail("unknown_event", std::move(detail));
}

std::string_view text_of(json::Value const* value) {
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string_view();
}

// Names are judged before anything else: what a newer build wrote is unknown, not malformed.
template <class Whole>
Result<Kind<Whole>> find_kind(Kinds<Whole> const& kinds, json::Value const* name,
                              std::string_view what) {
  if (text_of(name).empty())
    return fail("malformed", "the " + std::string(what) + " must be a string");
  auto const at = kinds.find(text_of(name));
  if (at == kinds.end()) return unknown(what, text_of(name));
  return at->second;
}

Result<Kind<domain::Event>> event_kind(json::Value const& leaf) {
  static Kinds<domain::Event> const kinds = make_event_kinds();
  TRY(kind, find_kind(kinds, leaf.find("type"), "event type"));
  json::Value const* version = leaf.find("v");
  if (version == nullptr || version->integer() == nullptr)
    return fail("malformed", "at \"/v\": must be an integer");
  if (*version->integer() != kind.version)
    return unknown("version of " + std::string(text_of(leaf.find("type"))),
                   std::to_string(*version->integer()));
  return kind;
}

// {"body":{...},"type":"..."}, or "kind" for facts; the name has been looked up already.
template <class Whole>
bool read_named(Reader& reader, json::Value const& from, std::string_view name_member,
                Kind<Whole> kind, Whole& to) {
  MemberReader members(reader, from);
  json::Value const* body = members.take("body");
  if (body == nullptr) return members.missing("body");
  if (!kind.read(reader, *body, to)) return reader.within("body");
  members.take(name_member);
  return members.finish();
}

struct SnapshotKinds {
  Kind<domain::Command> command;
  Kind<domain::Facts> facts;
};

json::Value const* find_path(json::Value const* from, std::string_view outer,
                             std::string_view inner) {
  json::Value const* found = from->find(outer);
  return found == nullptr ? nullptr : found->find(inner);
}

Result<SnapshotKinds> snapshot_kinds(json::Value const& decision) {
  static Kinds<domain::Command> const commands = make_command_kinds();
  static Kinds<domain::Facts> const facts = make_facts_kinds();
  std::string_view const engine = text_of(decision.find("engine"));
  if (std::find(domain::kEngines.begin(), domain::kEngines.end(), engine) == domain::kEngines.end())
    return unknown("engine", engine);
  TRY(command_kind, find_kind(commands, find_path(&decision, "command", "type"), "command type"));
  TRY(facts_kind, find_kind(facts, find_path(&decision, "facts", "kind"), "kind of facts"));
  return SnapshotKinds{command_kind, facts_kind};
}

bool read_snapshot(Reader& reader, json::Value const& from, SnapshotKinds const& kinds,
                   Snapshot& to) {
  MemberReader members(reader, from);
  json::Value const* command = members.take("command");
  if (command == nullptr) return members.missing("command");
  if (!read_named(reader, *command, "type", kinds.command, to.command))
    return reader.within("command");
  std::string engine;
  members.always("engine", engine);
  json::Value const* facts = members.take("facts");
  if (facts == nullptr) return members.missing("facts");
  if (!read_named(reader, *facts, "kind", kinds.facts, to.facts)) return reader.within("facts");
  return members.finish();
}

struct LeafKinds {
  Kind<domain::Event> event;
  std::optional<SnapshotKinds> snapshot;
};

bool read_recorded(Reader& reader, json::Value const& leaf, LeafKinds const& kinds, Recorded& to) {
  MemberReader members(reader, leaf);
  Header& header = to.header;
  members.always("actor", header.actor);
  members.always("at", header.at);
  json::Value const* body = members.take("body");
  if (body == nullptr) return members.missing("body");
  if (!kinds.event.read(reader, *body, to.event)) return reader.within("body");
  members("correlation_id", header.correlation);
  json::Value const* decision = members.take("decision");
  if (decision != nullptr && kinds.snapshot &&
      !read_snapshot(reader, *decision, *kinds.snapshot, to.snapshot.emplace()))
    return reader.within("decision");
  members("decision_id", header.decision);
  members.always("ledger", header.ledger);
  members("run_id", header.run);
  members.always("salt", header.salt);
  members.always("seq", header.seq);
  members("span_id", header.span);
  members("tenant", header.tenant);
  if (header.tenant) members.always("tenant_seq", header.tenant_seq);
  std::string type;
  std::int64_t version = 0;
  members.always("type", type);
  members.always("v", version);
  return members.finish();
}

// Whatever reading let through, the bytes must be the ones that this value is written as.
Result<Recorded> prove_canonical(Recorded recorded, ByteView leaf) {
  Bytes again;
  again.reserve(leaf.size());
  encode(recorded, again);
  auto const [at, other] = std::mismatch(leaf.begin(), leaf.end(), again.begin(), again.end());
  if (at == leaf.end() && other == again.end()) return recorded;
  return fail("malformed",
              "not in canonical form from byte " + std::to_string(at - leaf.begin()) + " on");
}

}  // namespace

Result<Recorded> decode(ByteView leaf) {
  TRY(document, json::parse(as_text(leaf)));
  TRY(event, event_kind(document));
  LeafKinds kinds{event, std::nullopt};
  if (json::Value const* decision = document.find("decision")) {
    TRY(snapshot, snapshot_kinds(*decision));
    kinds.snapshot = snapshot;
  }
  Recorded recorded;
  Reader reader;
  if (!read_recorded(reader, document, kinds, recorded))
    return tl::unexpected<Error>(reader.error());
  return prove_canonical(std::move(recorded), leaf);
}

}  // namespace tally::codec
