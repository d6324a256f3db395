#pragma once

// Each identifier and quantity has its own type: struct RunId : Strong<RunId, std::uint64_t>.
// Comparison and hashing only; arithmetic is opted into by the type that wants it.

#include <compare>
#include <concepts>
#include <utility>

namespace tally {

template <class Self, class Rep_>
struct Strong {
  using Rep = Rep_;
  constexpr Strong() = default;
  constexpr explicit Strong(Rep rep) : rep_(std::move(rep)) {}
  constexpr Rep const& value() const { return rep_; }
  friend constexpr bool operator==(Strong const&, Strong const&) = default;
  friend constexpr auto operator<=>(Strong const&, Strong const&) = default;
  template <class Hash>
  friend Hash AbslHashValue(Hash hash, Strong const& strong) {
    return Hash::combine(std::move(hash), strong.rep_);
  }

 private:
  Rep rep_{};
};

template <class T>
concept StrongType =
    requires { typename T::Rep; } && std::derived_from<T, Strong<T, typename T::Rep>>;

}  // namespace tally
