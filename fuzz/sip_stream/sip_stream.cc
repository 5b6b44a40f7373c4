// room: sip
// A byte stream, cut in two ways: whole, and in pieces whose sizes the input chooses. Both must see the same
// frames, and the frames must be the stream: no byte is lost, none comes twice, each message has the body
// that its Content-Length promises.
//
// The first byte says how many sizes there are, itself among them (its low three bits and one), and whether
// each '~' of the stream stands for 4 kB (its highest bit): what is too large is reached from small inputs.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "sip/message/headers.h"
#include "sip/message/stream_framer.h"

namespace {

using namespace portico;  // NOLINT: a program of its own
using namespace portico::sip;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Seen {
  Frame::Kind kind;
  bool faulty;
  std::string text;
  friend bool operator==(const Seen&, const Seen&) = default;
};

// What a framer of one message makes of the front of `bytes`.
bool begins_with_message(std::string_view bytes) {
  const auto parsed = parse_datagram(std::string(bytes.substr(0, limits::kSipMessageBytesMax)));
  return parsed.ok() && parsed.message.count(Header::content_length) == 1;
}

// The parser puts blanks where folds and stray line ends were.
bool is_reading_of(std::string_view text, std::string_view bytes) {
  const auto same = [](char t, char b) { return t == b || (t == ' ' && (b == '\r' || b == '\n')); };
  return std::ranges::equal(text, bytes, same);
}

class Run {
 public:
  explicit Run(std::string_view stream) : stream_(stream) {}

  std::vector<Seen> in_pieces(std::string_view sizes) {
    for (std::size_t turn = 0; pushed_ < stream_.size(); ++turn) {
      const auto size =
          sizes.empty() ? stream_.size() : static_cast<unsigned char>(sizes[turn % sizes.size()]) + 1U;
      const auto piece = stream_.substr(pushed_, size);
      pushed_ += piece.size();
      framer_.push(piece);
      if (!drain()) return std::move(seen_);
    }
    require(!begins_with_message(stream_.substr(begin())));
    return std::move(seen_);
  }

 private:
  // What the framer holds of no frame yet. One line end before a message says nothing, two are a ping.
  std::string_view held() const { return stream_.substr(at_, pushed_ - at_); }
  std::size_t begin() const { return at_ + (held().starts_with("\r\n") ? 2 : 0); }
  std::string_view pending() const { return stream_.substr(begin(), pushed_ - begin()); }

  // False: the stream is lost.
  bool drain() {
    while (true) {
      const auto frame = framer_.pop();
      require(framer_.broken() == (frame.kind == Frame::Kind::broken));
      switch (frame.kind) {
        case Frame::Kind::none:
          require(framer_.mid_message() == !pending().empty());
          return true;
        case Frame::Kind::ping:
          require(held().starts_with("\r\n\r\n"));
          at_ += 4;
          break;
        case Frame::Kind::message:
          on_message(frame.parsed);
          break;
        case Frame::Kind::broken:
          on_broken(frame.parsed);
          return false;
      }
      const bool faulty = !frame.parsed.ok();
      seen_.push_back({frame.kind, faulty, std::string(frame.parsed.message.text())});
    }
  }
  void on_message(const Parsed& parsed) {
    const auto& message = parsed.message;
    require(is_reading_of(message.text(), pending().substr(0, message.text().size())));
    at_ = begin() + message.text().size();
    require(parsed.ok() || !parsed.fault->what.starts_with("Content-Length"));
    if (!parsed.ok()) return;
    const auto length = read_number(message, Header::content_length);
    require(message.count(Header::content_length) == 1 && length && *length == message.body().size());
  }
  void on_broken(const Parsed& parsed) {
    const std::string front(pending().substr(0, limits::kSipMessageBytesMax));
    require(!parsed.ok() && parsed.message.text() == parse_datagram(front).message.text());
    require(!begins_with_message(stream_.substr(begin())));
    require(!framer_.mid_message());
    framer_.push(stream_);
    require(framer_.pop().kind == Frame::Kind::broken);
    // What is kept of a broken message depends on how much had come.
    seen_.push_back({Frame::Kind::broken, true, {}});
  }

  std::string_view stream_;
  StreamFramer framer_;
  std::size_t pushed_ = 0;
  std::size_t at_ = 0;  // first byte that belongs to no frame yet
  std::vector<Seen> seen_;
};

std::string swollen(std::string_view text) {
  constexpr std::size_t kBytesMax = 200'000;
  std::string out;
  for (const char c : text) {
    if (out.size() >= kBytesMax) break;
    out.append(c == '~' ? 4'096 : 1, c);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  const auto head = std::min<std::size_t>(input.size(), 1 + bytes[0] % 8U);
  const auto stream = (bytes[0] & 0x80U) == 0 ? std::string(input.substr(head)) : swollen(input.substr(head));
  require(Run(stream).in_pieces({}) == Run(stream).in_pieces(input.substr(0, head)));
  return 0;
}
