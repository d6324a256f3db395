#include <fmt/format.h>

#include "cli/exit_code.h"
#include "cli/pages.h"
#include "cli/version.h"

namespace tally::cli {

namespace {

// Text of a paragraph: roff reads a backslash everywhere, and a dot or a quote at a line's start.
std::string escaped(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out = "\\&";
  for (char const one : text) {
    if (one == '\\')
      out += "\\e";
    else if (one == '-')
      out += "\\-";
    else if (one == '\n')
      out += ' ';
    else
      out += one;
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + escaped(text) + "\\fR"; }

constexpr std::string_view kIntroduction =
    "holds the money of a run before it starts, charges it once, and keeps a record that anyone "
    "can check. One command is the server; the others ask a server (--server), or read a data "
    "directory without one (--data).";

constexpr std::pair<std::string_view, std::string_view> kEnvironment[] = {
    {"TALLY_SERVER", "The server's address, where --server is left out."},
    {"TALLY_KEY", "The key. Without it, operator.key in the data directory is used."},
    {"TALLY_CA_FILE",
     "Certificates (PEM) to trust instead of the system's, where --ca-file is left out."},
    {"http_proxy, https_proxy, HTTPS_PROXY",
     "Through which proxy a server is reached; this machine never is."},
    {"no_proxy, NO_PROXY", "Hosts and domains that are reached without it."},
    {"NO_COLOR", "If set: no colours."},
};

constexpr std::pair<std::string_view, std::string_view> kFiles[] = {
    {"/etc/tally/tally.toml", "Settings of the packaged server, read at its start."},
    {"/etc/tally/jobs/", "Its job kinds, a folder with a job.toml each."},
    {"/var/lib/tally/", "Its data directory: ledger, keys, payloads."},
};

void add_rows(std::string& page, std::string_view title,
              std::span<std::pair<std::string_view, std::string_view> const> rows) {
  page += fmt::format(".SH {}\n", title);
  for (auto const& [name, about] : rows)
    page += fmt::format(".TP\n{}\n{}\n", bold(name), escaped(about));
}

std::string heading(OptionOutline const& option) {
  if (option.positional) return italic(option.names.front());
  std::string text;
  for (std::string const& name : option.names) text += (text.empty() ? "" : ", ") + bold(name);
  if (!option.kind.empty()) text += " " + italic(option.kind);
  return text;
}

// --json and --help stand above all commands.
bool is_of_every_command(OptionOutline const& option) {
  return option.names.back() == "--json" || option.names.back() == "--help";
}

std::string section(CommandOutline const& command) {
  std::string text =
      fmt::format(".SS tally {}\n{}.\n", escaped(command.path), escaped(command.summary));
  text += fmt::format(".PP\n.RS\n.nf\n{}\n.fi\n.RE\n", escaped(command.example));
  for (OptionOutline const& option : command.options)
    if (!is_of_every_command(option))
      text += fmt::format(".TP\n{}{}\n{}\n", heading(option), option.many ? "..." : "",
                          escaped(option.about + (option.required ? " (required)" : "")));
  return text;
}

}  // namespace

std::string manual_page(std::span<CommandOutline const> commands) {
  std::string page = fmt::format(".TH TALLY 1 \"\" \"tallystick {}\" \"Tallystick\"\n", kVersion);
  page += ".SH NAME\ntally \\- a spending limit for runs, and a ledger that anyone can check\n";
  page += ".SH SYNOPSIS\n\\fBtally\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]...\n";
  page += fmt::format(".SH DESCRIPTION\n\\fBtally\\fR {}\n", escaped(kIntroduction));
  page += ".SH OPTIONS\n.TP\n\\fB\\-\\-json\\fR\nWrite the answer as JSON.\n";
  page += ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nShow an example, then what the command takes.\n";
  page += ".TP\n\\fB\\-\\-version\\fR\nShow the version.\n.SH COMMANDS\n";
  for (CommandOutline const& command : commands) page += section(command);
  page += ".SH EXIT STATUS\n";
  for (auto const& [code, meaning] : kExitCodes)
    page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", static_cast<int>(code), escaped(meaning));
  add_rows(page, "ENVIRONMENT", kEnvironment);
  add_rows(page, "FILES", kFiles);
  return page;
}

}  // namespace tally::cli
