#include "base/check.h"
#include "codec/engine_texts.h"
#include "codec/event_codec.h"
#include "codec/fields_json.h"
#include "codec/leaf_members.h"

namespace tally::codec {

void write_command(Buffer& out, domain::Command const& command) {
  out.put('{');
  MemberWriter const members{out};
  auto write = [&]<class C>(C const& body) {
    members.always("body", body);
    write_name(out, "type");
    write_word(out, C::kCommand.name);
    if constexpr (C::kCommand.version != 1) members.always("v", C::kCommand.version);
  };
  domain::visit_both(write, command);
  out.put('}');
}

void write_facts(Buffer& out, domain::Facts const& facts) {
  out.put('{');
  MemberWriter const members{out};
  auto write = [&]<class F>(F const& body) {
    members.always("body", body);
    write_name(out, "kind");
    write_word(out, F::kKind);
  };
  std::visit(write, facts);
  out.put('}');
}

namespace {

using domain::Snapshot;

void write_snapshot(Buffer& out, Snapshot const& snapshot) {
  out.put('{');
  write_name(out, "command");
  write_command(out, snapshot.command);
  write_name(out, "engine");
  write_word(out, kEngineTexts[snapshot.command.index()]);
  write_name(out, "facts");
  write_facts(out, snapshot.facts);
  out.put('}');
}

// The members of a leaf that need more than a name.
struct LeafWriter : MemberWriter {
  domain::EventType written{};

  void body(domain::Event const& event) {
    auto write = [&]<class E>(E const& one) {
      always("body", one);
      written = E::kEvent;
    };
    domain::visit_both(write, event);
  }
  void decision(domain::Recorded const& recorded) {
    if (recorded.snapshot) {
      write_name(out, "decision");
      write_snapshot(out, *recorded.snapshot);
    } else if (recorded.foreign) {
      write_name(out, "decision");
      out.put(recorded.foreign->json);
    }
  }
  void type() {
    write_name(out, "type");
    write_word(out, written.name);
    always("v", written.version);
  }
};

void write_leaf(Buffer& out, domain::Recorded const& recorded) {
  TALLY_CHECK(recorded.header.tenant || recorded.header.tenant_seq == 0,
              "a tenant_seq without a tenant");
  out.put('{');
  LeafWriter leaf{{out}};
  leaf_members(recorded, leaf);
  out.put('}');
}

}  // namespace

Fit encode(domain::Recorded const& recorded, Bytes& out) {
  // How long a leaf gets is known when it is written; the copy at the end costs less than asking
  // beforehand, and leaves no unused room in leaves that are kept.
  thread_local Buffer buffer;
  buffer.clear();
  write_leaf(buffer, recorded);
  if (buffer.size() > kLeafBytesMax) return Fit::too_large;
  if (buffer.spoiled()) return Fit::unrecordable;
  auto const bytes = as_bytes(buffer.text());
  out.insert(out.end(), bytes.begin(), bytes.end());
  return Fit::fits;
}

}  // namespace tally::codec
