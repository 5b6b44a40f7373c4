// <SendDtmf>: digits one by one, RFC 4733 where negotiated, else tones (bxml.md SendDtmf).

#include "call/verbs/verbs.h"

namespace portico::call {

async::Task<Outcome> send_dtmf(Call& call, const bxml::SendDtmf& verb) {
  const auto sending = call.send(media::SendDigits{
      .digits = verb.digits, .tone_duration = verb.tone_duration, .tone_interval = verb.tone_interval});
  while (true) {
    auto event = co_await call.next();
    if (!event) {
      call.send(media::StopDigits{});
      co_return call.ending() ? Outcome::over : Outcome::next;
    }
    const auto* from_media = std::get_if<media::Event>(&*event);
    const auto* sent = from_media != nullptr ? std::get_if<media::DigitsSent>(from_media) : nullptr;
    if (sent == nullptr || sent->seq != sending) continue;
    if (!sent->sent) co_return call.end(Cause::application_error, "SendDtmf: the digits could not be sent");
    co_return Outcome::next;
  }
}

}  // namespace portico::call
