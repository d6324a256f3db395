#include <cstring>
#include <unordered_map>

#include "codec/engine_texts.h"
#include "codec/event_codec.h"
#include "codec/fields_json.h"
#include "codec/leaf_members.h"
#include "codec/old_events.h"
#include "codec/refused_leaf.h"
#include "json/literal.h"
#include "json/value.h"

namespace tally::codec {

namespace {

using domain::Recorded;
using domain::Snapshot;

constexpr std::string_view kUnknown = "is not known here";
constexpr std::string_view kWithoutId = "is of a decision without an id";

// How to read the body of one version of a kind into the variant that it belongs to.
template <class Whole>
struct Kind {
  bool (*read)(Reader&, Whole&);
  std::int64_t version;
};
template <class Whole>
using Kinds = std::unordered_map<std::string_view, std::vector<Kind<Whole>>>;

template <class Whole, class Group, class Leaf>
bool read_leaf(Reader& reader, Whole& to) {
  return reader.read(to.template emplace<Group>().template emplace<Leaf>());
}

template <class F>
bool read_as(Reader& reader, domain::Facts& to) {
  return reader.read(to.template emplace<F>());
}

Kinds<domain::Event> make_event_kinds() {
  using domain::Event;
  Kinds<Event> kinds;
  domain::for_each_kind<Event>([&]<class G, class E>(std::type_identity<G>, std::type_identity<E>) {
    kinds[E::kEvent.name].push_back({&read_leaf<Event, G, E>, E::kEvent.version});
  });
  domain::Alternatives<OldEvents>::each([&]<class Old>(std::type_identity<Old>) {
    kinds[Old::kEvent.name].push_back({&read_old<Old>, Old::kEvent.version});
  });
  return kinds;
}

Kinds<domain::Command> make_command_kinds() {
  using domain::Command;
  Kinds<Command> kinds;
  domain::for_each_kind<Command>(
      [&]<class G, class C>(std::type_identity<G>, std::type_identity<C>) {
        kinds[C::kCommand.name].push_back({&read_leaf<Command, G, C>, C::kCommand.version});
      });
  return kinds;
}

// Facts have no version of their own: the engine's name carries it.
Kinds<domain::Facts> make_facts_kinds() {
  Kinds<domain::Facts> kinds;
  domain::Alternatives<domain::Facts>::each([&]<class F>(std::type_identity<F>) {
    kinds[F::kKind].push_back({&read_as<F>, 1});
  });
  return kinds;
}

Kinds<domain::Event> const& event_kinds() {
  static Kinds<domain::Event> const kinds = make_event_kinds();
  return kinds;
}
Kinds<domain::Command> const& command_kinds() {
  static Kinds<domain::Command> const kinds = make_command_kinds();
  return kinds;
}
Kinds<domain::Facts> const& facts_kinds() {
  static Kinds<domain::Facts> const kinds = make_facts_kinds();
  return kinds;
}

// What a body is, as the members behind it say.
struct Named {
  std::string_view name;
  std::int64_t version = 1;
};

// Null: no such name, or no such version of it; `member` is then the one that is not known.
template <class Whole>
Kind<Whole> const* find_kind(Kinds<Whole> const& kinds, Named const& named,
                             std::string_view& member) {
  auto const found = kinds.find(named.name);
  if (found == kinds.end()) return nullptr;
  for (Kind<Whole> const& kind : found->second)
    if (kind.version == named.version) return &kind;
  member = "v";
  return nullptr;
}

// As rfind, which compares at every byte; this one only where the character stands that is at
// `rare` in what is sought.
std::size_t find_last(std::string_view text, std::string_view what, std::size_t rare) {
  for (std::size_t end = text.size(); end > rare;) {
    void const* const found = ::memrchr(text.data() + rare, what[rare], end - rare);
    if (found == nullptr) break;
    end = static_cast<std::size_t>(static_cast<char const*>(found) - text.data());
    if (text.substr(end - rare).starts_with(what)) return end - rare;
  }
  return std::string_view::npos;
}

// The text that the next member holds, and the number of a "v" behind it. A look ahead: the members
// are read in earnest when their turn comes, and a wrong guess is found then.
Named peek_named(std::string_view text) {
  constexpr std::string_view kBefore = R"(":")";
  constexpr std::string_view kVersion = R"(","v":)";
  auto const at = text.find(kBefore);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kBefore.size());
  Named named{.name = text.substr(0, text.find('"'))};
  text.remove_prefix(named.name.size());
  if (!text.starts_with(kVersion)) return named;
  text.remove_prefix(kVersion.size());
  if (!json::take_integer(text, named.version)) named.version = 0;
  return named;
}

// {"body":{...},"type":"..."}, or "kind" for facts: the name that says what the body is stands
// behind it, and a version that is not the first behind that.
template <class Whole>
bool read_named(Reader& reader, Kinds<Whole> const& kinds, std::string_view name_member,
                Whole& to) {
  MemberReader members(reader);
  if (!members.next("body")) return false;
  std::string_view behind = reader.rest();
  json::skip_object(behind);
  Named const named = peek_named(behind);
  std::string_view unknown = name_member;
  Kind<Whole> const* const kind = find_kind(kinds, named, unknown);
  if (kind == nullptr) return members.refuse(kUnknown, unknown);
  if (!kind->read(reader, to)) return reader.within("body");
  members.always_text(name_member, named.name);
  std::int64_t version = 1;
  if (named.version != 1) members.always("v", version);
  return members.finish();
}

bool read_snapshot(Reader& reader, Snapshot& to) {
  MemberReader members(reader);
  if (!members.next("command")) return false;
  if (!reader.read_command(to.command)) return reader.within("command");
  members.always_text("engine", kEngineTexts[to.command.index()]);
  if (!members.next("facts")) return false;
  if (!reader.read_facts(to.facts)) return reader.within("facts");
  return members.finish();
}

// The decision of an engine that is not here, as it stands there; nothing if it is no such thing.
std::optional<domain::ForeignSnapshot> read_foreign(Reader& reader) {
  std::string_view const from = reader.rest();
  std::string_view behind = from;
  if (!json::skip_object(behind)) return std::nullopt;
  std::string_view const object = from.substr(0, from.size() - behind.size());
  auto const document = json::parse(object);
  json::Value const* const engine = document ? document->find("engine") : nullptr;
  if (engine == nullptr || engine->string() == nullptr || !is_engine_text(*engine->string()) ||
      is_engine_here(*engine->string()) || json::canonical(*document) != object)
    return std::nullopt;
  reader.go_back(behind);
  return domain::ForeignSnapshot{.engine = *engine->string(), .json = std::string(object)};
}

// From the snapshot's opening brace to behind its closing one. The decision's id follows, and of
// all that looks like its name the last is it: behind it stand only plain members.
bool pass_over_snapshot(Reader& reader) {
  constexpr std::string_view kBehind = R"(,"decision_id":")";
  auto const end = find_last(reader.rest(), kBehind, kBehind.find('o'));
  return end == std::string_view::npos ? reader.refuse(kWithoutId) : reader.pass_over(end);
}

// The members of a leaf that need more than a name.
class LeafReader : public MemberReader {
 public:
  LeafReader(Reader& reader, Named const& named, Part part)
      : MemberReader(reader), named_(named), part_(part) {}

  void body(domain::Event& event) {
    if (!next("body")) return;
    std::string_view unknown = "type";
    auto const* const kind = find_kind(event_kinds(), named_, unknown);
    if (kind == nullptr) {
      refuse(kUnknown, unknown);
      return;
    }
    keep(kind->read(reader(), event) || reader().within("body"));
  }
  void decision(Recorded& to) {
    to.snapshot.reset();
    to.foreign.reset();
    if (!take("decision")) return;
    keep((part_ == Part::whole ? read_decision(to) : pass_over_snapshot(reader())) ||
         reader().within("decision"));
  }
  void type() {
    always_text("type", named_.name);
    std::int64_t version = 0;
    always("v", version);
    if (ok() && version != named_.version) refuse(kUnknown, "v");
  }
  bool ends(Recorded const& recorded) {
    if (ok() && (recorded.snapshot || recorded.foreign) && !recorded.header.decision)
      return refuse(kWithoutId, "decision");
    return finish();
  }

 private:
  bool read_decision(Recorded& to) {
    std::string_view const from = reader().rest();
    if (read_snapshot(reader(), to.snapshot.emplace())) return true;
    to.snapshot.reset();
    std::string_view const at_fault = reader().rest();
    reader().go_back(from);
    to.foreign = read_foreign(reader());
    if (!to.foreign) reader().go_back(at_fault);
    return to.foreign.has_value();
  }

  Named named_;
  Part part_;
};

// `type` is the last member but one; what is large stands before it, so it is sought from the end.
Named find_type(std::string_view leaf) {
  constexpr std::string_view kName = R"(,"type":")";
  auto const at = find_last(leaf, kName, kName.find('y'));
  return at == std::string_view::npos ? Named{} : peek_named(leaf.substr(at));
}

}  // namespace

bool Reader::read_command(domain::Command& to) {
  return read_named(*this, command_kinds(), "type", to);
}

bool Reader::read_facts(domain::Facts& to) { return read_named(*this, facts_kinds(), "kind", to); }

Result<void> decode(ByteView leaf, Recorded& to, Part part) {
  std::string_view const text = as_text(leaf);
  Reader reader(text);
  LeafReader members(reader, find_type(text), part);
  leaf_members(to, members);
  if (members.ends(to) && reader.rest().empty()) return {};
  return tl::unexpected<Error>(why_refused(text, reader.error()));
}

Result<Recorded> decode(ByteView leaf) {
  Result<Recorded> recorded;
  auto const read = decode(leaf, *recorded);
  if (!read) return tl::unexpected<Error>(read.error());
  return recorded;
}

std::int64_t version_in(ByteView leaf) {
  Named const named = find_type(as_text(leaf));
  return named.name.empty() ? 0 : named.version;
}

domain::Event as_of(std::int64_t version, domain::Event event) {
  std::optional<domain::Event> then;
  domain::Alternatives<OldEvents>::each([&]<class Old>(std::type_identity<Old>) {
    auto const look = [&]<class E>(E const& today) {
      if constexpr (std::same_as<E, typename Old::Today>)
        if (version == Old::kEvent.version) then = Old::of(today).today();
    };
    domain::visit_both(look, event);
  });
  return then ? std::move(*then) : std::move(event);
}

}  // namespace tally::codec
