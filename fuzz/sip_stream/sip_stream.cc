// room: sip
// A byte stream, cut in two ways: whole, and in pieces whose sizes the input chooses. Both must see the same
// frames.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "sip/message/stream_framer.h"

namespace {

using portico::sip::Frame;
using portico::sip::StreamFramer;

struct Seen {
  Frame::Kind kind;
  bool faulty;
  std::string text;
  friend bool operator==(const Seen&, const Seen&) = default;
};

bool drain(StreamFramer& framer, std::vector<Seen>& seen) {
  while (true) {
    auto frame = framer.pop();
    if (frame.kind == Frame::Kind::none) return true;
    // What is kept of a broken message depends on how much had come.
    const bool broken = frame.kind == Frame::Kind::broken;
    seen.push_back({.kind = frame.kind,
                    .faulty = !frame.parsed.ok(),
                    .text = broken ? std::string{} : std::string(frame.parsed.message.text())});
    if (broken) return false;
  }
}

std::vector<Seen> run(std::string_view stream, std::string_view sizes) {
  StreamFramer framer;
  std::vector<Seen> seen;
  std::size_t turn = 0;
  while (!stream.empty()) {
    const auto wanted =
        sizes.empty() ? stream.size() : static_cast<unsigned char>(sizes[turn++ % sizes.size()]) + 1U;
    const auto piece = stream.substr(0, std::min<std::size_t>(stream.size(), wanted));
    stream.remove_prefix(piece.size());
    framer.push(piece);
    if (!drain(framer, seen)) break;
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const auto head = std::min<std::size_t>(input.size(), 1 + bytes[0] % 8U);
  const auto stream = input.substr(head);
  if (run(stream, {}) != run(stream, input.substr(0, head))) std::abort();
  return 0;
}
