#include "cli/printed.h"

#include <fmt/ostream.h>

#include <algorithm>

#include "base/printable.h"
#include "cli/shown.h"
#include "cli/table.h"
#include "cli/verb.h"

namespace tally::cli {

namespace {

constexpr std::string_view kNone = "-";

using Members = std::vector<std::pair<std::string, json::Value const*>>;

struct Line {
  std::string name;
  std::string text;
  Tone tone = Tone::plain;
};

// In the order of the schema; what is null or empty says nothing and is left out.
Members members_of(json::Object const& object, json::Value const* schema) {
  std::vector<std::string> order;
  auto const* properties = schema == nullptr ? nullptr : schema->find("properties");
  if (properties != nullptr)
    for (auto const& [name, member] : *properties->object()) order.push_back(name);
  Members members;
  for (auto const& [name, value] : object) members.emplace_back(name, &value);
  std::ranges::stable_sort(members, {}, [&order](auto const& one) {
    return std::ranges::find(order, one.first) - order.begin();
  });
  return members;
}

json::Value const* schema_in(json::Value const* schema, std::string_view member,
                             wire::Schemas const& schemas) {
  auto const* properties = schema == nullptr ? nullptr : schema->find("properties");
  auto const* found = properties == nullptr ? nullptr : properties->find(member);
  if (found == nullptr) return nullptr;
  json::Value const& one = resolved(*found, schemas);
  auto const* items = one.find("items");
  return items == nullptr ? &one : &resolved(*items, schemas);
}

bool says_nothing(json::Value const& value) {
  return value.is_null() || (value.string() != nullptr && value.string()->empty()) ||
         (value.array() != nullptr && value.array()->empty()) ||
         (value.object() != nullptr && value.object()->empty());
}

bool is_list_of_objects(json::Value const& value) {
  return value.array() != nullptr && !value.array()->empty() &&
         value.array()->front().object() != nullptr;
}

bool is_instant(json::Value const& value) {
  return value.string() != nullptr && from_rfc3339(*value.string()).has_value();
}

bool is_amount(std::string_view member) { return member.ends_with("_usd"); }

// One value in one line, and as a part of one that somebody's text cannot take for its own.
std::string text_of(json::Value const& value) {
  if (is_instant(value)) return moment_text(*from_rfc3339(*value.string()));
  if (value.string() != nullptr) return as_a_word(*value.string());
  if (value.boolean() != nullptr) return *value.boolean() ? "yes" : "no";
  std::string text;
  if (auto const* items = value.array()) {
    for (json::Value const& one : *items) text += (text.empty() ? "" : ",") + text_of(one);
    return text;
  }
  if (auto const* members = value.object()) {
    for (auto const& [name, member] : *members)
      if (!says_nothing(member))
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", as_a_word(name), text_of(member));
    return text;
  }
  return json::write(value);
}

Tone tone_in(std::string_view member, json::Value const& value) {
  bool const tells = member == "status" || member == "state";
  return tells && value.string() != nullptr ? tone_of(*value.string()) : Tone::plain;
}

// What stands behind a value where it has a line of its own.
std::string line_text(std::string_view member, json::Value const& value) {
  if (is_instant(value)) return text_of(value) + " UTC";
  if (is_amount(member)) return text_of(value) + " USD";
  if (member.ends_with("_s")) return text_of(value) + " s";
  return value.string() != nullptr ? *value.string() : text_of(value);
}

// The members of an object as lines, those of an object within it under its name as well; the
// lists of objects are kept for later.
void collect(json::Object const& object, json::Value const* schema, wire::Schemas const& schemas,
             std::string const& before, std::vector<Line>& lines, Members& lists) {
  for (auto const& [name, value] : members_of(object, schema)) {
    if (says_nothing(*value) && value->array() == nullptr) continue;
    std::string const shown = before + shown_name(name, ' ');
    auto const* inner = schema_in(schema, name, schemas);
    bool const has_items = inner != nullptr && inner->find("properties") != nullptr;
    if (is_list_of_objects(*value) || (value->array() != nullptr && has_items))
      lists.emplace_back(name, value);
    else if (auto const* members = value->object())
      collect(*members, inner, schemas, shown + " ", lines, lists);
    else if (!says_nothing(*value))
      lines.push_back({shown, line_text(name, *value), tone_in(name, *value)});
  }
}

void print_lines(Console& console, std::vector<Line> const& lines, std::string_view indent) {
  std::size_t width = 0;
  for (Line const& one : lines) width = std::max(width, width_of(one.name));
  for (Line const& one : lines)
    fmt::print(console.out(), "{}{}{}  {}\n", indent, one.name,
               std::string(width - width_of(one.name), ' '), console.painted(one.text, one.tone));
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  });
  return text;
}

// A column, from what all items say there; none where they say nothing.
std::optional<Table::Column> column_of(std::string const& member, json::Array const& items) {
  bool instants = false, numbers = false, says = false;
  for (json::Value const& item : items) {
    json::Value const* value = item.find(member);
    if (value == nullptr || says_nothing(*value)) continue;
    says = says || value->boolean() == nullptr || *value->boolean();
    instants = instants || is_instant(*value);
    numbers = numbers || value->integer() != nullptr;
  }
  if (!says) return std::nullopt;
  std::string const unit = instants ? " (UTC)" : is_amount(member) ? " (USD)" : "";
  return Table::Column{
      .head = upper(shown_name(member, ' ')) + unit,
      .align = numbers || is_amount(member) ? Table::Align::right : Table::Align::left};
}

Cell cell_of(std::string const& member, json::Value const& item) {
  json::Value const* value = item.find(member);
  if (value == nullptr || says_nothing(*value)) return {.text = std::string(kNone)};
  return {.text = text_of(*value), .tone = tone_in(member, *value)};
}

// The members that any item has, in the order of their schema.
std::vector<std::string> names_in(json::Array const& items, json::Value const* schema) {
  json::Object all;
  for (json::Value const& item : items)
    for (auto const& [name, value] : *item.object())
      if (std::ranges::find(all, name, &json::Member::first) == all.end())
        all.emplace_back(name, json::Value());
  std::vector<std::string> names;
  for (auto const& [name, value] : members_of(all, schema)) names.push_back(name);
  return names;
}

void print_items(Console& console, json::Array const& items, json::Value const* schema,
                 wire::Schemas const& schemas) {
  std::vector<std::string> names;
  std::vector<Table::Column> columns;
  for (std::string const& name : names_in(items, schema)) {
    auto column = column_of(name, items);
    if (!column) continue;
    names.push_back(name);
    columns.push_back(std::move(*column));
  }
  Table table(columns);
  for (json::Value const& item : items) {
    std::vector<Cell> cells;
    for (std::string const& name : names) cells.push_back(cell_of(name, item));
    table.add(std::move(cells));
  }
  if (table.width() <= kTableCharactersMax) return table.print(console);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) fmt::print(console.out(), "\n");
    std::vector<Line> lines;
    Members lists;
    collect(*items[i].object(), schema, schemas, "", lines, lists);
    for (auto const& [name, value] : lists)
      lines.push_back({shown_name(name, ' '), text_of(*value), Tone::plain});
    print_lines(console, lines, "");
  }
}

}  // namespace

void print_document(Console& console, json::Value const& document, json::Value const& schema,
                    wire::Schemas const& schemas) {
  if (document.object() == nullptr) {
    fmt::print(console.out(), "{}\n", text_of(document));
    return;
  }
  json::Value const& shape = resolved(schema, schemas);
  std::vector<Line> lines;
  Members lists;
  collect(*document.object(), &shape, schemas, "", lines, lists);
  bool const alone = lists.size() == 1;
  for (auto const& [name, value] : lists) {
    if (value->array()->empty()) {
      fmt::print(console.out(), "no {}\n", shown_name(name, ' '));
      continue;
    }
    if (!alone) fmt::print(console.out(), "{}:\n", shown_name(name, ' '));
    print_items(console, *value->array(), schema_in(&shape, name, schemas), schemas);
    if (!alone) fmt::print(console.out(), "\n");
  }
  print_lines(console, lines, "");
}

}  // namespace tally::cli
