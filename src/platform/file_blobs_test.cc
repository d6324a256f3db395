#include "platform/file_blobs.h"

#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

class FileBlobsTest : public testing::Test {
 protected:
  FileBlobs open() {
    auto opened = FileBlobs::open(directory_ / "blobs");
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  std::string file(ContentRef const& ref) const {
    auto hex = ref.digest().hex();
    return directory_ / ("blobs/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2, 2) + "/" + hex);
  }

  TestDirectory directory_;
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

}  // namespace
}  // namespace tally::platform
