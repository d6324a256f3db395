#include "cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/outline.h"
#include "cli/version.h"

namespace tally::cli {

namespace {

// What one parse fills: the shared options, and the command that was named.
struct Parsed {
  bool json = false;
  std::string server;
  std::string ca_file;
  std::string data{kDataDefault};
  std::optional<IdempotencyText> idempotency_key;
  bool data_is_named = false;
  Command const* command = nullptr;
  Action action;
};

std::string about_data(Reach reach) {
  if (reach == Reach::server || reach == Reach::changes)
    return "Where operator.key is, if TALLY_KEY is not set";
  if (reach == Reach::either) return "A server's data directory, to be read without a server";
  return "The server's data directory";
}

void declare_shared(CLI::App& app, Command const& command, Parsed& parsed) {
  app.add_flag("--json", parsed.json, "Write the answer as JSON");
  if (command.reach != Reach::nothing && command.reach != Reach::data)
    app.add_option("--server", parsed.server, "The server's address (TALLY_SERVER)")
        ->type_name("URL")
        ->capture_default_str();
  if (command.reach != Reach::nothing && command.reach != Reach::data)
    app.add_option("--ca-file", parsed.ca_file,
                   "Certificates (PEM) to trust instead of the system's (TALLY_CA_FILE)")
        ->type_name("FILE");
  if (command.reach == Reach::changes)
    Arguments(app).option("--idempotency-key", parsed.idempotency_key,
                          "To repeat a command whose answer was lost: the key that it showed");
  if (command.reach != Reach::nothing)
    app.add_option_function<std::string>(
           "--data",
           [&parsed](std::string const& directory) {
             parsed.data = directory;
             parsed.data_is_named = true;
           },
           about_data(command.reach))
        ->type_name("DIR")
        ->default_str(std::string(kDataDefault));
}

// The command of that name below `app`, or null pointer.
CLI::App* below(CLI::App& app, std::string const& name) {
  auto const named = app.get_subcommands([&](CLI::App* one) { return one->get_name() == name; });
  return named.empty() ? nullptr : named.front();
}

CLI::App& declare(CLI::App& root, Command const& command, Parsed& parsed) {
  CLI::App* at = &root;
  std::string_view path = command.path;
  if (auto const space = path.find(' '); space != std::string_view::npos) {
    std::string const group(path.substr(0, space));
    at = below(root, group);
    if (at == nullptr) {
      at = root.add_subcommand(group);
      at->require_subcommand(1);
      at->formatter(command_list(group));
    }
    path.remove_prefix(space + 1);
  }
  CLI::App* app = at->add_subcommand(std::string(path), std::string(command.summary));
  app->formatter(example_first(command.example));
  Arguments arguments(*app);
  Action const action = command.declare == nullptr ? declare_verb(command, arguments)
                                                   : command.declare(arguments);
  declare_shared(*app, command, parsed);
  app->callback([&parsed, &command, action] {
    parsed.command = &command;
    parsed.action = action;
  });
  return *app;
}

// Of what may be given either way there are two.
OptionOutline outline_of(CLI::Option const& option, bool positional) {
  OptionOutline out{.names = {},
                    .kind = option.get_type_size_max() == 0 ? "" : option.get_type_name(),
                    .about = option.get_description(),
                    .positional = positional,
                    .required = option.get_required(),
                    .many = option.get_expected_max() >= CLI::detail::expected_max_vector_size};
  if (out.positional) {
    out.names = {option.get_name(true)};
    return out;
  }
  for (std::string const& name : option.get_snames()) out.names.push_back("-" + name);
  for (std::string const& name : option.get_lnames()) out.names.push_back("--" + name);
  return out;
}

// The commands that were named up to the one that was being read, "run submit".
std::string selected(CLI::App const& root, CLI::App const*& last) {
  std::string words;
  last = &root;
  for (auto next = last->get_subcommands(); !next.empty(); next = last->get_subcommands()) {
    last = next.front();
    words += (words.empty() ? "" : " ") + last->get_name();
  }
  return words;
}

// A word that is close to `word` among what `app` knows.
std::optional<std::string> meant(CLI::App const& app, std::string const& word) {
  std::vector<std::string> known;
  for (CLI::App const* one : app.get_subcommands({})) known.push_back(one->get_name());
  for (CLI::Option const* option : app.get_options())
    for (std::string const& name : option->get_lnames()) known.push_back("--" + name);
  return nearest(word, known);
}

// The first word that names no command, if the words lead that far.
std::optional<std::string> stranger(CLI::App const& root, std::vector<std::string> const& words) {
  CLI::App const* at = &root;
  for (std::string const& word : words) {
    if (at->get_subcommands({}).empty() || word.starts_with('-')) return std::nullopt;
    auto const named =
        at->get_subcommands([&](CLI::App const* app) { return app->get_name() == word; });
    if (named.empty()) return word;
    at = named.front();
  }
  return std::nullopt;
}

// The first option that there is not, where that may be the fault: a misspelt one is missing, too.
std::optional<std::string> unknown_option(CLI::App const& app, CLI::ParseError const& error,
                                          std::vector<std::string> const& words) {
  int const code = error.get_exit_code();
  if (code != static_cast<int>(CLI::ExitCodes::ExtrasError) &&
      code != static_cast<int>(CLI::ExitCodes::RequiredError))
    return std::nullopt;
  for (std::string const& word : words) {
    std::string const option = word.substr(0, word.find('='));
    if (option.starts_with("--") && app.get_option_no_throw(option) == nullptr) return option;
  }
  return std::nullopt;
}

ExitCode complain(CLI::App const& root, CLI::ParseError const& error,
                  std::vector<std::string> const& words, Console& console) {
  CLI::App const* app = nullptr;
  std::string const path = selected(root, app);
  std::string what = app == &root ? std::string("a command is required")
                                  : fmt::format("{}: {}", path, error.what());
  std::optional<std::string> guess;
  if (auto const word = stranger(root, words)) {
    what = fmt::format("there is no command \"{}{}{}\"", path, path.empty() ? "" : " ", *word);
    guess = meant(*app, *word);
  } else if (auto const option = unknown_option(*app, error, words)) {
    what = fmt::format("{}: there is no option {}", path, *option);
    guess = meant(*app, *option);
  }
  if (guess) what += fmt::format("; did you mean {}?", *guess);
  console.complain(what,
                   fmt::format("tally {}{}--help shows an example", path, path.empty() ? "" : " "));
  return ExitCode::usage;
}

ExitCode act(Parsed const& parsed, Environment const& environment, Console& console) {
  Call call{.console = console,
            .environment = environment,
            .json = parsed.json,
            .server = parsed.server,
            .ca_file = parsed.ca_file,
            .data = parsed.data,
            .idempotency_key = parsed.idempotency_key ? std::optional(parsed.idempotency_key->value)
                                                      : std::nullopt,
            .offline = parsed.command->reach == Reach::either && parsed.data_is_named};
  ExitCode const code = parsed.action(call);
  console.out().flush();
  if (console.out().good()) return code;
  console.complain("the output could not be written", "look for a full disk or a closed pipe");
  return ExitCode::failed;
}

}  // namespace

std::vector<CommandOutline> outline() {
  Parsed parsed;
  CLI::App root;
  std::vector<CommandOutline> rows;
  for (Command const& command : commands()) {
    CLI::App const& app = declare(root, command, parsed);
    CommandOutline row{.path = command.path,
                       .summary = command.summary,
                       .example = command.example,
                       .options = {}};
    for (bool const positional : {true, false})
      for (CLI::Option const* option : app.get_options())
        if (positional ? option->get_positional() : option->nonpositional())
          row.options.push_back(outline_of(*option, positional));
    rows.push_back(std::move(row));
  }
  return rows;
}

ExitCode run_program(std::vector<std::string> arguments, Environment const& environment,
                     Console& console) {
  Parsed parsed;
  parsed.server = environment.server.value_or(std::string(kServerDefault));
  parsed.ca_file = environment.ca_file.value_or("");
  CLI::App root("A hard spending limit, one charge for each run, a record that anyone can check",
                "tally");
  root.formatter(command_list(""));
  root.require_subcommand(1);
  root.set_version_flag("--version", fmt::format("tally {}", kVersion));
  for (Command const& command : commands()) declare(root, command, parsed);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    root.parse(reversed);
    return act(parsed, environment, console);
  } catch (CLI::CallForHelp const&) {
    console.out() << root.help();
    return ExitCode::yes;
  } catch (CLI::CallForVersion const& version) {
    console.out() << version.what() << '\n';
    return ExitCode::yes;
  } catch (CLI::ParseError const& error) {
    return complain(root, error, arguments, console);
  } catch (std::exception const& broken) {
    console.complain(fmt::format("internal error: {}", broken.what()),
                     "please report it with the command that led here");
    return ExitCode::failed;
  }
}

}  // namespace tally::cli
