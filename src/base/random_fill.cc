// Alone in its file, so that the simulation can link its own chance in its place (tests/sim/linked_time.h).

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "base/hash.h"

namespace portico {
namespace {

void draw(std::span<std::uint8_t> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
}

// Asking OpenSSL costs a microsecond whatever the size, and a call asks a dozen times: each thread draws
// ahead. A byte is wiped when it is handed out, so what was random once is found nowhere later.
class RandomAhead {
 public:
  void fill(std::span<std::uint8_t> out) {
    if (out.size() > left_) {
      draw(bytes_);
      left_ = bytes_.size();
    }
    const auto taken = std::span(bytes_).subspan(left_ - out.size(), out.size());
    left_ -= out.size();
    std::memcpy(out.data(), taken.data(), out.size());
    OPENSSL_cleanse(taken.data(), taken.size());
  }

 private:
  std::array<std::uint8_t, 1'024> bytes_{};
  std::size_t left_ = 0;
};

constexpr std::size_t kDrawnAheadMax = 64;  // more at a time, keys for example, comes from OpenSSL itself

}  // namespace

void random_fill(std::span<std::uint8_t> out) {
  thread_local RandomAhead ahead;
  if (out.empty()) return;
  if (out.size() > kDrawnAheadMax) return draw(out);
  ahead.fill(out);
}

}  // namespace portico
