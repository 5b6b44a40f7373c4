#include "media/port.h"

#include <algorithm>
#include <array>

#include "audio/frame.h"
#include "base/limits.h"
#include "media/drop.h"
#include "rtp/event_receiver.h"
#include "rtp/packet.h"

namespace portico::media {
namespace {

constexpr auto kFrame = Millis(audio::kFrameMs);
constexpr std::size_t kFrameSamplesMax = 320;  // 16 kHz

Millis to_millis(std::uint32_t ticks, std::uint32_t clock_rate) {
  return Millis(static_cast<std::int64_t>(std::uint64_t{ticks} * 1'000 / clock_rate));
}

bool drop(Drop reason) {
  count(reason);
  return false;
}

}  // namespace

Port::Port(PortId id, const PortSeed& seed, Now start, SoundShelf& shelf, Outputs& out)
    : id_(id), shelf_(shelf), out_(out), sender_(id, seed), rtcp_(id, seed, start) {}

bool Port::is_news(std::uint64_t seq) {
  if (seq <= last_seq_) return false;
  last_seq_ = seq;
  return true;
}

unsigned Port::rate() const { return audio::sample_rate(stream_->codec); }

// True when the key to receive with is another one.
Result<bool> Port::apply_keys(const StreamDescription& stream) {
  if (stream.send_key.has_value() != stream.receive_key.has_value()) {
    return fail(Code::invalid, "SRTP keys for one direction only");
  }
  if (!stream.send_key) {
    const bool changed = srtp_ != nullptr;
    srtp_.reset();
    return changed;
  }
  const SrtpKeyPair keys{.send = *stream.send_key, .receive = *stream.receive_key};
  if (!srtp_) {
    auto session = rtp::SrtpSession::create(keys);
    if (!session) return fail(session.error());
    srtp_ = std::make_unique<rtp::SrtpSession>(std::move(*session));
    return true;
  }
  const bool changed = srtp_->keys().receive != keys.receive;
  auto rekeyed = srtp_->rekey(keys);
  if (!rekeyed) return fail(rekeyed.error());
  return changed;
}

Result<void> Port::configure(TimePoint now, const StreamDescription& stream) {
  const auto new_key = apply_keys(stream);
  if (!new_key) return fail(new_key.error());
  const bool other_codec = stream_ && stream_->codec != stream.codec;
  const bool resumed = stream_ && resumes(*stream_, stream);
  if (stream_ && stream.send_key && stream_->send_key != stream.send_key) sender_.change_key();
  stream_ = stream;
  receiver_.configure(stream, *new_key, resumed);
  if (!receiver_.lock().locked()) rtcp_.forget_source();
  sender_.configure(stream);
  rtcp_.configure(now, stream);
  if (!watch_) watch_.emplace(now);
  if (other_codec) {
    player_.change_codec(id_, stream.codec, shelf_, out_.events);
    live_encoder_.reset();
    receiver_.stop_listening();
    detector_.reset();
  }
  update_listening();
  return {};
}

void Port::update_listening() {
  if (!stream_) return;
  if (stream_->inband_digits != (detector_ != nullptr)) {
    detector_ = stream_->inband_digits ? std::make_unique<audio::DtmfDetector>(rate()) : nullptr;
  }
  const bool wanted = detector_ || silence_.on() || !recorders_.empty();
  if (wanted == receiver_.listening()) return;
  wanted ? receiver_.listen(rate()) : receiver_.stop_listening();
}

bool Port::on_packet(TimePoint now, bool rtcp, const Endpoint& from, std::span<std::uint8_t> bytes) {
  if (!stream_) return drop(Drop::not_configured);
  const auto kind = rtp::classify(bytes);
  if (rtcp || (kind == rtp::Kind::rtcp && stream_->rtcp_mux)) return on_rtcp(now, from, bytes);
  if (kind != rtp::Kind::rtp) return drop(Drop::not_media);
  return on_rtp(now, from, bytes);
}

bool Port::on_rtcp(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes) {
  if (!rtcp_.on_packet(now, from, bytes, srtp(), receiver_, sender_)) return false;
  watch_->on_rtcp(now);
  if (const auto highest = rtcp_.remote_highest()) watch_->on_report(now, *highest);
  return true;
}

bool Port::on_rtp(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes) {
  const auto before = receiver_.lock().locked();
  const auto heard = receiver_.on_rtp(now, from, bytes, srtp());
  if (!heard.genuine) return false;
  watch_->on_rtp(now);
  if (heard.locked_now) {
    if (before != from) rtcp_.forget_source();
    out_.events.push_back(SourceLocked{.port = id_, .remote = from, .settled = heard.settled});
  }
  for (const auto& pressed : heard.digits)
    on_digit(now, pressed.digit, DigitSource::rfc4733, pressed.duration);
  return true;
}

void Port::on_digit(TimePoint now, char digit, DigitSource source, Millis heard) {
  if (!digits_.passes(now, {.digit = digit, .source = source})) return;
  out_.events.push_back(
      Digit{.port = id_, .digit = digit, .source = source, .duration = heard, .noted = noted_});
  if (stop_play_on_digit_) player_.stop(id_, 0, PlayEnd::digit, out_.events);
  std::erase_if(recorders_, [&](const auto& recorder) { return recorder->on_digit(digit, out_); });
  update_listening();
}

void Port::note_digit(TimePoint now, const NoteDigit& command) {
  noted_ = command.seq;
  // Who noted it has acted on it.
  (void)digits_.passes(now, {.digit = command.digit, .source = DigitSource::sip_info});
}

void Port::frame(TimePoint now, std::uint32_t skipped) {
  if (!stream_) return;
  ++frames_;
  if (skipped != 0) sender_.skip(skipped);
  std::array<std::int16_t, kFrameSamplesMax> received{};
  std::array<std::int16_t, kFrameSamplesMax> sent{};
  const auto size = audio::frame_samples(stream_->codec);
  const auto heard = hear(now, std::span(received).first(size));
  const auto spoken = speak(std::span(sent).first(size));
  record(heard, spoken);
  keep_time(now);
  sender_.advance();
}

audio::Samples Port::hear(TimePoint now, std::span<std::int16_t> frame) {
  receiver_.on_time(now);
  if (!receiver_.listening()) return frame;
  const bool heard = receiver_.pull(now, frame);
  if (const auto silent = silence_.on_frame(frame, kFrame)) {
    out_.events.push_back(Silence{.port = id_, .duration = *silent});
  }
  if (!detector_) return frame;
  // A gap in a tone is the network's: one press, as by RFC 4733. Who says nothing for longer presses no more.
  unheard_ = heard ? Millis(0) : unheard_ + kFrame;
  if (unheard_ > Millis(0) && unheard_ <= rtp::kEventSilenceMax) return frame;
  if (const auto digit = detector_->on_samples(frame)) on_digit(now, *digit, DigitSource::inband, 2 * kFrame);
  return frame;
}

// While nothing plays silence goes out, so that NATs on the way and the far side's jitter buffer stay awake.
audio::Samples Port::speak(std::span<std::int16_t> frame) {
  if (digit_sender_ && digit_sender_->busy() && sender_.may_send()) {
    speak_digits(frame);
    return frame;
  }
  if (digit_sender_) digit_sender_->hold();
  live_encoder_.reset();
  if (const auto playing = player_.next(id_, out_.events)) {
    sender_.send_audio(path(), playing->payload, true, out_);
    return playing->samples;
  }
  sender_.send_audio(path(), shelf_.silence(stream_->codec), false, out_);
  return frame;
}

void Port::speak_digits(std::span<std::int16_t> frame) {
  if (digit_sender_->frame(id_, sender_, path(), frame, rate(), out_)) return;
  if (sender_.has_events() && !digit_sender_->sounded())
    return sender_.send_audio(path(), shelf_.silence(stream_->codec), false, out_);
  if (!live_encoder_) live_encoder_ = audio::make_encoder(stream_->codec);
  std::array<std::uint8_t, audio::kPayloadBytesMax> payload;
  const auto bytes = live_encoder_->encode(frame, payload);
  sender_.send_audio(path(), ByteView(payload).first(bytes), true, out_);
}

void Port::record(audio::Samples received, audio::Samples sent) {
  if (recorders_.empty()) return;
  const Recorder::Frame frame{.rate = rate(), .received = received, .sent = sent};
  std::erase_if(recorders_, [&](const auto& recorder) { return recorder->on_frame(frame, out_); });
  update_listening();
}

void Port::keep_time(TimePoint now) {
  if (now >= rtcp_.deadline()) {
    rtcp_.send_report(now, {.sender = sender_, .receiver = receiver_, .srtp = srtp()}, false, out_);
  }
  if (!stream_->send) watch_->on_nothing_sent(now);
  if (const auto silent = watch_->check(now, stream_->receive)) {
    out_.events.push_back(MediaTimeout{
        .port = id_, .rtp_in = silent->rtp, .rtcp_in = silent->rtcp, .rtp_out = silent->outbound});
  }
}

void Port::close(TimePoint now) {
  player_.stop(id_, 0, PlayEnd::stopped, out_.events);
  if (digit_sender_) digit_sender_->cancel(id_, out_.events);
  for (const auto& recorder : recorders_) recorder->close(RecordEnd::hangup, out_);
  recorders_.clear();
  rtcp_.say_goodbye(now, {.sender = sender_, .receiver = receiver_, .srtp = srtp()}, out_);
  tell_quality(true);
}

void Port::tell_quality(bool final) {
  const auto counts = receiver_.counts();
  Quality quality{.port = id_,
                  .packets_sent = sender_.packets(),
                  .bytes_sent = sender_.octets(),
                  .packets_received = counts.packets,
                  .bytes_received = counts.octets,
                  .packets_late = counts.playout.late,
                  .packets_duplicate = counts.playout.duplicate,
                  .frames_concealed = counts.playout.concealed,
                  .strangers = counts.strangers,
                  .round_trip = rtcp_.round_trip(),
                  .remote_lost = rtcp_.remote_lost(),
                  .remote_jitter = to_millis(rtcp_.remote_jitter_ticks(), sender_.clock_rate()),
                  .final = final};
  if (const auto* statistics = receiver_.statistics()) {
    quality.packets_lost = statistics->lost();
    quality.jitter = std::chrono::duration_cast<Millis>(statistics->jitter());
  }
  out_.events.push_back(quality);
}

}  // namespace portico::media
