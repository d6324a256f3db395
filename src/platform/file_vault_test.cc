#include "platform/file_vault.h"

#include <sodium.h>

#include "base/prng.h"
#include "platform/sandbox_fixture.h"

namespace tally::platform {
namespace {

// Bytes that a test can foretell.
class SeededEntropy : public ports::Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng_.next());
  }

 private:
  Prng prng_{1};
};

class FileVaultTest : public testing::Test {
 protected:
  std::unique_ptr<FileVault> open() {
    auto opened = FileVault::open(directory_ / "keys", entropy_);
    EXPECT_TRUE(opened);
    return std::move(*opened);
  }
  Bytes seal(FileVault& vault, std::string const& tenant = "acme") {
    auto sealed = vault.seal(TenantId(tenant), at_, plain_);
    EXPECT_TRUE(sealed);
    return sealed ? *sealed : Bytes();
  }

  TestDirectory directory_;
  SeededEntropy entropy_;
  Instant at_ = *from_rfc3339("2026-01-31T23:59:59.999999Z");
  Bytes plain_ = to_bytes("a canary secret");
  TenantId const acme_{"acme"};
};

TEST_F(FileVaultTest, OpensWhatItSealedAlsoAfterReopening) {
  auto sealed = seal(*open());
  EXPECT_EQ(open()->open(acme_, sealed), plain_);
  EXPECT_EQ(std::string(as_text(sealed)).find("canary"), std::string::npos);
  auto key = directory_ / "keys/acme/2026-01.key";
  EXPECT_EQ(std::filesystem::file_size(key), 32u);
  EXPECT_EQ(std::filesystem::status(key).permissions(), std::filesystem::perms(0600));
}

TEST_F(FileVaultTest, NeverSealsTheSameTwiceAlike) {
  auto vault = open();
  EXPECT_NE(seal(*vault), seal(*vault));
}

TEST_F(FileVaultTest, HasTheFormatThatItsPageDescribes) {
  auto sealed = seal(*open());
  ASSERT_EQ(sealed.size(), 1u + 4 + 24 + plain_.size() + 16);
  EXPECT_EQ(sealed[0], 1);
  EXPECT_EQ(get_u32(sealed.data() + 1), 2026u * 12);
  auto key = read_text(directory_ / "keys/acme/2026-01.key");
  Bytes plain(plain_.size());
  auto name = as_bytes("acme");
  EXPECT_EQ(crypto_aead_xchacha20poly1305_ietf_decrypt(
                plain.data(), nullptr, nullptr, sealed.data() + 29, sealed.size() - 29, name.data(),
                name.size(), sealed.data() + 5, as_bytes(key).data()),
            0);
  EXPECT_EQ(plain, plain_);
}

TEST_F(FileVaultTest, NoticesEveryFlippedByte) {
  auto vault = open();
  auto const sealed = seal(*vault);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto broken = sealed;
    broken[i] ^= 1;
    auto opened = vault->open(acme_, broken);
    ASSERT_FALSE(opened) << "byte " << i;
    // A forged month names a key that is not there.
    EXPECT_EQ(opened.error().code, i >= 1 && i < 5 ? "erased" : "damaged") << "byte " << i;
  }
  EXPECT_EQ(vault->open(acme_, ByteView(sealed).first(20)).error().code, "damaged");
}

TEST_F(FileVaultTest, OpensNothingOfAnotherTenant) {
  auto vault = open();
  auto sealed = seal(*vault);
  seal(*vault, "other");
  EXPECT_EQ(vault->open(TenantId("other"), sealed).error().code, "damaged");
  // Even under the same key the tenant is part of what is authenticated.
  std::filesystem::copy(directory_ / "keys/acme/2026-01.key", directory_ / "keys/other/2026-01.key",
                        std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(open()->open(TenantId("other"), sealed).error().code, "damaged");
}

TEST_F(FileVaultTest, ErasesAMonthForEverAndNoOther) {
  auto vault = open();
  auto sealed = seal(*vault);
  auto next = vault->seal(acme_, at_ + microseconds(1), plain_);
  ASSERT_TRUE(next);
  ASSERT_TRUE(vault->erase(acme_, month_of(at_)));
  EXPECT_EQ(vault->open(acme_, sealed).error().code, "erased");
  EXPECT_EQ(vault->seal(acme_, at_, plain_).error().code, "erased");
  EXPECT_EQ(open()->open(acme_, sealed).error().code, "erased");
  EXPECT_EQ(open()->open(acme_, *next), plain_);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "keys/acme/2026-01.key"));
  EXPECT_TRUE(vault->erase(acme_, month_of(at_)));
}

TEST_F(FileVaultTest, FinishesAnErasureThatACrashInterrupted) {
  auto sealed = seal(*open());
  write_text(directory_ / "keys/acme/2026-01.erased", "");
  auto vault = open();
  EXPECT_EQ(vault->open(acme_, sealed).error().code, "erased");
  ASSERT_TRUE(vault->erase(acme_, month_of(at_)));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "keys/acme/2026-01.key"));
}

TEST_F(FileVaultTest, RefusesATruncatedKeyInsteadOfMakingANewOne) {
  auto sealed = seal(*open());
  std::filesystem::resize_file(directory_ / "keys/acme/2026-01.key", 16);
  EXPECT_EQ(open()->open(acme_, sealed).error().code, "damaged");
  EXPECT_EQ(open()->seal(acme_, at_, plain_).error().code, "damaged");
}

TEST_F(FileVaultTest, TakesNoPathForATenant) {
  auto vault = open();
  for (char const* name : {"..", ".", "a/b", ""})
    EXPECT_FALSE(vault->seal(TenantId(name), at_, plain_)) << name;
}

TEST(VaultMonth, TurnsAtMidnightUtc) {
  auto before = *from_rfc3339("2025-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_text(month_of(before)), "2025-12");
  EXPECT_EQ(to_text(month_of(before + microseconds(1))), "2026-01");
  EXPECT_EQ(month_of(before).value() + 1, month_of(before + microseconds(1)).value());
}

}  // namespace
}  // namespace tally::platform
