#include "platform/file_blobs.h"

#include <algorithm>
#include <thread>

#include "platform/private_file.h"
#include "platform/sandbox_fixture.h"
#include "ports/hand_clock_fixture.h"

namespace tally::platform {
namespace {

namespace fs = std::filesystem;

class FileBlobsTest : public testing::Test {
 protected:
  FileBlobs open() {
    auto opened = FileBlobs::open(directory_ / "blobs", clock_);
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  std::string file(ContentRef const& ref) const {
    auto hex = ref.digest().hex();
    return directory_ / ("blobs/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2, 2) + "/" + hex);
  }

  ContentRef put(FileBlobs& blobs, std::string_view content) {
    auto const ref = blobs.put(as_bytes(content));
    EXPECT_TRUE(ref);
    return ref.value_or(ContentRef());
  }
  // What a pass that begins now removes.
  static ports::Collected collect(FileBlobs& blobs, std::vector<ContentRef> named = {}) {
    std::ranges::sort(named);
    return blobs.collect(named, blobs.now() - ports::kBlobGrace, [] { return true; });
  }

  TestDirectory directory_;
  ports::testing::HandClock clock_;
};

TEST_F(FileBlobsTest, KeepsContentUnderItsHash) {
  auto ref = open().put(as_bytes("abc"));
  ASSERT_TRUE(ref);
  // FIPS 180-4, the one-block example.
  EXPECT_EQ(ref->text(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(open().get(*ref), to_bytes("abc"));
  EXPECT_EQ(read_text(file(*ref)), "abc");
  EXPECT_EQ(std::filesystem::status(file(*ref)).permissions(), std::filesystem::perms(0600));
}

TEST_F(FileBlobsTest, TellsMissingFromDamaged) {
  auto blobs = open();
  auto ref = blobs.put(as_bytes("abc"));
  ASSERT_TRUE(ref);
  EXPECT_TRUE(*blobs.contains(*ref));
  ContentRef other(sha256(as_bytes("other")));
  EXPECT_FALSE(*blobs.contains(other));
  EXPECT_EQ(blobs.get(other).error().code, "not_found");
  write_text(file(*ref), "abd");
  EXPECT_EQ(blobs.get(*ref).error().code, "damaged");
}

TEST_F(FileBlobsTest, HealsADamagedBlobThatIsPutAgain) {
  auto blobs = open();
  auto ref = blobs.put(as_bytes("abc"));
  ASSERT_TRUE(ref);
  write_text(file(*ref), "");
  EXPECT_EQ(blobs.put(as_bytes("abc")), *ref);
  EXPECT_EQ(blobs.get(*ref), to_bytes("abc"));
}

TEST_F(FileBlobsTest, KeepsOneCopyAndNoTemporaryFiles) {
  auto blobs = open();
  auto ref = blobs.put(as_bytes("abc"));
  ASSERT_TRUE(blobs.put(as_bytes("abc")));
  auto folder = std::filesystem::path(file(*ref)).parent_path();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST_F(FileBlobsTest, KeepsEmptyContent) {
  auto blobs = open();
  auto ref = blobs.put({});
  ASSERT_TRUE(ref);
  EXPECT_EQ(blobs.get(*ref), Bytes());
}

TEST_F(FileBlobsTest, RemovesWhatNothingNamesOnceItIsOld) {
  auto blobs = open();
  auto const named = put(blobs, "named");
  auto const forgotten = put(blobs, "forgotten");
  clock_.advance(ports::kBlobGrace);
  auto const young = put(blobs, "young");
  EXPECT_EQ(collect(blobs, {named}).blobs, 0u);  // of just that age
  clock_.advance(microseconds(1));
  auto const collected = collect(blobs, {named});
  EXPECT_EQ(collected.blobs, 1u);
  EXPECT_EQ(collected.bytes, 9u);
  EXPECT_EQ(collected.failed, 0u);
  EXPECT_FALSE(*blobs.contains(forgotten));
  EXPECT_EQ(blobs.get(named), to_bytes("named"));
  EXPECT_EQ(blobs.get(young), to_bytes("young"));
}

TEST_F(FileBlobsTest, CountsABlobThatIsPutAgainAsNew) {
  auto blobs = open();
  auto const ref = put(blobs, "abc");
  clock_.advance(hours(5));
  put(blobs, "abc");
  clock_.advance(ports::kBlobGrace);
  EXPECT_EQ(collect(blobs).blobs, 0u);
  EXPECT_TRUE(*blobs.contains(ref));
}

// Its command may be on the way still.
TEST_F(FileBlobsTest, KeepsAYoungBlobWhenSomebodySetsTheClockForward) {
  auto blobs = open();
  auto const ref = put(blobs, "abc");
  clock_.set_by(hours(30));
  EXPECT_EQ(collect(blobs).blobs, 0u);
  EXPECT_TRUE(*blobs.contains(ref));
}

TEST_F(FileBlobsTest, RemovesWhatACrashLeftHalfWrittenAndNoFileOfSomebodyElse) {
  auto blobs = open();
  auto const ref = put(blobs, "abc");
  std::string const half = file(ref) + ".tmp41.7";
  std::string const foreign = file(ref) + ".orig";
  auto const earlier = blobs.now();
  for (auto const& path : {half, foreign}) {
    write_text(path, "half of it");
    ASSERT_TRUE(touch_private_file(path, earlier));
  }
  clock_.advance(hours(2));
  auto const collected = collect(blobs, {ref});
  EXPECT_EQ(collected.blobs, 0u);
  EXPECT_EQ(collected.bytes, 10u);
  EXPECT_FALSE(fs::exists(half));
  EXPECT_TRUE(fs::exists(foreign));
}

TEST_F(FileBlobsTest, SaysWhatCouldNotBeRemovedAndGoesOn) {
  auto blobs = open();
  auto const ref = put(blobs, "abc");
  std::string const folder = fs::path(file(ref)).parent_path();
  auto const other = put(blobs, "other");
  clock_.advance(hours(2));
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  if (::access(folder.c_str(), W_OK) == 0) GTEST_SKIP() << "nothing is forbidden to root";
  auto const collected = collect(blobs);
  fs::permissions(folder, fs::perms::owner_all);
  EXPECT_EQ(collected.blobs, 1u);
  EXPECT_EQ(collected.failed, 1u);
  ASSERT_TRUE(collected.fault);
  EXPECT_NE(collected.fault->internal.find(ref.digest().hex()), std::string::npos);
  EXPECT_TRUE(*blobs.contains(ref));
  EXPECT_FALSE(*blobs.contains(other));
}

TEST_F(FileBlobsTest, EndsAtOnceWhenItIsToldTo) {
  auto blobs = open();
  auto const ref = put(blobs, "abc");
  clock_.advance(hours(2));
  auto const collected = blobs.collect({}, blobs.now() - ports::kBlobGrace, [] { return false; });
  EXPECT_EQ(collected.blobs, 0u);
  EXPECT_TRUE(*blobs.contains(ref));
}

TEST_F(FileBlobsTest, KeepsABlobThatIsPutWhileItIsRemoved) {
  constexpr int kRounds = 100;
  auto blobs = open();
  auto const ref = put(blobs, "abc");
  auto const earlier = blobs.now();
  clock_.advance(hours(2));
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_TRUE(touch_private_file(file(ref), earlier));
    std::thread remover([&] { collect(blobs); });
    EXPECT_TRUE(blobs.put(as_bytes("abc")));
    remover.join();
    ASSERT_EQ(blobs.get(ref), to_bytes("abc")) << "round " << round;
  }
}

}  // namespace
}  // namespace tally::platform
