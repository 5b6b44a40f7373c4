#include "audio/codec_g711.h"

#include <algorithm>

#include "audio/concealment.h"
#include "audio/g711.h"

namespace portico::audio {
namespace {

class G711Encoder : public Encoder {
 public:
  explicit G711Encoder(Codec law) : law_(law) {}
  std::size_t encode(Samples frame, std::span<std::uint8_t> out) override {
    const auto used = out.first(frame.size());
    law_ == Codec::pcmu ? encode_ulaw(frame, used) : encode_alaw(frame, used);
    return frame.size();
  }

 private:
  Codec law_;
};

class G711Decoder : public Decoder {
 public:
  explicit G711Decoder(Codec law) : law_(law) {}
  std::size_t decode(ByteView payload, std::span<std::int16_t> out) override {
    const auto length = std::min(payload.size(), out.size());
    const auto used = out.first(length);
    law_ == Codec::pcmu ? decode_ulaw(payload.first(length), used) : decode_alaw(payload.first(length), used);
    concealment_.on_good(used);
    return length;
  }
  void conceal(ByteView, std::span<std::int16_t> out) override { concealment_.fill(out); }

 private:
  Codec law_;
  Concealment concealment_{sample_rate(Codec::pcmu)};
};

}  // namespace

std::unique_ptr<Encoder> make_g711_encoder(Codec law) { return std::make_unique<G711Encoder>(law); }
std::unique_ptr<Decoder> make_g711_decoder(Codec law) { return std::make_unique<G711Decoder>(law); }

}  // namespace portico::audio
