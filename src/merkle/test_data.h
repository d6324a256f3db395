#pragma once

// What the tests of this folder share: published vectors, and a log of seven leaves whose hashes,
// keys and signatures other implementations have computed.

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "merkle/checkpoint.h"
#include "merkle/ed25519.h"
#include "merkle/lines.h"
#include "merkle/tree.h"

namespace tally::merkle::testing {

// The folder of published vectors; TALLY_DATA names another place for the data.
std::filesystem::path vectors();

inline std::string content(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Digest digest(std::string_view base64) { return digest_from_base64(base64).value(); }

// The hashes of the leaves "event-0" to "event-<count - 1>".
inline std::vector<Digest> event_leaves(std::size_t count) {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < count; ++i)
    leaves.push_back(leaf_hash(as_bytes("event-" + std::to_string(i))));
  return leaves;
}

inline Tree tree_of(std::span<Digest const> leaves) {
  Tree tree;
  for (Digest const& leaf : leaves) tree.append(leaf);
  return tree;
}

// 32 bytes that count up from `first`.
inline Seed counting_seed(std::uint8_t first) {
  Seed seed{};
  for (std::uint8_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(first + i);
  return seed;
}

inline constexpr std::string_view kLogVkey =
    "muster.example/ledger/1+fef438f6+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
inline constexpr std::string_view kWitnessVkey =
    "witness.muster.example/w1+07b0b8b5+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";
inline constexpr std::string_view kCheckpointText =
    "muster.example/ledger/1\n7\ngTvaOkIAD4KUtqlU6oN5LC3vrmUkbvdgr5/dU699Rjg=\n";
inline constexpr std::string_view kLogLine =
    "\u2014 muster.example/ledger/1 "
    "/vQ49hD33qB/Xf+bCD8dYONvgZDvMPQS2JZfEMkH9+cTMqClpwrU7ZbxodECIFZZX9uXhHwxFVx/"
    "NDoh3cxogHfVXww=\n";
inline constexpr std::string_view kWitnessLine =
    "\u2014 witness.muster.example/w1 "
    "B7C4tQAAAABlU/EAkWSmxRQARkDICrkcMWhNfE4rTukxzIeB+PvP1n9KsdXoYh4OB2TUQct7mEJrmrXfgc/"
    "nnQu7brg5/Ynrw8mnDg==\n";
inline constexpr std::uint64_t kWitnessSeconds = 1'700'000'000;

inline std::string note_of(std::string_view text, std::string_view lines) {
  return fmt::format("{}\n{}", text, lines);
}

inline VerifierKey log_key() { return *parse_vkey(kLogVkey); }
inline VerifierKey witness_key() { return *parse_vkey(kWitnessVkey); }

// The code of the error, or "accepted".
template <class T>
std::string outcome(Result<T> const& result) {
  return result ? "accepted" : result.error().code;
}

}  // namespace tally::merkle::testing
