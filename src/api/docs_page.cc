#include "api/docs_page.h"

#include "api/routes.h"

namespace tally::api {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string page(std::string_view title, std::string const& body) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         escaped(title) +
         "</title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body>\n<main>\n"
         "<h1>" +
         escaped(title) + "</h1>\n" + body + "</main>\n</body>\n</html>\n";
}

std::string schema_link(json::Value const& schema) {
  auto const* reference = schema.find("$ref");
  if (!reference) return "";
  std::string const name = reference->string()->substr(reference->string()->rfind('/') + 1);
  return "<a href=\"#" + escaped(name) + "\">" + escaped(name) + "</a>";
}

std::string query_of(Route const& route, wire::Schemas& schemas) {
  std::string names;
  for (auto const& parameter : route.parameters(schemas))
    if (!parameter.in_path) names += (names.empty() ? "" : " ") + parameter.name;
  return names.empty() ? names : "<br>query: <code>" + escaped(names) + "</code>";
}

// Every answer that is no refusal.
std::string answers_of(Route const& route, wire::Schemas& schemas) {
  std::string answers;
  for (wire::Reply const& reply : route.replies) {
    if (reply.status == 0) continue;
    std::string const form(reply.media_type.substr(0, reply.media_type.find(';')));
    answers += (answers.empty() ? "" : "<br>") + std::to_string(reply.status) + " " +
               (reply.schema ? schema_link(reply.schema(schemas)) : escaped(form));
  }
  return answers;
}

std::string route_row(Route const& route, wire::Schemas& schemas) {
  std::string row = "<tr><td><code>" + std::string(route.method) + "</code></td><td><code>" +
                    escaped(route.pattern) + "</code></td><td>" + escaped(route.summary);
  row += query_of(route, schemas) + "</td><td>" +
         (route.scopes.empty() ? std::string("open")
                               : "<code>" + escaped(route.scopes.text()) + "</code>");
  row += "</td><td>" + (route.request ? schema_link(route.request(schemas)) : std::string());
  return row + "</td><td>" + answers_of(route, schemas) + "</td></tr>\n";
}

std::string schema_section(std::string const& name, json::Value const& schema) {
  std::string section = "<h3 id=\"" + escaped(name) + "\">" + escaped(name) + "</h3>\n<dl>\n";
  auto const* properties = schema.find("properties");
  if (properties && properties->object()) {
    for (auto const& [member, type] : *properties->object())
      section += "<dt><code>" + escaped(member) + "</code></dt><dd><code>" +
                 escaped(json::write(type)) + "</code></dd>\n";
  }
  return section + "</dl>\n";
}

}  // namespace

std::string docs_page(std::string const& version) {
  wire::Schemas schemas;
  wire::schema_of<wire::Problem>(schemas);
  std::string body = "<p>Version " + escaped(version) +
                     ". Machine-readable: <a href=\"/openapi.json\">/openapi.json</a>. Every "
                     "answer that is no success is a <a href=\"#Problem\">problem</a>; "
                     "<a href=\"/problems\">all codes</a>.</p>\n<table>\n<thead><tr><th>Method"
                     "</th><th>Path</th><th>What it does</th><th>Scope</th><th>Body</th><th>"
                     "Answer</th></tr></thead>\n<tbody>\n";
  for (Route const& route : routes()) body += route_row(route, schemas);
  body += "</tbody>\n</table>\n<h2>Messages</h2>\n";
  for (auto const& [name, schema] : schemas) body += schema_section(name, schema);
  return page("Tallystick API", body);
}

std::string home_page(std::string const& version) {
  return page(
      "Tallystick",
      "<p>A hard spending limit for agents and jobs, one charge for each, and a record that anyone "
      "can check. This is a server of version " +
          escaped(version) +
          "; it answers requests to <code>/v1</code> that carry a key.</p>\n"
          "<h2>Where to go</h2>\n<dl>\n"
          "<dt><a href=\"/docs\">/docs</a></dt><dd>The API: every path, body and answer; "
          "for programs <a href=\"/openapi.json\">/openapi.json</a></dd>\n"
          "<dt><a href=\"/problems\">/problems</a></dt><dd>What each refusal means and what "
          "helps</dd>\n"
          "<dt><a href=\"/readyz\">/readyz</a></dt><dd>Whether everything works that the server "
          "needs</dd>\n"
          "<dt><a href=\"/ledger/checkpoint\">/ledger/checkpoint</a></dt><dd>The last signed size "
          "and root of the ledger, open to all</dd>\n</dl>\n"
          "<h2>Begin</h2>\n<p>The first key stands in <code>operator.key</code> in the server's "
          "data directory. On the server's machine:</p>\n"
          "<pre><code>export TALLY_KEY=&quot;$(cat data/operator.key)&quot;\n"
          "tally budget show\n"
          "tally tenant create acme\n"
          "tally budget grant acme 25.00\n"
          "tally key create --tenant acme --scope runs:read,runs:write\n"
          "tally why RUN</code></pre>\n"
          "<p><code>tally --help</code> lists all commands.</p>\n");
}

std::string problem_page(wire::ProblemKind const& kind) {
  return page(kind.title, "<p>Code <code>" + escaped(kind.code) + "</code>, status " +
                              std::to_string(kind.status) + ".</p>\n<h2>What it means</h2>\n<p>" +
                              escaped(kind.meaning) + "</p>\n<h2>What to do</h2>\n<p>" +
                              escaped(kind.remedy) +
                              "</p>\n<p><a href=\"/problems\">All codes</a></p>\n");
}

std::string problem_index_page() {
  std::string body = "<table>\n<tbody>\n";
  for (auto const& kind : wire::problem_kinds()) {
    body += "<tr><td>" + std::to_string(kind.status) + "</td><td><a href=\"/problems/" +
            escaped(kind.code) + "\"><code>" + escaped(kind.code) + "</code></a></td><td>" +
            escaped(kind.title) + "</td></tr>\n";
  }
  return page("Problems", body + "</tbody>\n</table>\n");
}

std::string_view page_style() {
  return "body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1c1c1c;background:#fdfdfb}\n"
         "main{max-width:72rem;margin:0 auto;padding:1.5rem}\n"
         "table{border-collapse:collapse;width:100%}\n"
         "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;"
         "border-bottom:1px solid #ddd}\n"
         "code{font:14px/1.4 ui-monospace,monospace;overflow-wrap:break-word}\n"
         "pre{background:#f1f1ec;padding:.6rem .8rem;overflow-x:auto}\n"
         "dt{margin-top:.4rem}dd{margin-left:1.5rem}\na{color:#0b5394}\n"
         "@media(prefers-color-scheme:dark){body{color:#e8e8e4;background:#161614}"
         "th,td{border-color:#3a3a36}pre{background:#24241f}a{color:#8ab8e6}}\n";
}

}  // namespace tally::api
