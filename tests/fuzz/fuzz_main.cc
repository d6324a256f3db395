// libFuzzer's entry; one program for each door, which the compiler is told.

#include "fuzz/doors.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  tally::fuzz::TALLY_FUZZ_DOOR({data, size});
  return 0;
}
