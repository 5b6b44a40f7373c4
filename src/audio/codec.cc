#include "audio/codec.h"

#include "audio/codec_g711.h"
#include "audio/codec_g722.h"
#include "audio/codec_opus.h"

namespace portico::audio {

std::unique_ptr<Encoder> make_encoder(Codec codec) {
  switch (codec) {
    case Codec::pcmu:
    case Codec::pcma:
      return make_g711_encoder(codec);
    case Codec::g722:
      return make_g722_encoder();
    case Codec::opus:
      return make_opus_encoder();
  }
  return nullptr;
}

std::unique_ptr<Decoder> make_decoder(Codec codec) {
  switch (codec) {
    case Codec::pcmu:
    case Codec::pcma:
      return make_g711_decoder(codec);
    case Codec::g722:
      return make_g722_decoder();
    case Codec::opus:
      return make_opus_decoder();
  }
  return nullptr;
}

}  // namespace portico::audio
