#include "ledger/work_desk.h"

#include <algorithm>

namespace tally::ledger {

struct WorkDesk::Visit {
  LeaseWish wish;
  std::function<void(Result<std::vector<LeasedRun>>)> done;
  std::vector<LeasedRun> got;
  std::optional<Error> fault;
  Duration until;
};

void WorkDesk::lease(LeaseWish wish, std::function<void(Result<std::vector<LeasedRun>>)> done) {
  auto visit = std::make_shared<Visit>();
  visit->until = clock_.monotonic() + wish.wait;
  visit->wish = std::move(wish);
  visit->wish.max = std::clamp<std::uint32_t>(visit->wish.max, 1, kLeasesAtOnceMax);
  visit->done = std::move(done);
  ask(std::move(visit));
}

void WorkDesk::ask(std::shared_ptr<Visit> visit) {
  domain::run::Lease command{
      .jobs = visit->wish.jobs, .tenant = visit->wish.tenant, .worker = visit->wish.worker};
  Origin const origin = visit->wish.origin;
  loop_.post(Lane::start, {.command = domain::RunCommand(std::move(command)),
                           .enclosure = {},
                           .origin = origin,
                           .done = [this, visit = std::move(visit)](Answer answer) {
                             take(visit, std::move(answer));
                           }});
}

Result<LeasedRun> WorkDesk::leased_run(Answer const& answer) const {
  domain::run::Row const& row = *answer.row;
  TRY(entry, reader_.entry(row.submit_seq));
  auto const& submitted =
      std::get<domain::run::Submitted>(std::get<domain::RunEvent>(entry.recorded.event));
  TRY(input, payloads_.open(row.tenant, submitted.input, entry.enclosure));
  auto const& header = answer.entry->recorded.header;
  auto const& leased =
      std::get<domain::run::Leased>(std::get<domain::RunEvent>(answer.entry->recorded.event));
  return LeasedRun{.run = submitted.run,
                   .row = row,
                   .input_json = std::move(input),
                   .expires_at = header.at + leased.lease_period};
}

void WorkDesk::take(std::shared_ptr<Visit> const& visit, Answer answer) {
  if (answer.fate != Fate::decided) {
    visit->fault = Error{answer.fate == Fate::unknown ? "outcome_unknown" : "overloaded",
                         "the server cannot hand out work now",
                         {}};
    return finish(*visit);
  }
  if (auto const* refusal = std::get_if<domain::Refusal>(&answer.reply)) {
    visit->fault = Error{std::string(name_of(refusal->code)), refusal->detail, {}};
    return finish(*visit);
  }
  if (!answer.entry) return visit->got.empty() ? wait_or_leave(visit) : finish(*visit);
  auto run = leased_run(answer);
  if (run)
    visit->got.push_back(std::move(*run));
  else
    visit->fault = run.error();  // the lease runs out by itself; the fault is told
  if (!run || visit->got.size() >= visit->wish.max) return finish(*visit);
  ask(visit);
}

void WorkDesk::finish(Visit& visit) {
  if (visit.got.empty() && visit.fault)
    visit.done(tl::unexpected<Error>(*visit.fault));
  else
    visit.done(std::move(visit.got));
}

void WorkDesk::wait_or_leave(std::shared_ptr<Visit> visit) {
  bool const gone = visit->wish.gone && visit->wish.gone();
  bool const waits =
      !gone && visit->until > clock_.monotonic() && waiting_.with([&](std::list<Waiting>& waiting) {
        if (waiting.size() >= kDeskWaitersMax) return false;
        waiting.push_back({.visit = visit, .until = visit->until});
        return true;
      });
  if (!waits) finish(*visit);
}

void WorkDesk::work_available(JobName const& job) {
  auto visit = waiting_.with([&](std::list<Waiting>& waiting) -> std::shared_ptr<Visit> {
    auto const at = std::ranges::find_if(waiting, [&](Waiting const& one) {
      return std::ranges::find(one.visit->wish.jobs, job) != one.visit->wish.jobs.end();
    });
    if (at == waiting.end()) return nullptr;
    auto found = std::move(at->visit);
    waiting.erase(at);
    return found;
  });
  if (visit) ask(std::move(visit));
}

std::size_t WorkDesk::tick() {
  Duration const now = clock_.monotonic();
  std::vector<std::shared_ptr<Visit>> over;
  std::size_t const left = waiting_.with([&](std::list<Waiting>& waiting) {
    for (auto at = waiting.begin(); at != waiting.end();) {
      bool const gone = at->visit->wish.gone && at->visit->wish.gone();
      if (at->until > now && !gone) {
        ++at;
        continue;
      }
      over.push_back(std::move(at->visit));
      at = waiting.erase(at);
    }
    return waiting.size();
  });
  for (auto const& visit : over) finish(*visit);
  return left;
}

}  // namespace tally::ledger
