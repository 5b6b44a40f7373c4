#pragma once
// The call of `portico dial`: one coroutine that reads like the call. Owner: its loop's thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "async/inbox.h"
#include "async/task.h"
#include "medianode/media_node.h"
#include "medianode/sound_cache.h"
#include "net/io_loop.h"
#include "net/resolver.h"
#include "portico/dial.h"
#include "sdp/negotiation.h"
#include "signaling/locate.h"
#include "signaling/transport.h"
#include "sip/dialog/user_agent.h"

namespace portico::app {

class Dialer {
 public:
  // Where we call from.
  struct Here {
    IpAddress ip;
    medianode::MediaNode* media = nullptr;
  };
  struct Parts {
    net::IoLoop& loop;
    net::Resolver& resolver;
    std::function<Result<Here>(const Endpoint& target)> settle;  // on the way to `target`; asked once
  };
  // `sounds`: keys in the media node's cache, played one after another from the time that `options` says.
  Dialer(const DialOptions& options, const Parts& parts, std::vector<media::Sound> sounds,
         std::string record_path);
  ~Dialer();

  async::Task<> run();
  void hang_up();  // owner thread; the call ends by our BYE or CANCEL
  const DialReport& report() const { return report_; }

 private:
  struct Located {
    Result<std::vector<signaling::Hop>> hops;
  };
  struct Interrupted {};
  using Event = std::variant<sip::UserAgentEvent, media::Event, Located, Interrupted>;

  async::Task<std::optional<std::vector<signaling::Hop>>> find_hops();
  Result<void> open(const signaling::Hop& hop);  // binds the SIP socket
  async::Task<bool> open_media();
  async::Task<bool> place(const signaling::Hop& hop);  // false: this hop cannot be reached, try the next
  async::Task<> talk();
  async::Task<> wind_up();

  bool is_ours(const sip::UserAgentEvent& event) const;
  bool on_ringing_event(sip::UserAgentEvent& event);  // true: the INVITE has its final answer
  void answer_challenge(const sip::Challenged& challenged);
  void on_answered(const sip::Answered& answered);
  bool on_talking_event(Event& event);  // true: the call is over
  void on_recording_closed(const media::RecordingClosed& closed);
  void configure(const std::string& answer);
  void send(media::Command command);
  void act(const std::function<void(sip::UserAgent&, TimePoint, sip::Actions&)>& input);
  void carry_out(sip::Actions&& actions);
  void rearm();
  void trace(std::string_view direction, const sip::Flow& flow, std::string_view message) const;
  void on_wire(const sip::Flow& flow, sip::Parsed&& parsed);
  std::int64_t since_start() const;

  const DialOptions& options_;
  Parts parts_;
  Here here_;
  std::vector<media::Sound> sounds_;
  std::string record_path_;
  async::Inbox<Event> inbox_;
  async::Inbox<Event>::Sender sender_;
  sip::SystemRandomness randomness_;
  std::unique_ptr<sip::UserAgent> agent_;
  signaling::Transport transport_;
  async::TimerId timer_ = 0;
  TimePoint timer_at_ = kNever;
  sip::SessionId session_ = sip::SessionId::none;
  bool session_over_ = false;
  bool final_answer_ = false;
  bool unreachable_ = false;
  bool hung_up_here_ = false;
  unsigned challenges_ = 0;
  media::PortId port_ = 1;
  std::uint64_t media_seq_ = 0;
  bool port_open_ = false;
  bool recording_ = false;
  sdp::LocalMedia local_;
  std::string offer_;
  TimePoint started_{};
  TimePoint answered_at_{};
  DialReport report_;
};

}  // namespace portico::app
