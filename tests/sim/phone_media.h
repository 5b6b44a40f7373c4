#pragma once
// The audio side of a telephone: sends a packet each 20 ms to where the server's SDP says, presses keys, and
// notes what it hears.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rtp/event_sender.h"
#include "sim/network.h"

namespace portico::sim {

class PhoneMedia {
 public:
  PhoneMedia(async::Loop& loop, Network& network, const Endpoint& at, std::uint64_t seed);
  PhoneMedia(const PhoneMedia&) = delete;
  PhoneMedia& operator=(const PhoneMedia&) = delete;

  void talk_to(const std::string& sdp);  // from now on; a second one changes the address
  void stop() { talking_ = false; }

  // --- facts for the checkers ---
  struct Sound {
    std::int64_t packets = 0;
    std::int64_t audible = 0;  // of them: audio that is no silence
  };
  const Endpoint& address() const { return at_; }
  const std::optional<Endpoint>& talks_to() const { return to_; }  // what the answer named; null: none came
  TimePoint talks_since() const { return since_; }
  const std::string& pressed() const { return pressed_; }
  std::size_t pressed_until(TimePoint when) const;                   // how many
  const std::map<Endpoint, Sound>& heard() const { return heard_; }  // from where, whenever it came

 private:
  void on_packet(const Datagram& datagram);
  void send_next();
  void send(std::uint8_t payload_type, bool marker, std::uint32_t timestamp, const std::string& payload);

  async::Loop& loop_;
  Network& network_;
  const Endpoint at_;
  Luck luck_;
  std::optional<Endpoint> to_;
  TimePoint since_{};
  bool talking_ = false;
  bool running_ = false;
  std::uint16_t sequence_ = 65'500;  // wraps early
  std::uint32_t timestamp_ = 0xFFFF'0000;
  std::optional<rtp::EventSender> key_;
  std::string pressed_;
  std::vector<TimePoint> pressed_at_;  // each of them
  std::map<Endpoint, Sound> heard_;
};

}  // namespace portico::sim
