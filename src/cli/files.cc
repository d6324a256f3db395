#include "cli/files.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace tally::cli {

namespace {

Result<std::string> read_all(std::istream& from, std::string const& name) {
  std::string content;
  std::array<char, 64 * 1024> room{};
  while (from.read(room.data(), room.size()) || from.gcount() > 0) {
    content.append(room.data(), static_cast<std::size_t>(from.gcount()));
    if (content.size() > kFileBytesMax)
      return fail("too_large", fmt::format("{} is larger than {} bytes", name, kFileBytesMax));
  }
  if (from.bad()) return fail("unreadable", fmt::format("{} cannot be read", name));
  return content;
}

}  // namespace

Result<std::string> read_file(Console& console, std::string const& name) {
  if (name == "-") return read_all(console.in(), "the standard input");
  std::ifstream file(name, std::ios::binary);
  if (!file)
    return fail("unreadable", fmt::format("{} cannot be read: {}", name, std::strerror(errno)));
  return read_all(file, name);
}

Result<void> write_file(Console& console, std::string const& name, std::string_view bytes) {
  if (name == "-") {
    console.out() << bytes;
    return {};
  }
  std::ofstream file(name, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.close();
  if (!file)
    return fail("unwritable", fmt::format("{} cannot be written: {}", name, std::strerror(errno)));
  return {};
}

}  // namespace tally::cli
