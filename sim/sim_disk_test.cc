#include "sim/sim_disk.h"

#include <gtest/gtest.h>

namespace tally::sim {

namespace {

constexpr std::uint64_t kBlock = ports::kDiskBlock;

std::unique_ptr<ports::DiskFile> made(SimDisk& disk, std::string const& name, std::uint64_t size) {
  return std::move(*disk.create_zeroed(name, size));
}

}  // namespace

TEST(SimDisk, KeepsDurableWritesThroughACrash) {
  SimDisk disk(1, {});
  auto file = made(disk, "a", 2 * kBlock);
  ASSERT_TRUE(file->write_durable(kBlock, Bytes(kBlock, 7)));
  disk.crash();
  Bytes expected(2 * kBlock);
  std::fill(expected.begin() + kBlock, expected.end(), std::uint8_t{7});
  EXPECT_EQ(disk.content("a"), expected);
}

TEST(SimDisk, FilesOpenedBeforeACrashAreDead) {
  SimDisk disk(1, {});
  auto file = made(disk, "a", kBlock);
  disk.crash();
  Bytes bytes(kBlock);
  EXPECT_EQ(file->read(0, bytes).error().code, "power_cut");
  EXPECT_EQ(file->write_durable(0, bytes).error().code, "power_cut");
  EXPECT_TRUE(disk.open("a"));
}

TEST(SimDisk, TearsTheChosenSectorsWhenPowerIsCut) {
  SimDisk disk(1, {});
  auto file = made(disk, "a", kBlock);
  disk.crash_at_change({.at_change = 2, .sectors = 0b1000'0101});
  ASSERT_TRUE(file->write_durable(0, Bytes(kBlock, 1)));
  EXPECT_EQ(file->write_durable(0, Bytes(kBlock, 2)).error().code, "power_cut");
  EXPECT_EQ(disk.list().error().code, "power_cut");
  EXPECT_TRUE(disk.power_is_cut());
  disk.crash();
  auto content = disk.content("a");
  for (std::size_t sector = 0; sector < kBlock / kSimSector; ++sector) {
    bool reached = sector == 0 || sector == 2 || sector == 7;
    EXPECT_EQ(content[sector * kSimSector], reached ? 2 : 1) << sector;
  }
}

TEST(SimDisk, ALyingSyncForgetsSomethingSoonerOrLater) {
  SimDisk disk(1, {.lying_sync = true});
  auto file = made(disk, "a", 8 * kBlock);
  Bytes written(8 * kBlock, 1);
  ASSERT_TRUE(file->write_durable(0, written));
  Bytes seen(8 * kBlock);
  ASSERT_TRUE(file->read(0, seen));
  EXPECT_EQ(seen, written);
  disk.crash();
  EXPECT_NE(disk.content("a"), written);
}

TEST(SimDisk, SyncNowMakesALiedWriteDurable) {
  SimDisk disk(1, {.lying_sync = true});
  auto file = made(disk, "a", 8 * kBlock);
  ASSERT_TRUE(file->write_durable(0, Bytes(8 * kBlock, 1)));
  disk.sync_now();
  disk.crash();
  EXPECT_EQ(disk.content("a"), Bytes(8 * kBlock, 1));
}

TEST(SimDisk, AFailedWriteLeavesAPartThatMayVanish) {
  SimDisk disk(1, {});
  auto file = made(disk, "a", 16 * kBlock);
  disk.set_options({.write_fails_per_mille = 1000});
  EXPECT_EQ(file->write_durable(0, Bytes(16 * kBlock, 1)).error().code, "io_error");
  auto count = [&] {
    auto content = disk.content("a");
    return std::count(content.begin(), content.end(), 1);
  };
  auto visible = count();
  EXPECT_GT(visible, 0);
  EXPECT_LT(visible, static_cast<std::ptrdiff_t>(16 * kBlock));
  disk.crash();
  EXPECT_LT(count(), visible);
}

TEST(SimDisk, IsFullWhenItsCapacityIsUsed) {
  SimDisk disk(1, {.capacity_bytes = 3 * kBlock});
  ASSERT_TRUE(disk.create_zeroed("a", 2 * kBlock));
  EXPECT_EQ(disk.create_zeroed("b", 2 * kBlock).error().code, "disk_full");
  EXPECT_TRUE(disk.create_zeroed("c", kBlock));
}

TEST(SimDisk, ReplacesAFileWholeOrNotAtAllWhenPowerIsCut) {
  for (std::uint64_t happened : {0u, 1u}) {
    SimDisk disk(1, {});
    ASSERT_TRUE(disk.replace("head", as_bytes("old")));
    disk.crash_at_change({.at_change = 1, .sectors = happened});
    EXPECT_EQ(disk.replace("head", as_bytes("new")).error().code, "power_cut");
    disk.crash();
    EXPECT_EQ(as_text(disk.content("head")), happened == 1 ? "new" : "old");
  }
}

TEST(SimDisk, RefusesAnExistingNameAndAMissingOne) {
  SimDisk disk(1, {});
  ASSERT_TRUE(disk.create_zeroed("a", kBlock));
  EXPECT_EQ(disk.create_zeroed("a", kBlock).error().code, "exists");
  EXPECT_EQ(disk.open("b").error().code, "not_found");
  EXPECT_EQ(disk.remove("b").error().code, "not_found");
  ASSERT_TRUE(disk.remove("a"));
  EXPECT_TRUE(disk.list()->empty());
}

TEST(SimDisk, TheSameSeedTearsTheSameWay) {
  auto torn = [](std::uint64_t seed) {
    SimDisk disk(seed, {});
    auto file = made(disk, "a", 8 * kBlock);
    disk.crash_at_change({.at_change = 1, .sectors = {}});
    (void)file->write_durable(0, Bytes(8 * kBlock, 1));
    return disk.content("a");
  };
  EXPECT_EQ(torn(5), torn(5));
  EXPECT_NE(torn(5), torn(6));
}

}  // namespace tally::sim
