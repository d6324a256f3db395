#include "server/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "platform/private_file.h"
#include "server/halt_block.h"
#include "server/private_modes.h"

namespace tally::server {

namespace {

constexpr std::size_t kSecretBytes = 32;

std::string errno_text() { return std::strerror(errno); }

// The content of a private file, made of `bytes` random bytes by `format` when it is missing.
Result<Bytes> load_or_make(std::string const& path, ports::Entropy& entropy,
                           std::string (*format)(ByteView)) {
  auto existing = platform::read_private_file(path);
  if (existing || existing.error().code != "not_found") return existing;
  std::array<std::uint8_t, kSecretBytes> random{};
  entropy.fill(random);
  Bytes const content = to_bytes(format(random));
  TRY_VOID(platform::write_private_file(path, content));
  return content;
}

std::string raw(ByteView bytes) { return std::string(as_text(bytes)); }
std::string token(ByteView bytes) { return "tk_" + to_hex(bytes) + "\n"; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  return text;
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(std::string const& path,
                                                           ports::Entropy& entropy) {
  std::error_code fault;
  std::string const absolute = std::filesystem::absolute(path, fault).lexically_normal().string();
  if (fault || path.empty())
    return fail("io_error", "the data directory's path cannot be used: " + path);
  std::unique_ptr<DataDirectory> directory(new DataDirectory(absolute));
  TRY_VOID(check_private_modes(absolute));
  for (char const* inside : {"", "/keys", "/keys/data", "/ledger", "/blobs", "/work", "/snapshots"})
    TRY_VOID(platform::make_private_directory(absolute + inside));
  TRY_VOID(directory->lock(entropy));
  TRY_VOID(directory->open_halt());
  TRY_VOID(directory->load_secrets(entropy));
  return directory;
}

DataDirectory::~DataDirectory() {
  if (halt_ >= 0) ::close(halt_);
  if (lock_ >= 0) ::close(lock_);
}

Result<void> DataDirectory::lock(ports::Entropy& entropy) {
  lock_ = ::open(path("LOCK").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return fail("io_error", "the data directory cannot be locked: " + errno_text());
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0)
    return fail("in_use",
                "another tally serves this data directory; stop it first or choose another --data");
  TRY(writer, platform::WriterLock::take(path("ledger"), entropy));
  writer_ = std::move(writer);
  return {};
}

Result<void> DataDirectory::open_halt() {
  halt_ = ::open(path("HALT").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_DSYNC, 0600);
  if (halt_ < 0) return fail("io_error", "the HALT file cannot be opened: " + errno_text());
  struct stat about {};
  if (::fstat(halt_, &about) != 0 || !S_ISREG(about.st_mode))
    return fail("io_error", "HALT is not a regular file: it could keep no reason; move it away");
  // What somebody else wrote there may be shorter; it stays, with zeros behind it.
  std::array<char, kHaltBytes> block{};
  ssize_t const have = ::pread(halt_, block.data(), block.size(), 0);
  if (have < 0) return fail("io_error", "the HALT file cannot be read: " + errno_text());
  if (have == static_cast<ssize_t>(kHaltBytes)) return {};
  if (::pwrite(halt_, block.data(), block.size(), 0) != static_cast<ssize_t>(kHaltBytes))
    return fail("io_error", "the HALT file cannot be written: " + errno_text());
  return platform::sync_directory(path_);
}

// Secrets are made for a fresh ledger only: a new pepper under an old one would make every salt and
// fingerprint of the past meaningless, without a word.
Result<void> DataDirectory::load_secrets(ports::Entropy& entropy) {
  bool const has_ledger = std::filesystem::exists(path("ledger/0000000000.seg"));
  if (has_ledger && !std::filesystem::exists(path("keys/pepper"))) {
    return fail("key_missing",
                "keys/pepper is missing and the ledger is not new: restore it from a backup");
  }
  TRY(pepper, load_or_make(path("keys/pepper"), entropy, raw));
  if (pepper.size() != kSecretBytes)
    return fail("key_malformed",
                "keys/pepper must hold exactly 32 bytes; restore it from a backup");
  pepper_ = std::move(pepper);
  if (has_ledger) return {};  // the first key's token is not needed any more, and may be gone
  TRY(key, load_or_make(path("operator.key"), entropy, token));
  operator_key_ = sha256(as_bytes(trimmed(as_text(key))));
  return {};
}

std::string DataDirectory::halt_reason() const {
  std::array<std::uint8_t, kHaltBytes> block{};
  ssize_t const have = ::pread(halt_, block.data(), block.size(), 0);
  if (have < 0) return "the HALT file cannot be read: " + errno_text();
  return halt_reason_in(block);
}

void DataDirectory::write_halt(std::string_view reason) const {
  Bytes const block = halt_block_of(reason);
  // Nothing is left to do if this fails too: the process ends either way.
  [[maybe_unused]] ssize_t const written = ::pwrite(halt_, block.data(), block.size(), 0);
}

Result<void> DataDirectory::clear_halt() const {
  std::array<char, kHaltBytes> const block{};
  if (::pwrite(halt_, block.data(), block.size(), 0) != static_cast<ssize_t>(kHaltBytes))
    return fail("io_error", "the HALT file cannot be cleared: " + errno_text());
  return {};
}

}  // namespace tally::server
