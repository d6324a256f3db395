#pragma once

// The doors through which files come in: each takes whatever bytes a file may hold, must not crash,
// and stops the process (TALLY_CHECK) when what must hold of its answer does not. libFuzzer drives
// each in a program of its own (preset fuzz, docs/how_to/fuzz_a_door.md); ./test drives all of them
// over tests/fuzz/corpus and mutants of it (corpus_fuzz_test.cc). A new door is declared here,
// named in kDoors and in doors.cmake, and has a folder of its name in the corpus.

#include "base/bytes.h"

namespace tally::fuzz {

// What a worker's receipt says, as the receipt store keeps it.
void receipt(ByteView bytes);
// A job.toml.
void job_toml(ByteView bytes);
// The HALT file's block.
void halt(ByteView bytes);
// A snapshot of the state: the lines before its seal; the door seals them, for a wrong seal ends
// every reading at once.
void snapshot(ByteView bytes);
// An index file: the door puts the checksums of its pages right, for the same reason.
void mark_file(ByteView bytes);
// A file of the tree's groups, whose checksum the door puts right.
void tree_file(ByteView bytes);

struct Door {
  char const* name;
  void (*enter)(ByteView);
};
inline constexpr Door kDoors[]{{"receipt", receipt},     {"job_toml", job_toml},
                               {"halt", halt},           {"snapshot", snapshot},
                               {"mark_file", mark_file}, {"tree_file", tree_file}};

}  // namespace tally::fuzz
