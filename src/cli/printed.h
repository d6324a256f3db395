#pragma once

// Any answer as people read it. An object is a line a member, its name and its value; a list is a
// table, with the columns that its items' message has and that say something, or, where that would
// be too wide, an item after the other. Amounts stand right, instants are UTC.

#include "cli/console.h"
#include "wire/schema.h"

namespace tally::cli {

// The widest line of a table.
inline constexpr std::size_t kTableCharactersMax = 150;

// `document` as a terminal may show it (wire/for_people.h). `schema` gives its members their order;
// what it does not know comes last.
void print_document(Console& console, json::Value const& document, json::Value const& schema,
                    wire::Schemas const& schemas);

}  // namespace tally::cli
