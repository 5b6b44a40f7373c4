#pragma once
// What a party says, as 20 ms frames of linear samples on demand: jitter buffer, decoder, concealment. Exists
// only while somebody listens. One owner.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "audio/codec.h"
#include "audio/resampler.h"
#include "base/time.h"
#include "media/jitter_buffer.h"
#include "media/stream.h"

namespace portico::media {

class Playout {
 public:
  struct Counts {
    std::uint64_t late = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t concealed = 0;  // frames
  };

  // Gives frames at `out_rate` whatever the codec's own.
  Playout(Codec codec, unsigned out_rate);

  Codec codec() const { return codec_; }
  void on_audio(TimePoint now, const rtp::Packet& packet);
  void on_other(std::uint16_t sequence) {
    buffer_.skip(sequence);
  }  // a packet without audio took this number
  // Fills 20 ms; silence where there is nothing. False: some of it is made up for what did not come, or not
  // in time.
  bool pull(TimePoint now, std::span<std::int16_t> frame);
  const Counts& counts() const { return counts_; }
  Duration delay() const { return buffer_.delay(); }

 private:
  void fill(TimePoint now, std::size_t samples);
  void step(TimePoint now);
  void append(audio::Samples samples);
  void append_silence(std::uint32_t ticks);
  void conceal(ByteView next, std::uint32_t ticks);
  std::size_t samples_in(std::uint32_t ticks) const;

  Codec codec_;
  JitterBuffer buffer_;
  std::unique_ptr<audio::Decoder> decoder_;
  std::optional<audio::Resampler> resampler_;
  std::vector<std::int16_t> ready_;  // decoded, not given out
  bool made_up_ = false;             // something of the present frame
  Counts counts_;
};

}  // namespace portico::media
