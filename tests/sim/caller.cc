#include "sim/caller.h"

#include <utility>

#include "sim/server.h"
#include "sip/digest/answer.h"
#include "sip/message/parse.h"

namespace portico::sim {
namespace {

constexpr int kLoginsMax = 6;  // one more than lock out
constexpr const char* kDirections[] = {"sendrecv", "sendonly", "inactive", "recvonly"};

Endpoint media_address(const Endpoint& at) {
  return {.ip = at.ip, .port = static_cast<std::uint16_t>(10'000 + 2 * (at.port % 1'000))};
}

}  // namespace

Caller::Caller(async::Loop& loop, Network& network, Habit habit, const Line& line, std::uint64_t seed)
    : loop_(loop),
      network_(network),
      habit_(habit),
      at_(line.at),
      connection_(line.connection),
      sound_(line.sound),
      random_(seed),
      luck_(seed + 1),
      agent_({}, random_),
      media_(loop, network, media_address(line.at), seed + 2) {
  const std::string user = habit == Habit::unknown ? "00000000-0000-4000-8000-000000000000" : kUser;
  target_ = "sip:" + user + "@" + kDomain;
  call_id_ = "call-" + std::to_string(at_.port) + "-" + std::to_string(seed) + "@phone";
  network_.attach(
      at_,
      [this](const Datagram& datagram) {
        datagram.connection == 0 ? on_datagram(datagram) : on_piece(datagram);
      },
      [this](std::uint64_t, const Endpoint&) { on_broken(); });
}

sip::Flow Caller::flow() const {
  return {.transport = connection_ == 0 ? sip::Transport::udp : sip::Transport::tcp,
          .connection = connection_,
          .local = at_,
          .remote = Server::address()};
}

// The first is a plain one; later ones, of re-INVITEs and UPDATEs, may put the call on hold or take it back.
std::string Caller::sdp() {
  const auto* direction = descriptions_ == 0 ? "sendrecv" : kDirections[luck_.below(4)];
  const auto version = std::to_string(++descriptions_);
  const auto ip = at_.ip.to_string();
  return "v=0\r\no=- 1 " + version + " IN IP4 " + ip + "\r\ns=-\r\nc=IN IP4 " + ip + "\r\nt=0 0\r\nm=audio " +
         std::to_string(media_.address().port) + " RTP/AVP " + (luck_.one_in(4) ? "8 0" : "0") +
         " 101\r\na=rtpmap:101 telephone-event/8000\r\na=" + direction + "\r\n";
}

template <typename Input>
void Caller::act(Input&& input) {
  if (vanished_) return;
  sip::Actions out;
  (void)input(loop_.now(), out);  // an input that no longer fits: the call has moved on meanwhile
  carry_out(std::move(out));
}

template <typename Input>
void Caller::act_after(Millis delay, Input input) {
  loop_.call_at(loop_.now() + delay, [this, input]() { act(input); });
}

void Caller::dial() {
  sip::Actions out;
  const auto session = agent_.invite(loop_.now(),
                                     {.target = target_,
                                      .from = "<sip:phone@phones.example>",
                                      .to = "<" + target_ + ">",
                                      .call_id = call_id_,
                                      .sdp = habit_ == Habit::offers_late ? "" : sdp(),
                                      .flow = flow()},
                                     out);
  if (session) session_ = *session;
  carry_out(std::move(out));
  // A ringing call whose server has died rings on until its caller has had enough.
  act_after(150s, [this](TimePoint now, sip::Actions& o) {
    return outcomes_ == 0 && ends_ == 0 ? agent_.cancel(now, session_, "", o) : Result<void>();
  });
  if (habit_ == Habit::cancels) {
    act_after(luck_.up_to(3s), [this](TimePoint now, sip::Actions& o) {
      return answered_ ? agent_.bye(now, session_, "", o) : agent_.cancel(now, session_, "", o);
    });
  }
}

void Caller::on_datagram(const Datagram& datagram) { on_message(sip::parse_datagram(datagram.bytes)); }

void Caller::on_piece(const Datagram& piece) {
  framer_.push(piece.bytes);
  while (true) {
    auto frame = framer_.pop();
    if (frame.kind == sip::Frame::Kind::none || frame.kind == sip::Frame::Kind::broken) return;
    if (frame.kind == sip::Frame::Kind::message) on_message(std::move(frame.parsed));
  }
}

void Caller::on_broken() {
  act([this](TimePoint now, sip::Actions& out) {
    agent_.on_transport_error(now, flow(), out);
    return Result<void>();
  });
}

void Caller::on_message(sip::Parsed&& parsed) {
  if (!parsed.ok()) return;
  sip::Actions out;
  agent_.on_message(loop_.now(), flow(), std::move(parsed.message), out);
  carry_out(std::move(out));
}

void Caller::carry_out(sip::Actions&& actions) {
  for (auto& one : actions.sends) send(one);
  for (auto& event : actions.events) dispatch(event);
  rearm();
}

void Caller::send(sip::Send& one) {
  if (habit_ == Habit::never_acks && one.bytes.starts_with("ACK ")) return;
  if (habit_ == Habit::out_of_hops && one.bytes.starts_with("INVITE ")) {
    constexpr std::string_view kHops = "Max-Forwards: 70";
    one.bytes.replace(one.bytes.find(kHops), kHops.size(), "Max-Forwards: 0");
  }
  network_.send(
      {.from = at_, .to = one.flow.remote, .bytes = std::move(one.bytes), .connection = connection_});
}

void Caller::rearm() {
  if (timer_ != 0) loop_.cancel(timer_);
  timer_ = 0;
  const auto next = agent_.next_deadline();
  if (next == kNever || vanished_) return;
  timer_ = loop_.call_at(next, [this] {
    timer_ = 0;
    act([this](TimePoint now, sip::Actions& out) {
      agent_.on_time(now, out);
      return Result<void>();
    });
  });
}

void Caller::dispatch(sip::UserAgentEvent& event) {
  if (const auto* e = std::get_if<sip::Challenged>(&event)) on_challenge(*e);
  if (const auto* e = std::get_if<sip::Answered>(&event)) on_answer(*e);
  if (std::holds_alternative<sip::Failed>(event)) ++outcomes_;
  if (std::holds_alternative<sip::Terminated>(event)) {
    ++ends_;
    media_.stop();
  }
  if (const auto* e = std::get_if<sip::Offer>(&event)) {
    act([&](TimePoint now, sip::Actions& out) { return agent_.answer_offer(now, e->session, sdp(), out); });
  }
  if (const auto* e = std::get_if<sip::PeerRequest>(&event)) {
    act([&](TimePoint now, sip::Actions& out) {
      return agent_.respond(now, e->session, e->request, {.status = 405}, out);
    });
  }
  if (const auto* e = std::get_if<sip::SessionExpired>(&event)) {
    act([&](TimePoint now, sip::Actions& out) { return agent_.bye(now, e->session, "", out); });
  }
}

void Caller::on_challenge(const sip::Challenged& challenged) {
  const auto challenge = sip::choose_challenge(challenged.response, sip::Header::proxy_authenticate);
  if (!challenge || ++logins_ > kLoginsMax) {
    act([&](TimePoint now, sip::Actions& out) { return agent_.abandon(now, challenged.session, out); });
    return;
  }
  const auto cnonce = sip::random_token(random_, 16);
  const sip::Login login{.username = kUser, .password = habit_ == Habit::guesses ? "a guess" : kPassword};
  const auto value = sip::answer_challenge(
      *challenge, login, {.method = challenged.method, .uri = target_, .nc = 1, .cnonce = cnonce});
  act([&](TimePoint now, sip::Actions& out) {
    return agent_.retry_with(now, challenged.session, {{"Proxy-Authorization", value}}, out);
  });
}

void Caller::on_answer(const sip::Answered& answer) {
  ++outcomes_;
  answered_ = true;
  if (sound_) media_.talk_to(answer.sdp);
  if (answer.needs_answer) {
    act([&](TimePoint now, sip::Actions& out) { return agent_.answer_offer(now, session_, sdp(), out); });
  }
  const auto bye = [this](TimePoint now, sip::Actions& out) { return agent_.bye(now, session_, "", out); };
  if (habit_ == Habit::vanishes) {
    loop_.call_at(loop_.now() + luck_.up_to(10s), [this] { vanish(); });
    return;
  }
  if (habit_ == Habit::loses_line && connection_ != 0) {
    loop_.call_at(loop_.now() + luck_.up_to(10s), [this] { network_.break_stream(connection_); });
  }
  if (habit_ == Habit::changes_media) change_media();
  act_after(
      habit_ == Habit::hangs_up_early || habit_ == Habit::cancels ? luck_.up_to(50ms) : luck_.up_to(60s),
      bye);
}

void Caller::change_media() {
  for (int i = 0; i < 3; ++i) {
    act_after(luck_.up_to(15s), [this](TimePoint now, sip::Actions& out) {
      return luck_.one_in(3) ? agent_.update(now, session_, sdp(), out)
                             : agent_.reinvite(now, session_, luck_.one_in(4) ? "" : sdp(), out);
    });
    act_after(luck_.up_to(15s), [this](TimePoint now, sip::Actions& out) -> Result<void> {
      sip::OutgoingRequest info{
          .method = "INFO", .body = {.type = "application/dtmf-relay", .bytes = "Signal=5\r\nDuration=160"}};
      const auto sent = agent_.send_request(now, session_, std::move(info), out);
      return sent ? Result<void>() : fail(sent.error());
    });
  }
}

void Caller::vanish() {
  vanished_ = true;
  media_.stop();
  network_.detach(at_);
  if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
}

}  // namespace portico::sim
