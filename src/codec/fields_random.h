#pragma once

// Test values: fills any domain value at random, through `fields`. A quarter of all members stay
// at zero, so that what is left out is tried as well. The same generator gives the same value.

#include <map>
#include <optional>
#include <string>

#include "base/prng.h"
#include "codec/fields_json.h"
#include "domain/event.h"

namespace tally::codec {

// Plain words, escapes, and characters whose UTF-8 and UTF-16 orders differ.
inline std::string random_text(Prng& random) {
  constexpr std::array<std::string_view, 12> kPieces{
      "a", "Z", "run", " ", "\"", "\\", "\n", "\x01", "/", "\u00e9", "\ue000", "\U0001f600"};
  std::string text;
  for (auto n = random.below(6); n > 0; --n) text += kPieces[random.below(kPieces.size())];
  return text;
}

inline std::int64_t random_integer(Prng& random) {
  auto const magnitude = static_cast<std::int64_t>(random.next() >> (11 + random.below(50)));
  return random.chance(300) ? -magnitude : magnitude;
}

template <class T>
void fill(Prng& random, T& value);
template <class Whole>
std::vector<Whole> random_of_each(Prng& random);

template <class T>
void fill_list(Prng& random, T& items) {
  items.clear();
  for (auto n = random.below(4); n > 0; --n) {
    typename T::value_type item{};
    fill(random, item);
    items.insert(items.end(), std::move(item));
  }
}

template <class T>
void fill(Prng& random, T& value) {
  if constexpr (domain::HasFields<T>) {
    value.fields([&](std::string_view, auto& member) {
      if (random.chance(250)) {
        clear(member);
      } else {
        fill(random, member);
      }
    });
  } else if constexpr (domain::NamedEnum<T>) {
    constexpr auto words = all_of(T{});
    value = words[random.below(words.size())];
  } else if constexpr (std::same_as<T, domain::Command>) {
    auto commands = random_of_each<T>(random);
    value = std::move(commands[random.below(commands.size())]);
  } else if constexpr (kIsOptional<T>) {
    value.reset();
    if (random.chance(700)) fill(random, value.emplace());
  } else if constexpr (kIsList<T>) {
    fill_list(random, value);
  } else if constexpr (StrongType<T>) {
    typename T::Rep rep{};
    fill(random, rep);
    value = T(rep);
  } else if constexpr (std::same_as<T, Digest>) {
    fill(random, value.bytes);
  } else if constexpr (std::same_as<T, ContentRef>) {
    Digest digest;
    fill(random, digest);
    value = ContentRef(digest);
  } else if constexpr (ByteArray<T>) {
    for (auto& byte : value) byte = static_cast<std::uint8_t>(random.next() >> 56);
  } else if constexpr (std::same_as<T, bool>) {
    value = random.chance(500);
  } else if constexpr (std::same_as<T, Labels>) {
    value.clear();
    for (auto n = random.below(5); n > 0; --n) {
      std::string const name = random_text(random);
      value[name] = random_text(random);
    }
  } else if constexpr (std::same_as<T, std::uint64_t>) {
    value = random.next();
  } else if constexpr (std::same_as<T, std::int64_t>) {
    value = random_integer(random);
  } else {
    value = random_text(random);
  }
}

inline domain::Header random_header(Prng& random) {
  domain::Header header;
  fill(random, header.actor);
  fill(random, header.at);
  fill(random, header.correlation);
  fill(random, header.decision);
  fill(random, header.idempotency);
  fill(random, header.ledger);
  fill(random, header.run);
  fill(random, header.salt);
  fill(random, header.seq);
  fill(random, header.span);
  fill(random, header.tenant);
  if (header.tenant) fill(random, header.tenant_seq);
  return header;
}

// A random value of every member of Event, or of Command, in order.
template <class Whole>
std::vector<Whole> random_of_each(Prng& random) {
  std::vector<Whole> values;
  domain::for_each_kind<Whole>(
      [&]<class Group, class Leaf>(std::type_identity<Group>, std::type_identity<Leaf>) {
        Leaf leaf;
        fill(random, leaf);
        values.emplace_back(Group(std::move(leaf)));
      });
  return values;
}

inline std::vector<domain::Facts> random_of_each_facts(Prng& random) {
  std::vector<domain::Facts> values;
  domain::Alternatives<domain::Facts>::each([&]<class F>(std::type_identity<F>) {
    F facts;
    fill(random, facts);
    values.emplace_back(std::move(facts));
  });
  return values;
}

}  // namespace tally::codec
