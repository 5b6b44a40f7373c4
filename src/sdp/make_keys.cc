#include "sdp/negotiation.h"

namespace portico::sdp {

std::vector<SrtpKey> make_keys(std::span<const SrtpSuite> suites, const RandomFill& fill) {
  std::vector<SrtpKey> keys;
  for (const auto suite : suites) {
    SrtpKey key{.suite = suite, .master = Bytes(master_bytes(suite))};
    fill(key.master);
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace portico::sdp
