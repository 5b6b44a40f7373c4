#pragma once
// A telephone: a real user agent that calls the server once and behaves as its habit says.

#include <string>

#include "sim/network.h"
#include "sim/phone_media.h"
#include "sim/ports.h"
#include "sip/dialog/user_agent.h"
#include "sip/message/stream_framer.h"

namespace portico::sim {

enum class Habit : unsigned char {
  talks,           // hangs up after a while, or the server does
  cancels,         // loses patience before the answer
  hangs_up_early,  // BYE right after the answer
  guesses,         // wrong password, several times
  unknown,         // calls nobody
  never_acks,      // its ACKs do not leave
  changes_media,   // re-INVITEs and UPDATEs, on hold and back, and INFO digits
  offers_late,     // no SDP in the INVITE
  vanishes,        // loses power during the call
  loses_line,      // its connection breaks during the call
  out_of_hops,     // its INVITEs arrive with Max-Forwards 0
};
inline constexpr std::uint32_t kHabits = 11;

class Caller {
 public:
  struct Line {
    Endpoint at;
    std::uint64_t connection = 0;  // 0: by UDP, else the number of its stream to the server
    bool sound = false;            // sends RTP
  };
  Caller(async::Loop& loop, Network& network, Habit habit, const Line& line, std::uint64_t seed);
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  void dial();

  // --- facts for the checkers ---
  Habit habit() const { return habit_; }
  const std::string& call_id() const { return call_id_; }
  int outcomes() const { return outcomes_; }  // Answered or Failed: final results of the one INVITE
  bool answered() const { return answered_; }
  int ends() const { return ends_; }  // Terminated
  bool vanished() const { return vanished_; }
  bool steady() const { return descriptions_ <= 1; }  // its SDP, a plain one, is the only one
  const PhoneMedia& media() const { return media_; }
  std::size_t left_behind() const { return agent_.sessions() + agent_.transactions(); }

 private:
  sip::Flow flow() const;
  void on_datagram(const Datagram& datagram);
  void on_piece(const Datagram& piece);
  void on_broken();
  void on_message(sip::Parsed&& parsed);
  void carry_out(sip::Actions&& actions);
  void send(sip::Send& one);
  void dispatch(sip::UserAgentEvent& event);
  void on_challenge(const sip::Challenged& challenge);
  void on_answer(const sip::Answered& answer);
  void change_media();
  std::string sdp();
  void vanish();
  void rearm();
  template <typename Input>
  void act(Input&& input);
  template <typename Input>
  void act_after(Millis delay, Input input);

  async::Loop& loop_;
  Network& network_;
  const Habit habit_;
  const Endpoint at_;
  const std::uint64_t connection_;
  const bool sound_;
  sip::SeededRandomness random_;
  Luck luck_;
  sip::UserAgent agent_;
  PhoneMedia media_;
  sip::StreamFramer framer_;
  std::string call_id_;
  std::string target_;
  sip::SessionId session_ = sip::SessionId::none;
  async::TimerId timer_ = 0;
  int descriptions_ = 0;
  int logins_ = 0;
  int outcomes_ = 0;
  int ends_ = 0;
  bool answered_ = false;
  bool vanished_ = false;
};

}  // namespace portico::sim
