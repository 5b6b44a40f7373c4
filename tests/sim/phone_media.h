#pragma once
// The audio side of a telephone: sends a packet each 20 ms to where the server's SDP says, and presses keys.

#include <array>
#include <optional>
#include <string>

#include "rtp/event_sender.h"
#include "sim/network.h"

namespace portico::sim {

class PhoneMedia {
 public:
  PhoneMedia(async::Loop& loop, Network& network, const Endpoint& at, std::uint64_t seed)
      : loop_(loop), network_(network), at_(at), luck_(seed) {}

  void talk_to(const std::string& sdp);  // from now on; a second one changes the address
  void stop() { talking_ = false; }

  const Endpoint& address() const { return at_; }
  const std::string& pressed() const { return pressed_; }

 private:
  void send_next();
  void send(std::uint8_t payload_type, bool marker, std::uint32_t timestamp, const std::string& payload);

  async::Loop& loop_;
  Network& network_;
  const Endpoint at_;
  Luck luck_;
  std::optional<Endpoint> to_;
  bool talking_ = false;
  bool running_ = false;
  std::uint16_t sequence_ = 65'500;  // wraps early
  std::uint32_t timestamp_ = 0xFFFF'0000;
  std::optional<rtp::EventSender> key_;
  std::string pressed_;
};

}  // namespace portico::sim
