#include "base/check.h"
#include "codec/event_codec.h"
#include "codec/fields_json.h"
#include "codec/kinds.h"
#include "codec/leaf_members.h"

namespace tally::codec {

namespace {

using domain::Snapshot;

// Most leaves are shorter, so that writing allocates once.
constexpr std::size_t kLeafBytesUsual = 2'048;

void write_command(std::string& out, domain::Command const& command) {
  out.push_back('{');
  MemberWriter const members{out};
  auto write = [&]<class C>(C const& body) {
    members.always("body", body);
    write_name(out, "type");
    write_text(out, domain::kCommandType<C>.name);
  };
  std::visit([&](auto const& group) { std::visit(write, group); }, command);
  out.push_back('}');
}

void write_facts(std::string& out, domain::Facts const& facts) {
  out.push_back('{');
  MemberWriter const members{out};
  auto write = [&]<class F>(F const& body) {
    members.always("body", body);
    write_name(out, "kind");
    write_text(out, FactsKind<F>::name);
  };
  std::visit(write, facts);
  out.push_back('}');
}

void write_snapshot(std::string& out, Snapshot const& snapshot) {
  out.push_back('{');
  write_name(out, "command");
  write_command(out, snapshot.command);
  write_name(out, "engine");
  write_text(out, domain::kEngines[snapshot.command.index()]);
  write_name(out, "facts");
  write_facts(out, snapshot.facts);
  out.push_back('}');
}

// The members of a leaf that need more than a name.
struct LeafWriter : MemberWriter {
  domain::EventType written{};

  void body(domain::Event const& event) {
    auto write = [&]<class E>(E const& one) {
      always("body", one);
      written = domain::kEventType<E>;
    };
    std::visit([&](auto const& group) { std::visit(write, group); }, event);
  }
  void decision(std::optional<Snapshot> const& snapshot) {
    if (!snapshot) return;
    write_name(out, "decision");
    write_snapshot(out, *snapshot);
  }
  void type() {
    write_name(out, "type");
    write_text(out, written.name);
    always("v", written.version);
  }
};

void write_leaf(std::string& out, domain::Recorded const& recorded) {
  TALLY_CHECK(recorded.header.tenant || recorded.header.tenant_seq == 0,
              "a tenant_seq without a tenant");
  out.push_back('{');
  LeafWriter leaf{{out}};
  leaf_members(recorded, leaf);
  out.push_back('}');
}

}  // namespace

void encode(domain::Recorded const& recorded, Bytes& out) {
  std::string text;
  text.reserve(kLeafBytesUsual);
  write_leaf(text, recorded);
  auto const bytes = as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace tally::codec
