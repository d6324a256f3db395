#include "sim/auditor.h"

#include <fmt/format.h>

#include <algorithm>

#include "merkle/tree.h"

namespace tally::sim {

namespace {

constexpr Duration kPatience = seconds(10);
constexpr Duration kAgain = milliseconds(500);
constexpr std::uint64_t kRestMost = 3'000'000;  // microseconds
constexpr std::uint64_t kPageMost = 60;         // events
constexpr std::uint64_t kAllAgain = 150;        // per mille of followings that begin at event 0

// Members that are zero or usual are left out of a leaf.
Micros micros(json::Value const& posting, std::string_view name) {
  auto const* value = posting.find(name);
  return Micros(value != nullptr && value->integer() != nullptr ? *value->integer() : 0);
}

std::string_view word(json::Value const& of, std::string_view name) {
  auto const* value = of.find(name);
  return value != nullptr && value->string() != nullptr ? std::string_view(*value->string())
                                                        : std::string_view();
}

BudgetStory story_of(Answer const& budget) {
  return {.granted = budget.usd({"granted_usd"}),
          .available = budget.usd({"available_usd"}),
          .held = budget.usd({"held_usd"}),
          .spent = budget.usd({"spent_usd"}),
          .overrun = budget.usd({"overrun_usd"})};
}

std::string text_of(BudgetStory const& story) {
  return fmt::format("granted {} available {} held {} spent {} owed {}", story.granted.value(),
                     story.available.value(), story.held.value(), story.spent.value(),
                     story.overrun.value());
}

Micros or_zero(Answer const& run, std::initializer_list<std::string_view> path) {
  return run.find(path) == nullptr ? Micros(0) : run.usd(path);
}

}  // namespace

void Auditor::broken(std::string_view what, std::string const& about) {
  town_.verdicts.broken(fmt::format("{}: {}, {}", what, tenant_.value(), about));
}

void Auditor::rest() {
  busy_ = false;
  town_.later(Duration(1 + static_cast<std::int64_t>(prng_.below(kRestMost))), [this] {
    if (!town_.closing) errand();
  });
}

void Auditor::errand() {
  busy_ = true;
  std::uint64_t const dice = prng_.below(100);
  if (dice < 25) return follow([this] { rest(); });
  if (dice < 60) return match_budget();
  if (dice < 75) return visit_a_stranger();
  compare_sums([this](bool) { rest(); });
}

// What a read says is the budget at some moment between the asking and the answer.
void Auditor::match_budget() {
  std::size_t const before = known_.size();
  fetch("/v1/budget", false, [this, before](Answer const& answer) {
    follow([this, before, story = story_of(answer)] {
      auto const first = points_.begin() + static_cast<std::ptrdiff_t>(before);
      if (std::find(first, points_.end(), story) == points_.end())
        broken("a budget is none that the postings make", text_of(story));
      rest();
    });
  });
}

void Auditor::visit_a_stranger() {
  for (auto const& [tenant, run] : town_.told_runs) {
    if (tenant == tenant_) continue;
    auto const path = "/v1/runs/" + to_text(run);
    town_.ask(get(path, town_.auditor_token), kPatience,
              [this, path](std::optional<Answer> const& answer) {
                bool const told = answer && answer->status < 500 && answer->status != 429;
                if (told && answer->status != 404)
                  broken("a tenant's key opens what is another's",
                         fmt::format("{} {}", answer->status, path));
                rest();
              });
    return;
  }
  rest();
}

// Where an event lies between the two readings nothing is compared.
void Auditor::compare_sums(std::function<void(bool)> then) {
  follow([this, then = std::move(then)] {
    add_runs("", Runs{}, [this, then, before = known_.size()](Runs runs) {
      follow([this, then, before, runs] {
        bool const comparable = known_.size() == before;
        auto const now = books();
        bool const equal = runs.held == now.held && runs.spent + debts_paid_ == now.spent;
        if (comparable && !equal)
          broken("the runs do not add up to the budget",
                 fmt::format("held {} spent {} and {}, {}", runs.held.value(), runs.spent.value(),
                             debts_paid_.value(), text_of(now)));
        then(comparable);
      });
    });
  });
}

void Auditor::add_runs(std::string const& cursor, Runs so_far, std::function<void(Runs)> then) {
  auto const path = "/v1/runs?limit=50" + (cursor.empty() ? "" : "&cursor=" + cursor);
  fetch(path, false, [this, so_far, then = std::move(then)](Answer const& page) mutable {
    auto const* runs = page.find({"runs"});
    if (runs == nullptr || runs->array() == nullptr) return broken("a list has no runs", "");
    for (auto const& each : *runs->array()) {
      Answer const run{.status = 200, .body = each};
      so_far.held = so_far.held + run.usd({"cost", "held_usd"});
      so_far.spent = so_far.spent + run.usd({"cost", "charged_usd"}) +
                     or_zero(run, {"receipt", "paid_usd"}) +
                     or_zero(run, {"receipt", "debt_paid_usd"});
    }
    auto const next = page.text({"next"});
    if (next.empty()) return then(so_far);
    add_runs(next, so_far, std::move(then));
  });
}

void Auditor::balance() {
  if (busy_) return town_.later(kAgain, [this] { balance(); });
  read_again_from_the_first();
  compare_sums([this](bool compared) {
    if (compared && at_ != known_.size()) broken("events that were shown are gone", "");
    balanced_ = compared;
    if (!compared) town_.later(kAgain, [this] { balance(); });
  });
}

void Auditor::read_again_from_the_first() {
  next_ = 0;
  at_ = 0;
}

// Asks until it is told. Nothing that a tenant may read is refused for another reason than that
// the server is away, or busy, or has been asked too often.
void Auditor::fetch(std::string path, bool lines, Take take) {
  auto request = get(path, town_.auditor_token);
  if (lines) request.headers.emplace_back("accept", "application/x-ndjson");
  town_.ask(std::move(request), kPatience,
            [this, path, lines, take = std::move(take)](std::optional<Answer> const& answer) {
              if (answer && answer->status == 200) return take(*answer);
              if (answer && answer->status != 503 && answer->status != 429)
                broken("what a tenant may read is refused",
                       fmt::format("{} {}", answer->status, path));
              town_.later(kAgain, [this, path, lines, take] { fetch(path, lines, take); });
            });
}

void Auditor::follow(Then const& then) {
  if (prng_.chance(kAllAgain)) read_again_from_the_first();
  prng_.chance(500) ? follow_lines(then) : follow_pages(then);
}

void Auditor::follow_lines(Then const& then) {
  fetch(fmt::format("/v1/events?from={}", next_), true, [this, then](Answer const& answer) {
    take_lines(answer.lines) ? then() : follow_lines(then);
  });
}

void Auditor::follow_pages(Then const& then) {
  auto const limit = 1 + prng_.below(kPageMost);
  fetch(fmt::format("/v1/events?from={}&limit={}", next_, limit), false,
        [this, then](Answer const& page) { take_page(page) ? then() : follow_pages(then); });
}

// Whether that was all there is.
bool Auditor::take_lines(std::string_view lines) {
  while (!lines.empty()) {
    auto const line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    auto const document = json::parse(line);
    if (document && document->find("end") != nullptr) return true;
    if (!document || !take(*document)) return false;
  }
  return false;
}

bool Auditor::take_page(Answer const& page) {
  auto const* events = page.find({"events"});
  if (events == nullptr || events->array() == nullptr) return false;
  for (auto const& item : *events->array())
    if (!take(item)) return false;
  auto const* next = page.find({"next"});
  bool const more = next != nullptr && next->integer() != nullptr;
  next_ = more ? *next->integer() : page.integer({"size"});
  return !more;
}

bool Auditor::take(json::Value const& item) {
  auto const* seq = item.find("seq");
  auto const* event = item.find("event");
  if (seq == nullptr || seq->integer() == nullptr || event == nullptr) return false;
  Shown const shown{.seq = *seq->integer(), .leaf = std::string(word(item, "leaf_sha256"))};
  if (at_ == known_.size())
    book(*event, shown);
  else if (known_[at_] != shown)
    broken("what a tenant was shown does not stand", fmt::format("event {}", shown.seq));
  ++at_;
  next_ = shown.seq + 1;
  return town_.verdicts.sound();
}

void Auditor::book(json::Value const& event, Shown const& shown) {
  auto const about = fmt::format("event {} {}", shown.seq, word(event, "type"));
  if (word(event, "tenant") != tenant_.value())
    broken("a tenant's key shows another's events", about);
  auto const order = static_cast<std::int64_t>(known_.size());
  if (micros(event, "tenant_seq") != Micros(order)) broken("a tenant's events have a gap", about);
  if (merkle::leaf_hash(as_bytes(json::canonical(event))).hex() != shown.leaf)
    broken("an event is not its leaf", about);
  known_.push_back(shown);
  auto const* body = event.find("body");
  auto const* postings = body == nullptr ? nullptr : body->find("postings");
  if (postings != nullptr && postings->array() != nullptr) {
    Micros sum(0);
    for (auto const& posting : *postings->array()) {
      auto& account = accounts_[std::string(word(posting, "account"))];
      account = account + micros(posting, "delta");
      sum = sum + micros(posting, "delta");
      if (account != micros(posting, "balance"))
        broken("a posting leaves another balance than the books have", about);
    }
    if (sum != Micros(0)) broken("postings do not sum to zero", about);
  }
  if (body != nullptr && word(event, "type") == "budget.granted")
    debts_paid_ = debts_paid_ + micros(*body, "debt_paid");
  points_.push_back(books());
}

BudgetStory Auditor::books() const {
  auto const of = [this](std::string_view account) {
    auto const found = accounts_.find(account);
    return found == accounts_.end() ? Micros(0) : found->second;
  };
  return {.granted = -of("funding"),
          .available = of("available"),
          .held = of("held"),
          .spent = of("spent"),
          .overrun = of("overrun")};
}

}  // namespace tally::sim
