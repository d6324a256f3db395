// The one-pass reader takes exactly the bytes that are an event by the definition of the format
// (document_decode_fixture.h): for random events, and for their bytes after all kinds of damage.

#include <gtest/gtest.h>

#include "codec/document_decode_fixture.h"
#include "codec/fields_random.h"

namespace tally::codec {
namespace {

using domain::Recorded;

// What a reader of the event alone sees: whatever stands for the decision is right.
std::string with_plain_decision(std::string_view leaf) {
  constexpr std::string_view kDecision = R"("decision":)";
  constexpr std::string_view kPlain =
      R"({"command":{"body":{},"type":"run.start"},"engine":"run@1",)"
      R"("facts":{"body":{},"kind":"run.run_facts"}})";
  auto const at = leaf.find(kDecision);
  auto const end = leaf.rfind(R"(,"decision_id":")");
  if (at == std::string_view::npos || end == std::string_view::npos || end < at)
    return std::string(leaf);
  std::string plain(leaf.substr(0, at + kDecision.size()));
  return plain.append(kPlain).append(leaf.substr(end));
}

// Who reads the event alone takes it if it is one with any decision, and reads the same.
void expect_event_alone(std::string_view leaf) {
  std::string const plain = with_plain_decision(leaf);
  auto expected = decode_by_document(as_bytes(plain));
  Recorded event;
  auto const found = decode(as_bytes(leaf), event, Part::event);
  ASSERT_EQ(found.has_value(), expected.has_value()) << leaf;
  if (!found) return;
  expected->snapshot.reset();
  EXPECT_EQ(event, *expected) << leaf;
}

// True if the bytes are an event; both readers must say the same, and read the same.
bool both_agree(std::string_view leaf) {
  expect_event_alone(leaf);
  auto const expected = decode_by_document(as_bytes(leaf));
  auto const found = decode(as_bytes(leaf));
  EXPECT_EQ(found.has_value(), expected.has_value()) << leaf << "\n"
                                                     << (found ? "" : found.error().detail);
  if (found && expected) {
    EXPECT_EQ(*found, *expected) << leaf;
  }
  return expected.has_value();
}

std::vector<std::string> random_leaves(Prng& random) {
  std::vector<std::string> leaves;
  auto commands = random_of_each<domain::Command>(random);
  auto facts = random_of_each_facts(random);
  std::size_t next = 0;
  for (domain::Event& event : random_of_each<domain::Event>(random)) {
    Recorded recorded{random_header(random), std::move(event), {}};
    if (recorded.header.decision && random.chance(900))
      recorded.snapshot = {commands[next % commands.size()], facts[next % facts.size()]};
    ++next;
    Bytes leaf;
    encode(recorded, leaf);
    leaves.emplace_back(as_text(leaf));
  }
  return leaves;
}

// Damage to bytes: most of what comes out is no JSON, or JSON of another form.
std::string with_bytes_changed(Prng& random, std::string text) {
  constexpr std::array<std::string_view, 20> kPieces{
      "0", "-", "1",  "\"", "\\", "{",       "}",   "[",        "]",    ",",
      ":", " ", ".0", "e1", "{}", "\\u0041", "\\n", "\xc3\xa9", "\xff", "null"};
  std::size_t const at = random.below(text.size());
  std::size_t const length = std::min<std::size_t>(random.below(4), text.size() - at);
  switch (random.below(4)) {
    case 0:
      return text.replace(at, 1, 1, static_cast<char>(random.next() >> 56));
    case 1:
      return text.erase(at, length);
    case 2:
      return text.replace(at, length, kPieces[random.below(kPieces.size())]);
    default:
      return text.insert(at, text.substr(random.below(text.size()), 1 + random.below(12)));
  }
}

json::Value other_value(Prng& random, json::Value const& value) {
  switch (random.below(8)) {
    case 0:
      return 0;
    case 1:
      return "";
    case 2:
      return false;
    case 3:
      return json::Array{};
    case 4:
      return json::Object{};
    case 5:
      return true;
    case 6:
      return value.integer() ? json::Value(static_cast<double>(*value.integer()) + 0.5)
                             : json::Value(7);
    default:
      return value.string() ? json::Value(*value.string() + "0") : json::Value();
  }
}

// Damage to the document, at one place that chance finds on its way down.
void change(Prng& random, json::Value& value) {
  if (auto const* members = value.object(); members && !members->empty() && random.chance(900)) {
    json::Object copy = *members;
    std::size_t const at = random.below(copy.size());
    switch (random.below(12)) {
      case 0:
        copy.erase(copy.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        copy.insert(copy.begin() + static_cast<std::ptrdiff_t>(at), {"strange", copy[at].second});
        break;
      case 2:
        std::swap(copy[at].second, copy[random.below(copy.size())].second);
        break;
      default:
        change(random, copy[at].second);
    }
    value = std::move(copy);
  } else if (auto const* items = value.array(); items && !items->empty() && random.chance(900)) {
    json::Array copy = *items;
    std::size_t const at = random.below(copy.size());
    if (random.chance(300)) {
      copy.push_back(copy[at]);
    } else if (random.chance(300)) {
      std::swap(copy[at], copy.front());
    } else {
      change(random, copy[at]);
    }
    value = std::move(copy);
  } else {
    value = other_value(random, value);
  }
}

// Written in canonical form again, so that only its shape can be wrong; or in the order it has.
std::string with_document_changed(Prng& random, std::string const& text) {
  auto document = json::parse(text);
  for (auto n = 1 + random.below(2); n > 0; --n) change(random, *document);
  return random.chance(900) ? json::canonical(*document) : json::write(*document);
}

TEST(DecodeProperty, EveryEventIsReadAsTheFormatDefinesIt) {
  Prng random(20'260'201);
  for (int round = 0; round < 30; ++round)
    for (std::string const& leaf : random_leaves(random)) EXPECT_TRUE(both_agree(leaf)) << leaf;
}

TEST(DecodeProperty, DamagedBytesAreTakenOrRefusedAsTheFormatDefinesIt) {
  Prng random(20'260'202);
  int taken = 0;
  for (int round = 0; round < 4; ++round)
    for (std::string const& leaf : random_leaves(random))
      for (int i = 0; i < 60; ++i) taken += both_agree(with_bytes_changed(random, leaf)) ? 1 : 0;
  EXPECT_GT(taken, 100) << "too little of what is left is still an event";
}

TEST(DecodeProperty, ChangedDocumentsAreTakenOrRefusedAsTheFormatDefinesIt) {
  Prng random(20'260'203);
  int taken = 0;
  for (int round = 0; round < 4; ++round)
    for (std::string const& leaf : random_leaves(random))
      for (int i = 0; i < 60; ++i) taken += both_agree(with_document_changed(random, leaf)) ? 1 : 0;
  EXPECT_GT(taken, 100) << "too little of what is left is still an event";
}

}  // namespace
}  // namespace tally::codec
