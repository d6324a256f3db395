#include "platform/write_signals.h"

#include <sys/resource.h>

#include "platform/file_disk.h"
#include "platform/private_file.h"
#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

// For as long as it lives no file may grow beyond so many bytes.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    rlimit const tight{bytes, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  }
  FileSizeLimit(FileSizeLimit const&) = delete;
  FileSizeLimit& operator=(FileSizeLimit const&) = delete;
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(WriteSignals, AFileThatMayNotGrowIsAFailedWriteAndNoEnd) {
  TestDirectory directory;
  let_writes_fail();
  auto disk = FileDisk::open_directory(directory / "disk");
  ASSERT_TRUE(disk) << disk.error().internal;
  Result<std::unique_ptr<ports::DiskFile>> segment;
  Result<void> secret;
  {
    FileSizeLimit const limit(64 << 10);
    segment = (*disk)->create_zeroed("segment", 1 << 20);
    secret = write_private_file(directory / "receipt", Bytes(1 << 20));
  }
  ASSERT_FALSE(segment);
  EXPECT_EQ(segment.error().code, "disk_full");
  ASSERT_FALSE(secret);
  EXPECT_EQ(secret.error().code, "io_error");
  EXPECT_FALSE(std::filesystem::exists(directory / "receipt"));
}

}  // namespace
}  // namespace tally::platform
