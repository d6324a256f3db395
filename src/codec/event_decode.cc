#include <cstring>
#include <unordered_map>

#include "codec/event_codec.h"
#include "codec/fields_json.h"
#include "codec/kinds.h"
#include "codec/leaf_members.h"
#include "codec/refused_leaf.h"
#include "json/literal.h"

namespace tally::codec {

namespace {

using domain::Recorded;
using domain::Snapshot;

constexpr std::string_view kUnknown = "is not known here";
constexpr std::string_view kWithoutId = "is of a decision without an id";

// How to read the body of each kind into the variant that it belongs to.
template <class Whole>
struct Kind {
  bool (*read)(Reader&, Whole&);
  std::int64_t version;
};
template <class Whole>
using Kinds = std::unordered_map<std::string_view, Kind<Whole>>;

template <class Whole, class Group, class Leaf>
bool read_leaf(Reader& reader, Whole& to) {
  return reader.read(to.template emplace<Group>().template emplace<Leaf>());
}

template <class F>
bool read_facts(Reader& reader, domain::Facts& to) {
  return reader.read(to.template emplace<F>());
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

// The text that the next member holds. A look ahead: the member is read in earnest when its turn
// comes, and a wrong guess is found then.
std::string_view peek_text(std::string_view text) {
  constexpr std::string_view kBefore = R"(":")";
  auto const at = text.find(kBefore);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + kBefore.size());
  return text.substr(0, text.find('"'));
}

// {"body":{...},"type":"..."}, or "kind" for facts: the name that says what the body is stands
// behind it.
template <class Whole>
bool read_named(Reader& reader, Kinds<Whole> const& kinds, std::string_view name_member,
                Whole& to) {
  MemberReader members(reader);
  if (!members.next("body")) return false;
  std::string_view behind = reader.rest();
  json::skip_object(behind);
  std::string_view const name = peek_text(behind);
  auto const kind = kinds.find(name);
  if (kind == kinds.end()) return members.refuse(kUnknown, name_member);
  if (!kind->second.read(reader, to)) return reader.within("body");
  members.always_text(name_member, name);
  return members.finish();
}

bool read_snapshot(Reader& reader, Snapshot& to) {
  MemberReader members(reader);
  if (!members.next("command")) return false;
  if (!read_named(reader, command_kinds(), "type", to.command)) return reader.within("command");
  members.always_text("engine", domain::kEngines[to.command.index()]);
  if (!members.next("facts")) return false;
  if (!read_named(reader, facts_kinds(), "kind", to.facts)) return reader.within("facts");
  return members.finish();
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
  LeafReader(Reader& reader, std::string_view type, Part part)
      : MemberReader(reader), type_(type), part_(part) {}

  void body(domain::Event& event) {
    if (!next("body")) return;
    auto const kind = event_kinds().find(type_);
    if (kind == event_kinds().end()) {
      refuse(kUnknown, "type");
      return;
    }
    version_ = kind->second.version;
    keep(kind->second.read(reader(), event) || reader().within("body"));
  }
  void decision(std::optional<Snapshot>& snapshot) {
    if (!take("decision")) return snapshot.reset();
    bool read = false;
    if (part_ == Part::whole) {
      read = read_snapshot(reader(), snapshot.emplace());
    } else {
      snapshot.reset();
      read = pass_over_snapshot(reader());
    }
    keep(read || reader().within("decision"));
  }
  void type() {
    always_text("type", type_);
    std::int64_t version = 0;
    always("v", version);
    if (ok() && version != version_) refuse(kUnknown, "v");
  }
  bool ends(Recorded const& recorded) {
    if (ok() && recorded.snapshot && !recorded.header.decision)
      return refuse(kWithoutId, "decision");
    return finish();
  }

 private:
  std::string_view type_;
  Part part_;
  std::int64_t version_ = 0;
};

// `type` is the last member but one; what is large stands before it, so it is sought from the end.
std::string_view find_type(std::string_view leaf) {
  constexpr std::string_view kName = R"(,"type":")";
  auto const at = find_last(leaf, kName, kName.find('y'));
  return at == std::string_view::npos ? std::string_view() : peek_text(leaf.substr(at));
}

}  // namespace

bool Reader::read_command(domain::Command& to) {
  return read_named(*this, command_kinds(), "type", to);
}

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

}  // namespace tally::codec
