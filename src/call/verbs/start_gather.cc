// <StartGather> and <StopGather>: a `dtmf` webhook for each digit, beside the other verbs (bxml.md).

#include "call/verbs/verbs.h"

namespace portico::call {

async::Task<Outcome> start_gather(Call& call, const bxml::StartGather& verb) {
  call.change_tag(verb.tag);
  call.digits().start_gather(verb.dtmf);
  co_return Outcome::next;
}

async::Task<Outcome> stop_gather(Call& call, const bxml::StopGather&) {
  call.digits().stop_gather();
  co_return Outcome::next;
}

}  // namespace portico::call
