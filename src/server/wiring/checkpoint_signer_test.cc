#include "server/wiring/checkpoint_signer.h"

#include "audit/ledger_fixture.h"
#include "ledger/loop_fixture.h"

namespace tally::wiring {
namespace {

using audit::testing::Notary;
using ledger::testing::LoopWorld;

// A signer whose signatures go bad when the test says so.
class FailingSigner final : public ports::Signer {
 public:
  ports::PublicKey public_key() const override { return notary.key.public_key(); }
  Result<ports::Signature> sign(ByteView message) override {
    auto signature = notary.key.sign(message);
    if (fails) signature[0] ^= 1;
    return signature;
  }
  Notary notary;
  bool fails = false;
};

struct CheckpointSignerTest : ::testing::Test {
  CheckpointSignerTest() {
    world.open();
    signer.emplace(*world.loop, world.log, hardware, hardware.notary.vkey,
                   ports::ErrorReporter<Layer::L7>(),
                   [this](Error const& why) { complaints.push_back(why.detail); });
  }
  void sign_head() {
    auto const& frame = world.log.frames.back();
    signer->order({.size = static_cast<std::int64_t>(world.size()),
                   .root = frame.root_after,
                   .state_digest = std::string(64, '0')});
    signer->step();
    world.settle();
  }
  LoopWorld world;
  FailingSigner hardware;
  std::vector<std::string> complaints;
  std::optional<CheckpointSigner> signer;
};

TEST_F(CheckpointSignerTest, RecordsWhatItsOwnKeyVerifies) {
  auto const size = world.size();
  sign_head();
  EXPECT_EQ(world.events(size), std::vector<std::string>{"checkpoint.signed"});
  EXPECT_TRUE(complaints.empty());
}

TEST_F(CheckpointSignerTest, RecordsNothingThatItsOwnKeyDoesNotVerify) {
  auto const size = world.size();
  hardware.fails = true;
  sign_head();
  EXPECT_EQ(world.size(), size);
  EXPECT_EQ(complaints.size(), 1u);
}

}  // namespace
}  // namespace tally::wiring
