#pragma once

// What a command sees of the world: the environment as values and the three streams. Data goes to
// `out`; words for people about it, errors and progress go to `err`.

#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace tally::cli {

// Read once, in main.
struct Environment {
  std::optional<std::string> server;  // TALLY_SERVER
  std::optional<std::string> key;     // TALLY_KEY
  std::optional<std::string> ca_file = {};      // TALLY_CA_FILE
  std::optional<std::string> http_proxy = {};   // http_proxy; in upper case it is a CGI's request
  std::optional<std::string> https_proxy = {};  // https_proxy, HTTPS_PROXY
  std::optional<std::string> no_proxy = {};     // no_proxy, NO_PROXY
  bool no_color = false;              // NO_COLOR is set and not empty (no-color.org)
};

// What a word of the output says about its thing; a colour on a terminal, nothing elsewhere.
enum class Tone { plain, good, bad, waiting, head };

class Console {
 public:
  struct Streams {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool in_is_terminal = false;
  };
  Console(Streams streams, bool no_color) : streams_(streams), color_(!no_color) {}

  std::istream& in() { return streams_.in; }
  // Takes the line of progress away first, so that nothing is written behind it.
  std::ostream& out() {
    clear_progress();
    return streams_.out;
  }
  // The text as it goes to `out`.
  std::string painted(std::string_view text, Tone tone) const;
  bool err_is_terminal() const { return streams_.err_is_terminal; }

  // What is wrong and where, and what to do next; `next` may be empty.
  void complain(std::string_view what, std::string_view next);
  // Something worth knowing that is no error.
  void note(std::string_view text);
  // Whether a person says yes; none where no person is there to be asked.
  std::optional<bool> confirm(std::string_view question);
  // One line that is overwritten; nothing unless a person watches.
  void progress(std::string_view text);

 private:
  void clear_progress();

  Streams streams_;
  bool color_;
  bool progress_shown_ = false;
};

}  // namespace tally::cli
