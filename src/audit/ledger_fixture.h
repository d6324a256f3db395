#pragma once

// Ledgers for tests: a history of the domain's test world as frames, with signed checkpoints where
// wanted, and as segments on a disk in memory.

#include "audit/frame_fixture.h"
#include "codec/event_codec.h"
#include "codec/state_digest.h"
#include "domain/each_document.h"
#include "domain/run_fixture.h"
#include "merkle/checkpoint.h"
#include "ports/memory_disk_fixture.h"
#include "segments/segment_log.h"

namespace tally::audit::testing {

using ports::testing::MemoryDisk;

using namespace domain::testing;

inline constexpr char kOrigin[] = "test.example/ledger";

// A key that everybody may know.
struct Notary {
  explicit Notary(std::uint8_t number = 7)
      : key(seed(number)),
        vkey(*merkle::make_vkey(kOrigin, merkle::KeyType::ed25519, key.public_key())) {}
  std::string note(std::uint64_t size, Digest const& root) const {
    std::string const text =
        merkle::format_checkpoint({.origin = kOrigin, .size = size, .root = root});
    auto const signature = key.sign(as_bytes(text));
    return merkle::format_note(
        {.text = text, .signatures = {merkle::ed25519_signature(vkey, signature)}});
  }
  static merkle::Seed seed(std::uint8_t number) {
    merkle::Seed seed{};
    seed[0] = number;
    return seed;
  }
  merkle::SigningKey key;
  merkle::VerifierKey vkey;
};

// Events in frames, each with the root that it leaves: as a writer would, who believes his events.
class Writer {
 public:
  void write(std::vector<domain::Recorded> const& events) {
    ports::LogFrame frame;
    frame.epoch = 1;
    frame.first_seq = tree.size();
    for (domain::Recorded const& recorded : events) {
      ports::LogRecord record;
      codec::encode(recorded, record.leaf);
      domain::each_document(recorded.event, [&](domain::Document const& named) {
        if (!named.blob) record.enclosure = to_bytes(stored_bytes(named.digest));
      });
      tree.append(merkle::leaf_hash(record.leaf));
      frame.records.push_back(std::move(record));
    }
    frame.root_after = tree.root();
    frames.push_back(std::move(frame));
  }
  merkle::Tree tree;
  std::vector<ports::LogFrame> frames;
};

inline constexpr std::size_t kEventsInAFrame = 5;

inline std::vector<ports::LogFrame> frames_of(std::vector<domain::Recorded> const& history) {
  Writer writer;
  for (std::size_t at = 0; at < history.size(); at += kEventsInAFrame) {
    auto const end = std::min(at + kEventsInAFrame, history.size());
    writer.write({history.begin() + static_cast<std::ptrdiff_t>(at),
                  history.begin() + static_cast<std::ptrdiff_t>(end)});
  }
  return writer.frames;
}

inline void store(MemoryDisk& disk, std::vector<ports::LogFrame> const& frames) {
  segments::LogOptions options;
  options.segment_bytes = {256u << 10};
  auto opened = segments::SegmentLog::create(disk, LedgerId(7), options, [] { return 99u; });
  ASSERT_TRUE(opened) << opened.error().detail;
  for (ports::LogFrame const& frame : frames) ASSERT_TRUE(opened->log->append(frame));
}

// The same history with one event changed, and every hash after it computed anew.
template <class Change>
std::vector<domain::Recorded> forged(std::vector<domain::Recorded> history, std::size_t seq,
                                     Change change) {
  change(history.at(seq));
  return history;
}

// A change for `forged`: as if that version of an engine had decided.
inline auto as_decided_by(std::string engine) {
  return [engine = std::move(engine)](domain::Recorded& recorded) {
    Bytes leaf;
    codec::encode(recorded, leaf);
    std::string text(as_text(leaf));
    std::string const own = text_of(domain::engine_of(recorded.snapshot->command));
    text.replace(text.find("\"engine\":\"" + own) + 10, own.size(), engine);
    recorded = codec::decode(as_bytes(text)).value();
  };
}

// The first event of type E in a history, and its sequence.
template <class Group, class E>
std::size_t seq_of(std::vector<domain::Recorded> const& history) {
  for (std::size_t seq = 0; seq < history.size(); ++seq) {
    auto const* group = std::get_if<Group>(&history[seq].event);
    if (group != nullptr && std::holds_alternative<E>(*group)) return seq;
  }
  ADD_FAILURE() << "no such event";
  return 0;
}
template <class Group, class E>
E& event_of(domain::Recorded& recorded) {
  return std::get<E>(std::get<Group>(recorded.event));
}

// A world in which a run was paid for, and one waits.
inline World paid_world(std::string vkey = {}) {
  World world(std::move(vkey));
  Leased const leased = running(world, "paid");
  world.ask(complete(leased.handle));
  submit(world, "waits");
  return world;
}

}  // namespace tally::audit::testing
