#pragma once
// Made by make_encoder and make_decoder (audio/codec.h).

#include <memory>

#include "audio/codec.h"

namespace portico::audio {

std::unique_ptr<Encoder> make_g722_encoder();
std::unique_ptr<Decoder> make_g722_decoder();

}  // namespace portico::audio
