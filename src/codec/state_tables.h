#pragma once

// The state as lines of text, one a row: the canonical JSON of [table, key, row]. The digest of the
// state hashes these lines, and a snapshot of it holds them.

#include <string_view>
#include <tuple>

#include "base/result.h"
#include "codec/fields_json.h"
#include "domain/state.h"

namespace tally::codec {

template <class TableKey, class Row>
struct NamedTable {
  using Key = TableKey;
  constexpr NamedTable(std::string_view the_name, domain::Table<Key, Row> domain::State::*the_table)
      : name(the_name), table(the_table) {}
  std::string_view name;
  domain::Table<Key, Row> domain::State::*table;
};

inline constexpr std::tuple kTables{
    NamedTable("answered", &domain::State::answered),
    NamedTable("approvals", &domain::State::approvals),
    NamedTable("jobs", &domain::State::jobs),
    NamedTable("keys", &domain::State::keys),
    NamedTable("last_served", &domain::State::last_served),
    NamedTable("modes", &domain::State::modes),
    NamedTable("people", &domain::State::people),
    NamedTable("plans", &domain::State::plans),
    NamedTable("runs", &domain::State::runs),
    NamedTable("schedules", &domain::State::schedules),
    NamedTable("tenants", &domain::State::tenants),
};

// The two rows that exist once; their key is an empty text.
inline constexpr std::string_view kLedgerRow = "ledger";
inline constexpr std::string_view kSettingsRow = "settings";

template <class Visit>
void each_table(Visit&& visit) {
  std::apply([&](auto const&... named) { (visit(named.name, named.table), ...); }, kTables);
}

template <class Key, class Row>
void write_line(Buffer& out, std::string_view table, Key const& key, Row const& row) {
  out.put('[');
  write_word(out, table);
  out.put(',');
  write_value(out, key);
  out.put(',');
  write_value(out, row);
  out.put(']');
}

// Calls put(line) with every line of the state; a line is valid until put returns.
template <class Put>
void write_state(domain::State const& state, Put&& put) {
  Buffer line;
  auto const one = [&](std::string_view table, auto const& key, auto const& row) {
    line.clear();
    write_line(line, table, key, row);
    put(line.text());
  };
  each_table([&](std::string_view name, auto table) {
    for (auto const& [key, row] : (state.*table).in_order()) one(name, key, row);
  });
  one(kLedgerRow, std::string(), state.ledger);
  one(kSettingsRow, std::string(), state.settings);
}

// Puts the row of a line into its table. Error "malformed_row": write_state would have written it
// otherwise, or not at all.
Result<void> read_line(domain::State& state, std::string_view line);

}  // namespace tally::codec
