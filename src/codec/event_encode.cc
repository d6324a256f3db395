#include "base/check.h"
#include "codec/event_codec.h"
#include "codec/fields_json.h"
#include "codec/kinds.h"

namespace tally::codec {

namespace {

using domain::Header;
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

// Returns the type that was written.
domain::EventType write_body(MemberWriter const& members, domain::Event const& event) {
  auto write = [&]<class E>(E const& body) {
    members.always("body", body);
    return domain::kEventType<E>;
  };
  return std::visit([&](auto const& group) { return std::visit(write, group); }, event);
}

void write_leaf(std::string& out, domain::Recorded const& recorded) {
  Header const& header = recorded.header;
  TALLY_CHECK(header.tenant || header.tenant_seq == 0, "a tenant_seq without a tenant");
  out.push_back('{');
  MemberWriter const members{out};
  members.always("actor", header.actor);
  members.always("at", header.at);
  domain::EventType const type = write_body(members, recorded.event);
  members("correlation_id", header.correlation);
  if (recorded.snapshot) {
    write_name(out, "decision");
    write_snapshot(out, *recorded.snapshot);
  }
  members("decision_id", header.decision);
  members.always("ledger", header.ledger);
  members("run_id", header.run);
  members.always("salt", header.salt);
  members.always("seq", header.seq);
  members("span_id", header.span);
  members("tenant", header.tenant);
  if (header.tenant) members.always("tenant_seq", header.tenant_seq);
  write_name(out, "type");
  write_text(out, type.name);
  members.always("v", type.version);
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
