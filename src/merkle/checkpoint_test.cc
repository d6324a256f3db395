#include "merkle/checkpoint.h"

#include <gtest/gtest.h>

#include "merkle/test_data.h"

namespace tally::merkle {
namespace {

using testing::kCheckpointText;
using testing::kLogLine;
using testing::log_key;
using testing::note_of;
using testing::outcome;

constexpr std::string_view kRoot = "gTvaOkIAD4KUtqlU6oN5LC3vrmUkbvdgr5/dU699Rjg=";

std::string text_with_size(std::string_view size) {
  return "origin\n" + std::string(size) + "\n" + std::string(kRoot) + "\n";
}

TEST(Checkpoint, IsWrittenAndReadAlike) {
  Checkpoint const checkpoint{"muster.example/ledger/1", 7, testing::digest(kRoot)};
  EXPECT_EQ(format_checkpoint(checkpoint), kCheckpointText);
  EXPECT_EQ(*parse_checkpoint(kCheckpointText), checkpoint);
}

TEST(Checkpoint, KeepsExtensionLines) {
  std::string const text = text_with_size("0") + "first\nsecond\n";
  auto const checkpoint = parse_checkpoint(text);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->extensions, (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(format_checkpoint(*checkpoint), text);
}

TEST(Checkpoint, RefusesASizeThatIsNotPlainDecimal) {
  for (std::string_view good : {"0", "1", "10", "9223372036854775807"})
    EXPECT_TRUE(parse_checkpoint(text_with_size(good))) << good;
  for (std::string_view bad : {"", "00", "07", "+7", "-1", " 7", "7 ", "7.0", "0x7", "7e1",
                               "9223372036854775808", "99999999999999999999999"})
    EXPECT_EQ(outcome(parse_checkpoint(text_with_size(bad))), "malformed_checkpoint") << bad;
}

TEST(Checkpoint, RefusesMissingLinesAndBadRoots) {
  std::string const root(kRoot);
  for (std::string const& bad :
       {std::string(), std::string("origin\n"), std::string("origin\n7\n"), "\n7\n" + root + "\n",
        "origin\n7\n" + root, "origin\n7\n" + root.substr(4) + "\n",
        "origin\n7\n" + root.substr(0, 43) + "\n", "origin\n7\n" + root + "\n\n",
        "origin\n7\n" + root + "\nx", "origin\n7\n" + root + "\n\nx\n"})
    EXPECT_EQ(outcome(parse_checkpoint(bad)), "malformed_checkpoint") << bad;
}

TEST(Checkpoint, OpensOnlyUnderTheKeyOfItsOrigin) {
  std::string const note = note_of(kCheckpointText, kLogLine);
  auto const opened = open_checkpoint(note, log_key());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->size, 7u);
  EXPECT_EQ(outcome(open_checkpoint(note, testing::witness_key())), "unknown_signer");

  SigningKey const key(testing::counting_seed(0));
  auto const other = make_vkey("other.example", KeyType::ed25519, key.public_key());
  Note const elsewhere{std::string(kCheckpointText),
                       {ed25519_signature(*other, key.sign(as_bytes(kCheckpointText)))}};
  EXPECT_EQ(outcome(open_checkpoint(format_note(elsewhere), *other)), "wrong_origin");
}

}  // namespace
}  // namespace tally::merkle
