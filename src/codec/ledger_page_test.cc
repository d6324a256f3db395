// The tables of docs/formats/ledger.md, rendered from what events, commands, facts, engines and
// the state say of themselves. `codec_test --rewrite` writes them anew.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <type_traits>

#include "base/page_fixture.h"
#include "codec/fields_json.h"
#include "codec/old_events.h"
#include "codec/state_tables.h"
#include "domain/event.h"

namespace tally::codec {
namespace {

constexpr char const* kPage = "docs/formats/ledger.md";

std::string as_code(std::string_view text) { return fmt::format("`{}`", text); }

// "tally::domain::run::Charge".
template <class T>
std::string_view full_name() {
  std::string_view const text = __PRETTY_FUNCTION__;
  auto const begin = text.find("T = ") + 4;
  return text.substr(begin, text.find_first_of(";]", begin) - begin);
}

// A name of its own for each type: "Charge"; of a Row, "RunRow". What has versions that are read
// only keeps its own: "GrantedV1".
template <class T>
std::string type_name() {
  std::string_view rest = full_name<T>();
  auto const last = rest.rfind("::");
  std::string name(rest.substr(last + 2));
  if (name != "Row") return name;
  rest = rest.substr(0, last);
  std::string folder(rest.substr(rest.rfind("::") + 2));
  folder[0] = static_cast<char>(folder[0] - 'a' + 'A');
  return folder + name;
}

// What the members of all tables are made of, by the name that the page gives it.
struct Vocabulary {
  std::map<std::string, std::string> objects;  // their members
  std::map<std::string, std::string> words;    // what each list has
  std::map<std::string, std::string_view> owners;

  template <class T>
  void own(std::string const& name) {
    auto const [at, added] = owners.emplace(name, full_name<T>());
    EXPECT_EQ(at->second, full_name<T>()) << "two types are called " << name;
  }

  template <class T>
  std::string members() {
    std::string text;
    T value{};
    value.fields([&]<class M>(std::string_view name, M&) {
      text += fmt::format("{}`{}` {}", text.empty() ? "" : ", ", name, word_of<M>());
    });
    return text;
  }

  template <class T>
  std::string object() {
    std::string const name = type_name<T>();
    own<T>(name);
    if (objects.emplace(name, "").second) {
      std::string text = members<T>();
      objects[name] = std::move(text);
    }
    return name;
  }

  template <class T>
  std::string list_of_words() {
    std::string const name = type_name<T>();
    own<T>(name);
    std::string all;
    for (T const word : all_of(T{})) all += (all.empty() ? "" : ", ") + as_code(name_of(word));
    words[name] = all;
    return name;
  }

  template <class T>
  std::string word_of() {
    if constexpr (domain::HasFields<T>) {
      return object<T>();
    } else if constexpr (domain::NamedEnum<T>) {
      return list_of_words<T>();
    } else if constexpr (std::same_as<T, domain::Command>) {
      return "command";
    } else if constexpr (kIsOptional<T>) {
      return word_of<typename T::value_type>() + "?";
    } else if constexpr (kIsList<T>) {
      return "[" + word_of<typename T::value_type>() + "]";
    } else {
      return plain_word_of<T>();
    }
  }

  template <class T>
  static std::string plain_word_of() {
    if constexpr (std::same_as<T, bool>) {
      return "bool";
    } else if constexpr (std::same_as<T, std::int64_t>) {
      return "integer";
    } else if constexpr (std::same_as<T, std::string>) {
      return "text";
    } else if constexpr (std::same_as<T, Labels>) {
      return "labels";
    } else if constexpr (std::same_as<T, Micros>) {
      return "micros";
    } else if constexpr (std::same_as<T, Instant>) {
      return "instant";
    } else if constexpr (std::same_as<T, Duration>) {
      return "duration";
    } else if constexpr (std::same_as<T, Digest>) {
      return "digest";
    } else if constexpr (std::same_as<T, ContentRef>) {
      return "content";
    } else if constexpr (std::same_as<T, CorrelationId>) {
      return "trace";
    } else if constexpr (std::same_as<T, SpanId>) {
      return "span";
    } else if constexpr (std::same_as<T, IdKey>) {
      return "16 hex";
    } else if constexpr (ByteArray<T>) {
      return fmt::format("{} hex", 2 * T{}.size());
    } else {
      return named_word_of<T>();
    }
  }

  template <class T>
  static std::string named_word_of() {
    if constexpr (std::same_as<T, RunId>) {
      return "run";
    } else if constexpr (std::same_as<T, KeyId>) {
      return "key";
    } else if constexpr (std::same_as<T, LeaseId>) {
      return "lease";
    } else if constexpr (std::same_as<T, ApprovalId>) {
      return "approval";
    } else if constexpr (std::same_as<T, LedgerId>) {
      return "ledger";
    } else {
      static_assert(StrongText<T>, "a type that the page has no word for");
      return "name";
    }
  }
};

std::string_view name_of(domain::EventClass event_class) {
  return event_class == domain::EventClass::evidence ? "evidence" : "telemetry";
}

// The whole page, in its order; what the tables name is collected on the way.
class Tables {
 public:
  std::string events() {
    pages::Table table({"Type", "`v`", "Class", "Members of `body`"});
    auto const row = [&]<class E>(std::type_identity<E>, std::string_view note) {
      domain::EventType const type = E::kEvent;
      table.row({as_code(type.name), fmt::format("{}{}", type.version, note),
                 std::string(name_of(type.event_class)), vocabulary_.members<E>()});
    };
    domain::for_each_kind<domain::Event>(
        [&]<class G, class E>(std::type_identity<G>, std::type_identity<E> kind) {
          row(kind, "");
        });
    domain::Alternatives<OldEvents>::each([&](auto old) { row(old, ", read only"); });
    return table.text;
  }

  std::string commands() {
    pages::Table table({"Command", "`v`", "Decided in", "Facts", "Members of `body`"});
    domain::for_each_kind<domain::Command>(
        [&]<class G, class C>(std::type_identity<G>, std::type_identity<C>) {
          domain::CommandType const type = C::kCommand;
          std::string modes;
          for (Mode const mode : all_of(Mode{}))
            if (type.allowed_in(mode))
              modes += fmt::format("{}{}", modes.empty() ? "" : ", ", name_of(mode));
          if (type.of_system) modes += "; of runs of `system` in all";
          table.row({as_code(type.name), fmt::format("{}", type.version), modes,
                     as_code(C::Facts::kKind), vocabulary_.members<C>()});
        });
    return table.text;
  }

  std::string facts() {
    pages::Table table({"Facts", "Members of `body`"});
    domain::Alternatives<domain::Facts>::each([&]<class F>(std::type_identity<F>) {
      table.row({as_code(F::kKind), vocabulary_.members<F>()});
    });
    return table.text;
  }

  std::string state() {
    pages::Table table({"Table", "Key", "Row"});
    each_table(
        [&]<class Key, class Row>(std::string_view name, domain::Table<Key, Row> domain::State::*) {
          table.row({as_code(name), vocabulary_.word_of<Key>(), vocabulary_.word_of<Row>()});
        });
    table.row({as_code(kLedgerRow), "an empty text", vocabulary_.word_of<domain::LedgerRow>()});
    table.row({as_code(kSettingsRow), "an empty text", vocabulary_.word_of<domain::Settings>()});
    return table.text;
  }

  std::string objects() const {
    pages::Table table({"Object", "Members"});
    for (auto const& [name, members] : vocabulary_.objects) table.row({name, members});
    return table.text;
  }
  std::string words() const {
    pages::Table table({"Words", "One of"});
    for (auto const& [name, words] : vocabulary_.words) table.row({name, words});
    return table.text;
  }

 private:
  Vocabulary vocabulary_;
};

std::string engines() {
  pages::Table table({"Engine", "Version"});
  for (domain::EngineType const type : domain::Engines::kTypes)
    table.row({as_code(type.name), fmt::format("{}", type.version)});
  return table.text;
}

TEST(LedgerPage, HasTheTablesThatTheCodeLeadsTo) {
  Tables tables;
  for (std::string const& table : {tables.events(), tables.commands(), tables.facts(),
                                   tables.state(), tables.objects(), tables.words(), engines()})
    pages::expect_on_page(kPage, table, "codec_test");
}

}  // namespace
}  // namespace tally::codec
