#pragma once
// One small face for all codecs. An object serves one direction of one stream and one thread at a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "audio/frame.h"
#include "audio/pcm.h"
#include "base/bytes.h"

namespace portico::audio {

inline constexpr std::size_t kPayloadBytesMax =
    1'275;  // a 20 ms frame of any codec (Opus: RFC 6716 section 3.4)
inline constexpr std::size_t kPacketSamplesMax = 1'920;  // decoded from one packet: 120 ms at 16 kHz

class Encoder {
 public:
  virtual ~Encoder() = default;
  // One frame of exactly frame_samples(codec). `out` holds at least kPayloadBytesMax; returns the bytes used.
  virtual std::size_t encode(Samples frame, std::span<std::uint8_t> out) = 0;
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  // A packet's payload of any duration. `out` holds kPacketSamplesMax; returns the samples written, what is
  // longer is cut. 0: the payload is malformed.
  virtual std::size_t decode(ByteView payload, std::span<std::int16_t> out) = 0;
  // Fills `out` (a multiple of 10 ms) in place of a lost packet. `next`, if not empty, is the payload after
  // the lost one, which may carry a spare copy of it (Opus in-band FEC).
  virtual void conceal(ByteView next, std::span<std::int16_t> out) = 0;
};

std::unique_ptr<Encoder> make_encoder(Codec codec);
std::unique_ptr<Decoder> make_decoder(Codec codec);

}  // namespace portico::audio
