#pragma once

// How many connections each address and each owner has, of all event loops together. An address
// counts only as long as nobody has said for whom the connection speaks: whoever shows a good key
// leaves the strangers of its address behind, and is bounded with its own kind.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace tally::platform {

class HttpCensus {
 public:
  struct Bounds {
    std::size_t of_address = 0;
    std::size_t of_owner = 0;
  };
  explicit HttpCensus(Bounds bounds) : bounds_(bounds) {}

  bool has_room(std::string const& address) const;
  // One more unauthenticated connection of this address; false, and not counted, if it has as many
  // as it may.
  bool enter(std::string const& address);
  // A connection of `address` that belonged to `from` (empty: to nobody) belongs to `to`. False,
  // and nothing changed, if that owner has as many as it may.
  bool change(std::string const& address, std::string const& from, std::string_view to);
  void leave(std::string const& address, std::string const& owner);

  std::size_t rows() const;  // never more than connections

 private:
  using Counts = std::map<std::string, std::size_t, std::less<>>;
  struct Tables {
    Counts unauthenticated;  // by address
    Counts owned;            // by owner
  };
  static bool add(Counts& counts, std::string_view who, std::size_t most);
  static void take(Counts& counts, std::string_view who);

  Bounds bounds_;
  Mutex<Tables> tables_;
};

}  // namespace tally::platform
