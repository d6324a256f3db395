#include "cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "cli/exit_code.h"

namespace tally::cli {

namespace {

struct Words {
  char const* text = nullptr;
  std::size_t bytes = 0;
};
std::atomic<Words const*> g_words = nullptr;
static_assert(std::atomic<Words const*>::is_always_lock_free);
Words g_current;

// Nothing but what POSIX lets a signal handler do.
extern "C" void say_and_end(int) {
  if (Words const* words = g_words.load()) [[maybe_unused]]
    ssize_t const written = ::write(STDERR_FILENO, words->text, words->bytes);
  ::_exit(static_cast<int>(ExitCode::inconclusive));
}

}  // namespace

SaysWhenInterrupted::SaysWhenInterrupted(std::string words) : words_(std::move(words)) {
  g_current = {.text = words_.data(), .bytes = words_.size()};
  g_words = &g_current;
  struct sigaction action {};
  action.sa_handler = say_and_end;
  ::sigaction(SIGINT, &action, nullptr);
}

SaysWhenInterrupted::~SaysWhenInterrupted() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  ::sigaction(SIGINT, &action, nullptr);
  g_words = nullptr;
}

}  // namespace tally::cli
