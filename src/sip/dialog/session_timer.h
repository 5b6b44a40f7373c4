#pragma once
// Session timers, RFC 4028: what the two sides ask for, what they agree on, and when to act. Intervals in
// seconds; an interval of 0 means that there is no session timer.

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "sip/message/headers.h"
#include "sip/message/message.h"

namespace portico::sip {

inline constexpr std::uint32_t kMinSeFloor = 90;  // RFC 4028 section 5

// What a request or response says.
struct TimerAsk {
  bool supported = false;
  std::optional<std::uint32_t> interval;
  SessionExpires::Refresher refresher = SessionExpires::Refresher::unsaid;
  std::uint32_t min_se = kMinSeFloor;
};
TimerAsk read_timer_ask(const Message& message);

struct TimerTerms {
  std::uint32_t interval = 0;
  bool we_refresh = false;
};

// Ours to enforce: a request whose interval is below `min_se` gets 422. Where its sender knows nothing of
// timers (a proxy put the interval in) a 422 would not be understood.
bool too_short(const TimerAsk& request, std::uint32_t min_se);

// For the 2xx to a request. `wanted`: the interval we should like where the request asks for none (0: none).
TimerTerms agree_as_answerer(const TimerAsk& request, std::uint32_t wanted, std::uint32_t min_se);

// From the 2xx to a request of ours that bore `min_se`. The peer must not go below that (RFC 4028 section 9):
// a shorter interval is not believed.
TimerTerms agree_as_asker(const Message& response, std::uint32_t min_se);

struct SessionTimer {
  TimerTerms terms;
  TimePoint refresh_at = kNever;  // ours to do
  TimePoint expire_at = kNever;

  TimePoint deadline() const { return refresh_at < expire_at ? refresh_at : expire_at; }
};
// RFC 4028 section 10: refresh at half the interval; give up min(32 s, a third) before its end.
SessionTimer start_timer(TimePoint now, const TimerTerms& terms);

// "1800;refresher=uas". `asker`: for a request of ours, else for an answer.
std::string write_session_expires(const TimerTerms& terms, bool asker);

}  // namespace portico::sip
