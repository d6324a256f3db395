#pragma once

// A small real ledger in a data directory of its own: decided, framed, hashed, signed and stored
// by the code that the server uses, without its loop.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "base/prng.h"
#include "ledger/frame_builder.h"
#include "merkle/checkpoint.h"
#include "platform/file_disk.h"
#include "segments/segment_log.h"

namespace tally::cli {

class SeededEntropy final : public ports::Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng_.next());
  }

 private:
  Prng prng_{7};
};

// A directory under the test's temporary one, gone with this.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(testing::TempDir() + "tally_cli_XXXXXX") {
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;
  std::string file(std::string const& name) const { return path_ + "/" + name; }
  std::string const& path() const { return path_; }

 private:
  std::string path_;
};

class LedgerFixture {
 public:
  static constexpr Instant kAt{1'700'000'000'000'000};

  LedgerFixture() : key_(merkle::Seed{1, 2, 3}) {
    vkey_ = *merkle::make_vkey("test.local/ledger", merkle::KeyType::ed25519, key_.public_key());
    disk_ = std::move(
        *platform::FileDisk::open_directory(folder_.file("ledger"), platform::Transfer::buffered));
    segments::LogOptions options;
    options.segment_bytes = {1u << 18};
    log_ =
        std::move(segments::SegmentLog::create(*disk_, kLedger, options, [] { return 9u; })->log);
    decide(domain::system::Commands(domain::system::Opened{.format = domain::system::kLedgerFormat,
                                                           .id_key = IdKey(0xff),
                                                           .ledger = kLedger,
                                                           .origin = vkey_.name,
                                                           .vkey = vkey()}));
    end_frame();
  }

  // A kind of job, `j`, of this folder.
  void register_job(ContentRef const& folder = {}) {
    domain::run::JobKind job;
    job.attempts_max = 2;
    job.hash = folder;
    job.name = JobName("j");
    job.price.fixed = Micros(1'000);
    job.queue_deadline = seconds(60);
    job.timeout = seconds(30);
    job.version = "1";
    decide(domain::directory::Commands(domain::directory::RegisterJob{job}));
  }

  // One frame each: a plan (event 1), a tenant (2), a grant (3), a checkpoint over them (4).
  void fill() {
    PersonId const person("operator");
    TenantId const tenant("default");
    PlanName const plan("unlimited");
    decide(domain::directory::Commands(
        domain::directory::SetPlan{.person = person, .plan = plan, .row = {}}));
    end_frame();
    decide(domain::directory::Commands(
        domain::directory::CreateTenant{.person = person, .plan = plan, .tenant = tenant}));
    end_frame();
    decide(domain::budget::Commands(
        domain::budget::Grant{.amount = Micros(100'000'000), .person = person, .tenant = tenant}));
    end_frame();
    sign();
  }

  void decide(domain::Command const& command,
              std::optional<domain::IdempotencyKey> const& key = {}) {
    auto const permit = domain::permit_for(state_, command, kAt);
    ASSERT_TRUE(permit);
    auto facts = domain::gather(state_, command, *permit, {.at = kAt});
    auto outcome = domain::decide(kAt, command, facts);
    if (recorded_wrong_) spoil(facts);
    ledger::Request request{
        .command = command,
        .enclosure = {},
        .idempotency = key,
        .origin = {.actor = "server", .correlation = {}, .span = {}, .tenant = {}},
        .done = {}};
    auto const first = frame_.log.records.size();
    ASSERT_TRUE(builder_.record(frame_, {.command = command, .facts = facts}, std::move(outcome),
                                request, kAt));
    if (!engine_.empty()) sign_as(engine_, frame_.log.records.at(first).leaf);
  }
  // From here on the snapshots hold other facts than those that were decided on.
  void record_wrong_facts() { recorded_wrong_ = true; }

  // From here on decisions say that they were made by this version of their engine.
  void record_as_engine(std::string engine) { engine_ = std::move(engine); }

  void end_frame() {
    frame_.log.epoch = 1;
    builder_.seal(frame_);
    ASSERT_TRUE(log_->append(frame_.log));
    frame_ = {};
  }

  void sign() {
    auto const size = tree_.size();
    std::string const text = merkle::format_checkpoint(
        {.origin = vkey_.name, .size = size, .root = tree_.root(), .extensions = {}});
    note_ = merkle::format_note(
        {.text = text,
         .signatures = {merkle::ed25519_signature(vkey_, key_.sign(as_bytes(text)))}});
    decide(domain::system::Commands(
        domain::system::CheckpointSigned{.note = note_,
                                         .size = static_cast<std::int64_t>(size),
                                         .state_digest = codec::StateDigest::of(state_).hex()}));
    end_frame();
  }

  std::string const& data() const { return folder_.path(); }
  std::string file(std::string const& name) const { return folder_.file(name); }
  std::string vkey() const { return merkle::format_vkey(vkey_); }
  std::string const& note() const { return note_; }
  domain::State const& state() const { return state_; }
  Digest root() const { return tree_.root(); }

 private:
  static constexpr LedgerId kLedger{77};
  static void spoil(domain::Facts& facts) {
    if (auto* grant = std::get_if<domain::budget::GrantFacts>(&facts))
      grant->balances.of(domain::AccountKind::available) = Micros(1);
  }

  static void sign_as(std::string const& engine, Bytes& leaf) {
    constexpr std::string_view kMember = "\"engine\":\"";
    std::string text(as_text(leaf));
    auto const at = text.find(kMember) + kMember.size();
    text.replace(at, text.find('"', at) - at, engine);
    leaf = to_bytes(text);
  }

  TemporaryFolder folder_;
  merkle::SigningKey key_;
  merkle::VerifierKey vkey_;
  std::unique_ptr<platform::FileDisk> disk_;
  std::unique_ptr<segments::SegmentLog> log_;
  SeededEntropy entropy_;
  domain::State state_;
  merkle::Tree tree_;
  ledger::FrameBuilder builder_{state_, tree_, entropy_};
  ledger::PendingFrame frame_;
  std::string note_;
  bool recorded_wrong_ = false;
  std::string engine_;
};

}  // namespace tally::cli
