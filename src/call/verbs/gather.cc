// <Gather>: digits under prompts (bxml.md Gather). Ends by a terminating digit, by silence after at least one
// digit, by nothing at all after the prompts, or when maxDigits are there.

#include "call/verbs/verbs.h"

namespace portico::call {
namespace {

class Collection {
 public:
  explicit Collection(const bxml::Gather& verb) : verb_(verb) {}

  void press(char digit) {
    if (verb_.terminating_digits.find(digit) != std::string::npos) {
      terminating_ = digit;
    } else {
      digits_ += digit;
    }
  }
  bool any() const { return !digits_.empty() || terminating_ != 0; }
  bool complete() const {
    return terminating_ != 0 || digits_.size() >= static_cast<std::size_t>(verb_.max_digits);
  }
  const std::string& digits() const { return digits_; }
  std::string terminating() const { return terminating_ == 0 ? std::string() : std::string(1, terminating_); }

 private:
  const bxml::Gather& verb_;
  std::string digits_;
  char terminating_ = 0;
};

std::optional<char> digit_in(const Event& event) {
  if (const auto* info = std::get_if<LegDigit>(&event)) return info->digit;
  const auto* from_media = std::get_if<media::Event>(&event);
  const auto* digit = from_media != nullptr ? std::get_if<media::Digit>(from_media) : nullptr;
  return digit != nullptr ? std::optional(digit->digit) : std::nullopt;
}

enum class Prompted : unsigned char { to_the_end, digit, failed };

// Plays the prompts once. A digit of any kind ends them.
async::Task<Prompted> play_prompts(Call& call, std::vector<media::Sound> sounds, Collection& collection) {
  const auto play = call.start_playing(std::move(sounds));
  while (true) {
    auto event = co_await call.next();
    if (!event) break;
    if (const auto digit = digit_in(*event)) {
      collection.press(*digit);
      call.stop_playing(play);
      co_return Prompted::digit;
    }
    const auto* from_media = std::get_if<media::Event>(&*event);
    const auto* ended = from_media != nullptr ? std::get_if<media::PlayEnded>(from_media) : nullptr;
    if (ended == nullptr || ended->play != play) continue;
    if (ended->end != media::PlayEnd::failed) co_return Prompted::to_the_end;
    call.end(Cause::application_error, "Gather: " + ended->reason);
    co_return Prompted::failed;
  }
  call.stop_playing(play);
  co_return Prompted::failed;
}

// The next digit within `span`. False: none came, or the call was interrupted.
async::Task<bool> wait_for_digit(Call& call, Duration span, Collection& collection) {
  const auto deadline = call.now() + span;
  while (true) {
    auto event = co_await call.next(deadline);
    if (!event) co_return false;
    if (const auto digit = digit_in(*event)) {
      collection.press(*digit);
      co_return true;
    }
  }
}

async::Task<> collect(Call& call, const bxml::Gather& verb, Collection& collection) {
  // A caller who knows the menu presses before its prompts have even been fetched.
  const auto pressed = [&](const Event& event) {
    const auto digit = digit_in(event);
    if (digit) collection.press(*digit);
    return digit.has_value();
  };
  auto prepared = co_await call.prepare(verb.prompts, pressed);
  if (!prepared) co_return;
  for (int round = 0; round < verb.repeat_count && !collection.any() && !call.interrupted(); ++round) {
    if (!prepared->sounds.empty()) {
      const auto prompted = co_await play_prompts(call, prepared->sounds, collection);
      if (prompted == Prompted::failed) co_return;
      if (prompted == Prompted::digit) break;
    }
    co_await wait_for_digit(call, verb.first_digit_timeout, collection);
  }
  prepared->holds.clear();
  while (collection.any() && !collection.complete() && !call.interrupted()) {
    const bool another = co_await wait_for_digit(call, verb.inter_digit_timeout, collection);
    if (!another) break;
  }
}

}  // namespace

async::Task<Outcome> gather(Call& call, const bxml::Gather& verb) {
  call.change_tag(verb.tag);
  Collection collection(verb);
  call.digits().want(Digits::Wanted::gather);
  call.send(media::CollectDigits{.stop_play_on_digit = true});
  co_await collect(call, verb, collection);
  call.digits().want(Digits::Wanted::nobody);
  call.send(media::CollectDigits{.stop_play_on_digit = false});
  if (call.interrupted()) co_return call.ending() ? Outcome::over : Outcome::next;
  if (!verb.complete.wanted()) co_return Outcome::next;
  auto event = call.event("gather");
  event["digits"] = collection.digits();
  event["terminatingDigit"] = collection.terminating();
  const auto outcome = co_await call.ask(std::move(event), verb.complete);
  co_return outcome;
}

}  // namespace portico::call
