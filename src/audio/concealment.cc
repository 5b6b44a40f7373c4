#include "audio/concealment.h"

namespace portico::audio {

Concealment::Concealment() { plc_init(&plc_); }

void Concealment::on_good(std::span<std::int16_t> samples) {
  plc_rx(&plc_, samples.data(), static_cast<int>(samples.size()));
}

void Concealment::fill(std::span<std::int16_t> out) {
  plc_fillin(&plc_, out.data(), static_cast<int>(out.size()));
}

}  // namespace portico::audio
