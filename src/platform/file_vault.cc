#include "platform/file_vault.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>

#include "platform/private_file.h"

namespace tally::platform {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMonthAt = 1;
constexpr std::size_t kNonceAt = kMonthAt + 4;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kCipherAt = kNonceAt + kNonceBytes;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kKeysCachedMax = 1024;

static_assert(kNonceBytes == 24 && crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);

tl::unexpected<Error> erased() {
  return fail("erased", "The content was erased: its key has been destroyed.");
}

bool exists(std::string const& path) { return ::access(path.c_str(), F_OK) == 0; }

// The key's bytes leave the medium as far as a file system lets them; then its name goes.
Result<void> destroy_key_file(std::string const& path) {
  TRY(size, read_private_file(path).map([](Bytes const& bytes) { return bytes.size(); }));
  int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return fail("io_error", "A data key could not be destroyed.", std::strerror(errno));
  Bytes zeros(size);
  bool wiped = ::pwrite(fd, zeros.data(), zeros.size(), 0) == static_cast<ssize_t>(zeros.size()) &&
               ::fdatasync(fd) == 0;
  ::close(fd);
  if (!wiped || ::unlink(path.c_str()) != 0)
    return fail("io_error", "A data key could not be destroyed.", std::strerror(errno));
  return sync_directory(path.substr(0, path.find_last_of('/')));
}

}  // namespace

VaultMonth month_of(Instant at) {
  using namespace std::chrono;
  sys_time<std::chrono::microseconds> when{std::chrono::microseconds(at.value())};
  year_month_day date{floor<days>(when)};
  auto year = static_cast<std::uint32_t>(static_cast<int>(date.year()));
  return VaultMonth(year * 12 + static_cast<unsigned>(date.month()) - 1);
}

std::string to_text(VaultMonth month) {
  auto year = std::to_string(month.value() / 12);
  auto number = std::to_string(month.value() % 12 + 1);
  year.insert(0, year.size() < 4 ? 4 - year.size() : 0, '0');
  return year + "-" + (number.size() < 2 ? "0" : "") + number;
}

FileVault::FileVault(std::string root, ports::Entropy& entropy)
    : root_(std::move(root)), entropy_(entropy) {}

FileVault::~FileVault() {
  for (auto& [name, key] : cache_) sodium_memzero(key.data(), key.size());
}

Result<std::unique_ptr<FileVault>> FileVault::open(std::string root, ports::Entropy& entropy) {
  if (sodium_init() < 0) return fail("internal", "The cryptography library did not start.");
  TRY_VOID(make_private_directory(root));
  return std::unique_ptr<FileVault>(new FileVault(std::move(root), entropy));
}

std::string FileVault::path(TenantId const& tenant, VaultMonth month, char const* suffix) const {
  return root_ + "/" + tenant.value() + "/" + to_text(month) + suffix;
}

Result<FileVault::DataKey> FileVault::load(TenantId const& tenant, VaultMonth month) const {
  auto cached = cache_.find({tenant, month});
  if (cached != cache_.end()) return cached->second;
  if (exists(path(tenant, month, ".erased"))) return erased();
  TRY(bytes, read_private_file(path(tenant, month, ".key")));
  // An earlier process may have ended between the key's rename and the directory's sync.
  TRY_VOID(sync_directory(root_ + "/" + tenant.value()));
  DataKey key{};
  if (bytes.size() != key.size())
    return fail("damaged", "A data key is damaged.", path(tenant, month, ".key"));
  std::memcpy(key.data(), bytes.data(), key.size());
  sodium_memzero(bytes.data(), bytes.size());
  forget_one();
  cache_.emplace(KeyName{tenant, month}, key);
  return key;
}

void FileVault::forget_one() const {
  if (cache_.size() < kKeysCachedMax) return;
  sodium_memzero(cache_.begin()->second.data(), sizeof(DataKey));
  cache_.erase(cache_.begin());
}

Result<FileVault::DataKey> FileVault::create(TenantId const& tenant, VaultMonth month) {
  TRY_VOID(make_private_directory(root_ + "/" + tenant.value()));
  DataKey key{};
  entropy_.fill(key);
  TRY_VOID(write_private_file(path(tenant, month, ".key"), key));
  forget_one();
  cache_.emplace(KeyName{tenant, month}, key);
  return key;
}

Result<Bytes> FileVault::seal(TenantId const& tenant, Instant at, ByteView plain) {
  // A tenant's name becomes a path; "." and ".." are well-formed names.
  if (!is_name(tenant.value()) || tenant.value().front() == '.')
    return fail("validation_error", "The tenant's name cannot have keys.");
  auto month = month_of(at);
  Bytes sealed(kCipherAt + plain.size() + kTagBytes);
  sealed[0] = kVersion;
  put_u32(sealed.data() + kMonthAt, month.value());
  std::lock_guard lock(mutex_);
  auto key = load(tenant, month);
  if (!key && key.error().code == "not_found") key = create(tenant, month);
  if (!key) return tl::unexpected<Error>(key.error());
  std::span nonce(sealed.data() + kNonceAt, kNonceBytes);
  entropy_.fill(nonce);
  auto name = as_bytes(tenant.value());
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kCipherAt, nullptr, plain.data(),
                                             plain.size(), name.data(), name.size(), nullptr,
                                             nonce.data(), key->data());
  sodium_memzero(key->data(), key->size());
  return sealed;
}

Result<Bytes> FileVault::open(TenantId const& tenant, ByteView sealed) const {
  auto damaged = [] { return fail("damaged", "The encrypted content is damaged."); };
  if (!is_name(tenant.value()) || tenant.value().front() == '.') return damaged();
  if (sealed.size() < kCipherAt + kTagBytes || sealed[0] != kVersion) return damaged();
  VaultMonth month(get_u32(sealed.data() + kMonthAt));
  std::lock_guard lock(mutex_);
  auto key = load(tenant, month);
  // A key that is nowhere was erased by a restore or by hand, or the month is forged: both ways
  // the content cannot be read again.
  if (!key && key.error().code == "not_found") return erased();
  if (!key) return tl::unexpected<Error>(key.error());
  Bytes plain(sealed.size() - kCipherAt - kTagBytes);
  auto name = as_bytes(tenant.value());
  int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      plain.data(), nullptr, nullptr, sealed.data() + kCipherAt, sealed.size() - kCipherAt,
      name.data(), name.size(), sealed.data() + kNonceAt, key->data());
  sodium_memzero(key->data(), key->size());
  if (opened != 0) return damaged();
  return plain;
}

Result<void> FileVault::erase(TenantId const& tenant, VaultMonth month) {
  if (!is_name(tenant.value()) || tenant.value().front() == '.')
    return fail("validation_error", "The tenant's name cannot have keys.");
  std::lock_guard lock(mutex_);
  TRY_VOID(make_private_directory(root_ + "/" + tenant.value()));
  TRY_VOID(write_private_file(path(tenant, month, ".erased"), {}));
  auto cached = cache_.find({tenant, month});
  if (cached != cache_.end()) {
    sodium_memzero(cached->second.data(), cached->second.size());
    cache_.erase(cached);
  }
  auto key = path(tenant, month, ".key");
  if (!exists(key)) return {};
  return destroy_key_file(key);
}

}  // namespace tally::platform
