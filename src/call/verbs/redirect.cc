// <Redirect>, <Hangup> and <Tag> (bxml.md).

#include "call/verbs/verbs.h"

namespace portico::call {

async::Task<Outcome> redirect(Call& call, const bxml::Redirect& verb) {
  call.change_tag(verb.tag);
  const auto outcome = co_await call.ask(call.event("redirect"), verb.redirect);
  co_return outcome;
}

async::Task<Outcome> hangup(Call& call, const bxml::Hangup&) { co_return call.end(Cause::hangup); }

async::Task<Outcome> tag(Call& call, const bxml::Tag& verb) {
  call.change_tag(verb.tag);
  co_return Outcome::next;
}

}  // namespace portico::call
