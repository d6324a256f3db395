#include "platform/program_hash.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "platform/file_disk_io.h"

namespace tally::platform {

// Mapped, not read: a start shall not copy the whole program.
std::string program_hash() {
  Descriptor const file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0 || status.st_size <= 0) return {};
  auto const size = static_cast<std::size_t>(status.st_size);
  void* const begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd(), 0);
  if (begin == MAP_FAILED) return {};
  std::string const hash = sha256(ByteView(static_cast<std::uint8_t const*>(begin), size)).hex();
  ::munmap(begin, size);
  return hash;
}

}  // namespace tally::platform
