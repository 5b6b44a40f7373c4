#include "audio/codec_opus.h"

#include <opus.h>

#include <algorithm>
#include <new>

// Opus for speech: 16 kHz mono inside, 24 kbit/s, with in-band FEC (RFC 7587 section 3.1). The decoder takes
// streams of any bandwidth, mono or stereo, and gives 16 kHz mono.

namespace portico::audio {
namespace {

constexpr int kRate = 16'000;
constexpr int kBitsPerSecond = 24'000;
constexpr int kExpectedLossPercent = 10;  // at 5 libopus 1.3 sends no FEC at this rate
constexpr int kComplexity = 5;

struct Destroy {
  void operator()(OpusEncoder* state) const { opus_encoder_destroy(state); }
  void operator()(OpusDecoder* state) const { opus_decoder_destroy(state); }
};

class OpusSpeechEncoder : public Encoder {
 public:
  OpusSpeechEncoder() {
    int error = OPUS_OK;
    state_.reset(opus_encoder_create(kRate, 1, OPUS_APPLICATION_VOIP, &error));
    if (!state_) throw std::bad_alloc();
    opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(kBitsPerSecond));
    opus_encoder_ctl(state_.get(), OPUS_SET_INBAND_FEC(1));
    opus_encoder_ctl(state_.get(), OPUS_SET_PACKET_LOSS_PERC(kExpectedLossPercent));
    opus_encoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(kComplexity));
    opus_encoder_ctl(state_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
  }
  std::size_t encode(Samples frame, std::span<std::uint8_t> out) override {
    const auto bytes = opus_encode(state_.get(), frame.data(), static_cast<int>(frame.size()), out.data(),
                                   static_cast<opus_int32>(out.size()));
    return bytes < 0 ? 0 : static_cast<std::size_t>(bytes);
  }

 private:
  std::unique_ptr<OpusEncoder, Destroy> state_;
};

class OpusSpeechDecoder : public Decoder {
 public:
  OpusSpeechDecoder() {
    int error = OPUS_OK;
    state_.reset(opus_decoder_create(kRate, 1, &error));
    if (!state_) throw std::bad_alloc();
  }
  std::size_t decode(ByteView payload, std::span<std::int16_t> out) override {
    if (payload.empty()) return 0;  // libopus would take it for a lost packet
    return run(payload, out, false);
  }
  void conceal(ByteView next, std::span<std::int16_t> out) override {
    if (run(next, out, !next.empty()) != out.size()) std::fill(out.begin(), out.end(), std::int16_t{0});
  }

 private:
  std::size_t run(ByteView payload, std::span<std::int16_t> out, bool fec) {
    const int samples = opus_decode(state_.get(), payload.empty() ? nullptr : payload.data(),
                                    static_cast<opus_int32>(payload.size()), out.data(),
                                    static_cast<int>(out.size()), fec ? 1 : 0);
    return samples < 0 ? 0 : static_cast<std::size_t>(samples);
  }

  std::unique_ptr<OpusDecoder, Destroy> state_;
};

}  // namespace

std::unique_ptr<Encoder> make_opus_encoder() { return std::make_unique<OpusSpeechEncoder>(); }
std::unique_ptr<Decoder> make_opus_decoder() { return std::make_unique<OpusSpeechDecoder>(); }

}  // namespace portico::audio
