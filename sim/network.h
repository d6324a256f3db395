#pragma once

// Between people and the machine: requests and answers take their time, overtake each other, get
// lost, arrive twice. A client hears one outcome; what it could have heard is reported too.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sim/answer.h"
#include "sim/machine.h"
#include "sim/verdicts.h"

namespace tally::sim {

struct Call {
  ports::HttpRequest request;
  Duration patience = seconds(10);
  std::function<void()> delivered;                  // each time that the server gets it
  std::function<void(Answer const&)> saw;           // each answer that arrives
  std::function<void(std::optional<Answer>)> done;  // once: the first answer, or none came
};

class Network {
 public:
  Network(std::uint64_t seed, NetworkFaults faults, Timeline& timeline, SimClock& clock,
          Machine& machine, Verdicts& verdicts)
      : prng_(seed ^ 0x6e6574),
        faults_(faults),
        timeline_(timeline),
        clock_(clock),
        machine_(machine),
        verdicts_(verdicts) {}
  void call(Call call);
  void heal() { faults_ = {}; }
  // The process is gone, and with it whoever writes streams.
  void cut_streams();

 private:
  struct Open;
  struct Stream;
  class Sink;
  class StreamSink;
  void deliver(std::shared_ptr<Open> const& open);
  void answer(std::shared_ptr<Open> const& open, ports::HttpResponse const& response);
  void cut_off(std::shared_ptr<Open> const& open);
  std::shared_ptr<ports::ResponseStream::Sink> begin(std::shared_ptr<Open> const& open,
                                                     ports::HttpHead head);
  void arrive(std::shared_ptr<Stream> const& stream, std::string_view piece);
  void end(std::shared_ptr<Stream> const& stream);
  static std::string text_of(Open const& open, ports::HttpResponse const& response);
  Duration travel();

  Prng prng_;
  NetworkFaults faults_;
  Timeline& timeline_;
  SimClock& clock_;
  Machine& machine_;
  Verdicts& verdicts_;
  std::vector<std::weak_ptr<Stream>> streams_;
};

}  // namespace tally::sim
