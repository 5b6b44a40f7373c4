// <Ring>: ringing tone into an answered call, 180 on an unanswered one (bxml.md Ring).

#include "call/verbs/verbs.h"

namespace portico::call {

async::Task<Outcome> ring(Call& call, const bxml::Ring& verb) {
  if (!call.answered()) {
    call.leg().ring();
    co_await call.pause(verb.duration);
    co_return call.ending() ? Outcome::over : Outcome::next;
  }
  const bool went_on = co_await call.ensure_answered();  // its ACK may not have come yet
  if (went_on) {
    const media::ToneSound ringback{.tone = media::Tone::ringback, .duration = verb.duration};
    const auto played = co_await call.play({ringback});
    (void)played;  // interrupted or at its end: the run loop tells them apart
  }
  co_return call.ending() ? Outcome::over : Outcome::next;
}

async::Task<Outcome> pause(Call& call, const bxml::Pause& verb) {
  co_await call.pause(verb.duration);
  co_return call.ending() ? Outcome::over : Outcome::next;
}

}  // namespace portico::call
