#include "sip/dialog/session_timer.h"

#include <algorithm>

namespace portico::sip {

using Refresher = SessionExpires::Refresher;

TimerAsk read_timer_ask(const Message& message) {
  TimerAsk ask;
  ask.supported =
      lists_token(message, Header::supported, "timer") || lists_token(message, Header::require, "timer");
  if (const auto expires = read_session_expires(message)) {
    ask.interval = expires->seconds;
    ask.refresher = expires->refresher;
  }
  if (const auto min_se = read_number(message, Header::min_se)) ask.min_se = std::max(kMinSeFloor, *min_se);
  return ask;
}

bool too_short(const TimerAsk& request, std::uint32_t min_se) {
  return request.supported && request.interval && *request.interval < std::max(kMinSeFloor, min_se);
}

// RFC 4028 section 9, table 2.
TimerTerms agree_as_answerer(const TimerAsk& request, std::uint32_t wanted, std::uint32_t min_se) {
  if (!request.interval) {
    if (!request.supported || wanted == 0) return {};
    return {.interval = std::max({wanted, request.min_se, min_se}), .we_refresh = true};
  }
  TimerTerms terms{.interval = std::max({*request.interval, min_se, kMinSeFloor})};
  terms.we_refresh = !request.supported || request.refresher == Refresher::uas;
  return terms;
}

TimerTerms agree_as_asker(const Message& response, std::uint32_t min_se) {
  const auto expires = read_session_expires(response);
  if (!expires || expires->seconds == 0) return {};
  return {.interval = std::max({expires->seconds, min_se, kMinSeFloor}),
          .we_refresh = expires->refresher != Refresher::uas};
}

SessionTimer start_timer(TimePoint now, const TimerTerms& terms) {
  if (terms.interval == 0) return {};
  const std::chrono::seconds interval{terms.interval};
  const std::chrono::seconds spare = std::min(std::chrono::seconds(32), interval / 3);
  SessionTimer timer{.terms = terms, .expire_at = now + interval - spare};
  if (terms.we_refresh) timer.refresh_at = now + interval / 2;
  return timer;
}

std::string write_session_expires(const TimerTerms& terms, bool asker) {
  const bool uac_refreshes = asker == terms.we_refresh;
  return std::to_string(terms.interval) + (uac_refreshes ? ";refresher=uac" : ";refresher=uas");
}

}  // namespace portico::sip
