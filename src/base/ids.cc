#include "base/ids.h"

#include <chrono>

#include "base/hash.h"

namespace portico {
namespace {

// The eight digits are the low bits of the milliseconds since 1970, so that ids made together sort together:
// a store's index grows at one place instead of all over. What nobody can guess is the UUID.
std::string prefixed(std::string_view prefix) {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  std::uint8_t raw[4];
  for (int i = 0; i < 4; ++i) raw[i] = static_cast<std::uint8_t>(millis >> (24 - 8 * i));
  return std::string(prefix) + to_hex(raw) + "-" + new_uuid();
}

}  // namespace

std::string new_uuid() {
  std::uint8_t raw[16];
  random_fill(raw);
  raw[6] = static_cast<std::uint8_t>((raw[6] & 0x0F) | 0x40);
  raw[8] = static_cast<std::uint8_t>((raw[8] & 0x3F) | 0x80);
  std::string text = to_hex(raw);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) text.insert(at, "-");
  return text;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

std::string new_call_id() { return prefixed("c-"); }
std::string new_recording_id() { return prefixed("r-"); }
std::string new_conference_id() { return prefixed("conf-"); }
std::string new_stream_id() { return prefixed("s-"); }
std::string new_transcription_id() { return prefixed("t-"); }

}  // namespace portico
