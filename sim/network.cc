#include "sim/network.h"

namespace tally::sim {

namespace {

constexpr Duration kTravelLeast = microseconds(50);

}  // namespace

struct Network::Open {
  Call call;
  bool over = false;
  void finish(std::optional<Answer> outcome) {
    if (std::exchange(over, true)) return;
    call.done(std::move(outcome));
  }
};

class Network::Sink final : public ports::Responder::Sink {
 public:
  Sink(Network& network, std::shared_ptr<Open> open) : network_(network), open_(std::move(open)) {}
  ~Sink() override {
    if (sent_) return;
    // A power cut in the middle of a step ends the machine behind that step.
    bool const cut = network_.machine_.is_dying() || network_.machine_.disk().power_is_cut();
    if (!cut && !gone()) {
      network_.verdicts_.broken("a request was dropped without an answer: " +
                                open_->call.request.path);
    }
    network_.cut_off(open_);
  }
  void send(ports::HttpResponse response) override {
    // With the power the network card goes too.
    if (network_.machine_.disk().power_is_cut()) return;
    sent_ = true;
    network_.answer(open_, response);
  }
  bool gone() const override { return open_->over; }

 private:
  Network& network_;
  std::shared_ptr<Open> open_;
  bool sent_ = false;
};

Duration Network::travel() {
  auto const most = static_cast<std::uint64_t>(faults_.delay_max.value()) + 1;
  // Mostly near the short end, so that few overtake many.
  std::uint64_t const range = prng_.chance(800) ? most / 20 + 1 : most;
  return kTravelLeast + Duration(static_cast<std::int64_t>(prng_.below(range)));
}

void Network::call(Call call) {
  auto const open = std::make_shared<Open>();
  open->call = std::move(call);
  timeline_.at(clock_.monotonic() + open->call.patience, [open] { open->finish(std::nullopt); });
  int const copies = prng_.chance(faults_.doubled_per_mille) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (prng_.chance(faults_.request_lost_per_mille)) continue;
    timeline_.at(clock_.monotonic() + travel(), [this, open] { deliver(open); });
  }
}

void Network::deliver(std::shared_ptr<Open> const& open) {
  if (!machine_.serves()) return cut_off(open);
  if (open->call.delivered) open->call.delivered();
  machine_.handle(open->call.request, ports::Responder(std::make_shared<Sink>(*this, open)));
}

void Network::answer(std::shared_ptr<Open> const& open, ports::HttpResponse const& response) {
  machine_.happened(Moment::answer);
  if (prng_.chance(faults_.answer_lost_per_mille)) return;
  timeline_.at(clock_.monotonic() + travel(), [open, answer = Answer::read(response)] {
    if (open->call.saw) open->call.saw(answer);
    open->finish(answer);
  });
}

void Network::cut_off(std::shared_ptr<Open> const& open) {
  timeline_.at(clock_.monotonic() + travel(), [open] { open->finish(std::nullopt); });
}

}  // namespace tally::sim
