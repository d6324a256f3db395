// What the people who run the place do about each other.

#include <fmt/format.h>

#include "sim/admin.h"

namespace tally::sim {

namespace {

constexpr Duration kPatience = seconds(10);

std::string const kOperator(kOperatorToken);

std::string person(std::string const& name, std::string_view role) {
  return fmt::format(R"({{"person":"{0}","name":"{0}","roles":["{1}"]}})", name, role);
}

void ignore(std::optional<Answer> const&) {}

}  // namespace

void Admin::people_errand() {
  switch (prng_.below(5)) {
    case 0:
      return have_a_guest();
    case 1:
      return fetch_a_code();
    case 2:
      return think_again();
    case 3:
      return ask_twice();
    default:
      return widen_the_quorum();
  }
}

void Admin::have_a_guest() {
  std::string const name = fmt::format("guest-{}", ++guests_);
  town_.ask(post("/v1/admin/people", kOperator, person(name, "viewer")), kPatience,
            [this, name](std::optional<Answer> const& answer) {
              if (!answer || answer->status != 201) return;
              town_.ask(post("/v1/admin/people/" + name + "/remove", kOperator, ""), kPatience,
                        ignore);
            });
}

// A second key for alice takes her own signature once she counts; then its code may be seen once.
void Admin::fetch_a_code() {
  ask_key_for_alice([this](std::string const& approval) {
    town_.ask(post("/v1/approvals/" + approval + "/sign", alice_, ""), kPatience,
              [this](std::optional<Answer> const& answer) {
                if (answer && answer->status == 200) show_codes();
              });
  });
}

void Admin::show_codes() {
  town_.ask(
      get("/v1/admin/keys", kOperator), kPatience, [this](std::optional<Answer> const& answer) {
        auto const* keys = answer ? answer->find({"keys"}) : nullptr;
        if (keys == nullptr || keys->array() == nullptr) return;
        for (auto const& each : *keys->array()) {
          Answer const key{.status = 200, .body = each};
          if (key.find({"claim_expires_at"}) == nullptr) continue;
          town_.ask(post("/v1/admin/keys/" + key.text({"key_id"}) + "/claim-code", kOperator, ""),
                    kPatience, ignore);
        }
      });
}

void Admin::think_again() {
  ask_key_for_alice([this](std::string const& approval) {
    town_.ask(post("/v1/approvals/" + approval + "/withdraw", kOperator, ""), kPatience, ignore);
  });
}

// Two proposals to name the same person: with the first one's effect the second is hopeless.
void Admin::ask_twice() {
  std::string const body = person(fmt::format("approver-{}", ++guests_), "approver");
  town_.ask(post("/v1/admin/people", kOperator, body), kPatience,
            [this, body](std::optional<Answer> const& first) {
              if (!first || first->status != 202) return;
              std::string const sign = "/v1/approvals/" + first->text({"approval_id"}) + "/sign";
              town_.ask(post("/v1/admin/people", kOperator, body), kPatience,
                        [this, sign](std::optional<Answer> const&) {
                          town_.ask(post(sign, alice_, ""), kPatience, ignore);
                        });
            });
}

// `then` hears of the approval that it waits for, if it does.
void Admin::ask_key_for_alice(std::function<void(std::string const&)> then) {
  constexpr std::string_view kBody =
      R"({"tenant":"default","owner":"alice","scopes":["ops:read"]})";
  town_.ask(post("/v1/admin/keys", kOperator, std::string(kBody)), kPatience,
            [then = std::move(then)](std::optional<Answer> const& answer) {
              if (answer && answer->status == 202) then(answer->text({"approval_id"}));
            });
}

// Where one counts, that one names a third and asks for three; where two do, three are too many.
void Admin::widen_the_quorum() {
  auto const widen = [this](std::optional<Answer> const&) {
    town_.ask(post("/v1/admin/quorum", kOperator, R"({"quorum":3,"reason":"three of us"})"),
              kPatience, ignore);
  };
  if (two_people_) return widen(std::nullopt);
  town_.ask(post("/v1/admin/people", kOperator, person("bella", "approver")), kPatience, widen);
}

}  // namespace tally::sim
