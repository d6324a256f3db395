#include "platform/file_signer.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/check.h"
#include "platform/os_entropy.h"

namespace tally::platform {

namespace {

constexpr mode_t owner_only = 0600;
constexpr mode_t group_and_world = 0077;

static_assert(crypto_sign_SEEDBYTES == FileSigner::seed_bytes);
static_assert(crypto_sign_SECRETKEYBYTES == 64);

using Seed = std::array<std::uint8_t, FileSigner::seed_bytes>;

// Closes its descriptor; the few system calls here need no more.
class OpenFile {
 public:
  OpenFile(std::string const& path, int flags, mode_t mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(OpenFile const&) = delete;
  OpenFile& operator=(OpenFile const&) = delete;
  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

tl::unexpected<Error> unavailable(std::string const& path, char const* what) {
  return fail("key_unavailable",
              "the signing key cannot be used: it could not be " + std::string(what) +
                  "; see the server's log",
              path + ": " + std::strerror(errno));
}

bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    auto const put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

// One byte more than a seed is asked for, so that a longer file shows.
Result<Seed> read_seed(int fd, std::string const& path) {
  std::array<std::uint8_t, FileSigner::seed_bytes + 1> read{};
  auto const got = ::pread(fd, read.data(), read.size(), 0);
  if (got < 0) return unavailable(path, "read");
  if (got != static_cast<ssize_t>(FileSigner::seed_bytes)) {
    return fail("key_malformed",
                "the signing key file must hold exactly 32 bytes; restore it from a backup, or "
                "move it away to make a new key",
                path);
  }
  Seed seed{};
  std::memcpy(seed.data(), read.data(), seed.size());
  sodium_memzero(read.data(), read.size());
  return seed;
}

Result<Seed> load(int fd, std::string const& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return unavailable(path, "examined");
  if (!S_ISREG(status.st_mode)) {
    return fail("key_malformed", "the signing key is not a regular file", path);
  }
  if ((status.st_mode & group_and_world) != 0) {
    return fail("key_permissions",
                "the signing key can be read by other users; run chmod 600 on it, and replace "
                "the key if somebody may have copied it",
                path);
  }
  return read_seed(fd, path);
}

bool sync_directory_of(std::string const& path) {
  auto const parent = std::filesystem::path(path).parent_path();
  OpenFile const directory(parent.empty() ? "." : parent.string(), O_RDONLY | O_DIRECTORY);
  return directory.is_open() && ::fsync(directory.fd()) == 0;
}

// A half-written key would lock the ledger out of its own name for good; so the file gets its
// name (by a link, which fails if the name is taken) only after its bytes are on the disk.
Result<Seed> create(std::string const& path) {
  Seed seed{};
  OsEntropy().fill(seed);
  auto const draft = path + ".new-" + std::to_string(::getpid());
  {
    OpenFile const file(draft, O_WRONLY | O_CREAT | O_EXCL, owner_only);
    if (!file.is_open()) return unavailable(path, "created");
    bool const written = ::fchmod(file.fd(), owner_only) == 0 && write_all(file.fd(), seed) &&
                         ::fsync(file.fd()) == 0;
    if (!written) {
      auto refused = unavailable(path, "written");
      ::unlink(draft.c_str());
      return refused;
    }
  }
  bool const named = ::link(draft.c_str(), path.c_str()) == 0;
  bool const taken = !named && errno == EEXIST;
  auto refused = unavailable(path, "named");
  ::unlink(draft.c_str());
  if (taken) return fail("key_taken", "another process made the signing key", path);
  if (!named) return refused;
  if (!sync_directory_of(path)) return unavailable(path, "made durable");
  return seed;
}

Result<Seed> load_or_create(std::string const& path) {
  OpenFile const file(path, O_RDONLY);
  if (file.is_open()) return load(file.fd(), path);
  if (errno != ENOENT) return unavailable(path, "opened");
  auto created = create(path);
  if (created || created.error().code != "key_taken") return created;
  OpenFile const theirs(path, O_RDONLY);
  if (!theirs.is_open()) return unavailable(path, "opened");
  return load(theirs.fd(), path);
}

}  // namespace

Result<std::unique_ptr<FileSigner>> FileSigner::open_or_create(std::string const& path) {
  auto seed = load_or_create(path);
  if (!seed) return tl::unexpected<Error>(std::move(seed).error());
  auto signer = std::make_unique<FileSigner>(*seed);
  sodium_memzero(seed->data(), seed->size());
  return signer;
}

FileSigner::FileSigner(std::span<std::uint8_t const, seed_bytes> seed) {
  TALLY_CHECK(sodium_init() >= 0, "libsodium does not start");
  crypto_sign_seed_keypair(public_key_.data(), secret_key_.data(), seed.data());
}

FileSigner::~FileSigner() { sodium_memzero(secret_key_.data(), secret_key_.size()); }

Result<ports::Signature> FileSigner::sign(ByteView message) {
  ports::Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                       secret_key_.data());
  return signature;
}

}  // namespace tally::platform
