// tally serve, tally version.

#include "cli/commands.h"
#include "cli/version.h"
#include "json/writer.h"
#include "server/serve.h"

namespace tally::cli {

namespace {

Action declare_serve(Arguments& arguments) {
  auto options = std::make_shared<server::ServeOptions>();
  options->listen = "127.0.0.1:7070";
  arguments.option("--listen", options->listen, "Address to listen on [127.0.0.1:7070]")
      .kind("HOST:PORT");
  arguments.option("--jobs", options->jobs, "Folders of job kinds, each with a job.toml")
      .kind("DIR");
  arguments.option("--config", options->config, "Settings in TOML").kind("FILE");
  return [options](Call& call) {
    options->data = call.data;
    return static_cast<ExitCode>(server::serve(*options));
  };
}

Action declare_version(Arguments&) {
  return [](Call& call) {
    if (call.json) {
      std::string text;
      json::Writer(text).begin_object().member("version", kVersion).end_object();
      call.console.out() << text << '\n';
    } else {
      call.console.out() << "tally " << kVersion << '\n';
    }
    return ExitCode::yes;
  };
}

}  // namespace

std::span<Command const> serve_commands() {
  static constexpr std::array<Command, 2> kRows{{
      {"serve", "Runs the server",
       "tally serve --data data --listen 127.0.0.1:7070 --jobs examples/jobs", Reach::data,
       declare_serve},
      {"version", "Shows the version", "tally version", Reach::nothing, declare_version},
  }};
  return kRows;
}

}  // namespace tally::cli
