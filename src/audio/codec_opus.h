#pragma once
// Made by make_encoder and make_decoder (audio/codec.h).

#include <memory>

#include "audio/codec.h"

namespace portico::audio {

std::unique_ptr<Encoder> make_opus_encoder();
std::unique_ptr<Decoder> make_opus_decoder();

}  // namespace portico::audio
