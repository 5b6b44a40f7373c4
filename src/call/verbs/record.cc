// <Record>: what the caller says, waited for (bxml.md Record).

#include "base/log.h"
#include "call/verbs/verbs.h"

namespace portico::call {
namespace {

constexpr auto kStoreWait = 100ms;  // then it is looked again whether earlier ones are stored

// Until the recording is over; a slow disk may have its file later. False: the call was interrupted.
async::Task<bool> wait_until_over(Call& call, const bxml::Record& verb, const std::string& recording) {
  while (true) {
    auto event = co_await call.next();
    if (!event) co_return false;
    if (const auto* info = std::get_if<LegDigit>(&*event)) {
      // The media room hears tones and RFC 4733 events by itself; a digit by SIP INFO only we see.
      if (verb.terminating_digits.find(info->digit) != std::string::npos)
        call.send(media::StopRecord{.record = recording, .digit = info->digit});
      continue;
    }
    const auto* from_media = std::get_if<media::Event>(&*event);
    if (from_media == nullptr) continue;
    const auto* over = std::get_if<media::RecordingEnded>(from_media);
    if (over != nullptr && over->record == recording) co_return true;
    const auto* closed = std::get_if<media::RecordingClosed>(from_media);
    if (closed != nullptr && closed->record == recording) co_return true;
  }
}

}  // namespace

async::Task<Outcome> record(Call& call, const bxml::Record& verb) {
  call.change_tag(verb.tag);
  if (verb.transcribe && call.may_note())
    log::warn("Record: recordings are not transcribed yet", {{"callId", call.id()}});
  while (!call.recordings().has_room()) {
    co_await call.pause(kStoreWait);
    if (call.interrupted()) co_return call.ending() ? Outcome::over : Outcome::next;
  }
  call.digits().want(Digits::Wanted::record);
  const RecordingWish wish{.format = verb.file_format,
                           .sides = media::RecordSides::received,
                           .duration_max = verb.max_duration,
                           .silence_timeout = verb.silence_timeout,
                           .terminating_digits = verb.terminating_digits,
                           .available = verb.available};
  const auto recording = call.recordings().start(wish);
  const bool over = co_await wait_until_over(call, verb, recording);
  call.digits().want(Digits::Wanted::nobody);
  if (!over) {
    call.recordings().stop(recording);
    co_return call.ending() ? Outcome::over : Outcome::next;
  }
  if (!verb.complete.wanted()) co_return Outcome::next;
  auto event = call.event("recordComplete");
  call.recordings().describe(recording, event);
  const auto outcome = co_await call.ask(std::move(event), verb.complete);
  co_return outcome;
}

}  // namespace portico::call
