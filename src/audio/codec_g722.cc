#include "audio/codec_g722.h"

#include <spandsp.h>

#include <algorithm>
#include <new>

#include "audio/concealment.h"

// G.722 at 64 kbit/s: 16 kHz in, one octet for two samples.

namespace portico::audio {
namespace {

constexpr int kBitsPerSecond = 64'000;

template <typename State>
State* made(State* state) {
  if (state == nullptr) throw std::bad_alloc();
  return state;
}

struct FreeEncoder {
  void operator()(g722_encode_state_t* state) const { g722_encode_free(state); }
};
struct FreeDecoder {
  void operator()(g722_decode_state_t* state) const { g722_decode_free(state); }
};

class G722Encoder : public Encoder {
 public:
  std::size_t encode(Samples frame, std::span<std::uint8_t> out) override {
    const int bytes = g722_encode(state_.get(), out.data(), frame.data(), static_cast<int>(frame.size()));
    return static_cast<std::size_t>(bytes);
  }

 private:
  std::unique_ptr<g722_encode_state_t, FreeEncoder> state_{
      made(g722_encode_init(nullptr, kBitsPerSecond, 0))};
};

class G722Decoder : public Decoder {
 public:
  std::size_t decode(ByteView payload, std::span<std::int16_t> out) override {
    const auto bytes = std::min(payload.size(), out.size() / 2);
    const int samples = g722_decode(state_.get(), out.data(), payload.data(), static_cast<int>(bytes));
    const auto used = out.first(static_cast<std::size_t>(samples));
    concealment_.on_good(used);
    return used.size();
  }
  void conceal(ByteView, std::span<std::int16_t> out) override { concealment_.fill(out); }

 private:
  std::unique_ptr<g722_decode_state_t, FreeDecoder> state_{
      made(g722_decode_init(nullptr, kBitsPerSecond, 0))};
  Concealment concealment_{sample_rate(Codec::g722)};
};

}  // namespace

std::unique_ptr<Encoder> make_g722_encoder() { return std::make_unique<G722Encoder>(); }
std::unique_ptr<Decoder> make_g722_decoder() { return std::make_unique<G722Decoder>(); }

}  // namespace portico::audio
