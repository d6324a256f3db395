#include "platform/http_gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/check.h"

namespace tally::platform {

namespace {

constexpr int window_bits_gzip_only = 15 + 16;  // zlib.h, inflateInit2
constexpr std::size_t step_bytes = 16 * 1024;

class Inflater {
 public:
  explicit Inflater(std::string_view packed) : input_(packed.begin(), packed.end()) {
    TALLY_CHECK(packed.size() <= std::numeric_limits<uInt>::max(), "body too long for zlib");
    TALLY_CHECK(::inflateInit2(&stream_, window_bits_gzip_only) == Z_OK, "zlib does not start");
    stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
    stream_.avail_in = static_cast<uInt>(input_.size());
  }
  ~Inflater() { ::inflateEnd(&stream_); }
  Inflater(Inflater const&) = delete;
  Inflater& operator=(Inflater const&) = delete;

  // Unpacks the next stretch into `out`; Z_OK, Z_STREAM_END, or what is wrong.
  int step(std::string& out) {
    stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
    stream_.avail_out = static_cast<uInt>(piece_.size());
    int const status = ::inflate(&stream_, Z_NO_FLUSH);
    out.append(piece_.data(), piece_.size() - stream_.avail_out);
    return status;
  }
  bool at_end() const { return stream_.avail_in == 0; }
  void next_member() { ::inflateReset(&stream_); }

 private:
  std::string input_;  // zlib's interface is not const-correct
  z_stream stream_{};
  std::array<char, step_bytes> piece_{};
};

}  // namespace

Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max) {
  Inflater inflater(packed);
  std::string out;
  for (;;) {
    int const status = inflater.step(out);
    if (out.size() > bytes_max) {
      return fail("too_large", "the unpacked body exceeds " + std::to_string(bytes_max) + " bytes");
    }
    if (status == Z_STREAM_END) {
      if (inflater.at_end()) return out;
      inflater.next_member();
    } else if (status != Z_OK) {  // Z_BUF_ERROR: the input ended too early
      return fail("malformed", "the body is not valid gzip");
    }
  }
}

}  // namespace tally::platform
