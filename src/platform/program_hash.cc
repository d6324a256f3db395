#include "platform/program_hash.h"

#include <fstream>
#include <iterator>

#include "base/digest.h"

namespace tally::platform {

std::string program_hash() {
  std::ifstream file("/proc/self/exe", std::ios::binary);
  if (!file) return {};
  Bytes const bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return sha256(bytes).hex();
}

}  // namespace tally::platform
