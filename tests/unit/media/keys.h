#pragma once
// SRTP keys of a port and its party.

#include "base/srtp_key.h"
#include "media/stream.h"

namespace portico::media {

inline SrtpKeyPair keys(std::uint8_t seed, SrtpSuite suite = SrtpSuite::aes_cm_128_hmac_sha1_80) {
  return {
      .send = {.suite = suite, .master = Bytes(master_bytes(suite), seed)},
      .receive = {.suite = suite, .master = Bytes(master_bytes(suite), static_cast<std::uint8_t>(seed + 1))}};
}
inline StreamDescription secured(StreamDescription stream, const SrtpKeyPair& pair) {
  stream.send_key = pair.send;
  stream.receive_key = pair.receive;
  return stream;
}
inline SrtpKeyPair reversed(const SrtpKeyPair& pair) { return {.send = pair.receive, .receive = pair.send}; }

}  // namespace portico::media
