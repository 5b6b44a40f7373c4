#include "calls/caller.h"

#include <sstream>

#include "sip/digest/answer.h"
#include "sip/message/parse.h"

namespace portico::calls {
namespace {

constexpr const char* kSdp =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

std::string name_of(const sip::UserAgentEvent& event) {
  return std::visit(
      Overloaded{
          [](const sip::Progress& e) { return "progress " + std::to_string(e.status); },
          [](const sip::Answered&) { return std::string("answered"); },
          [](const sip::Challenged&) { return std::string("challenged"); },
          [](const sip::Failed& e) { return "failed " + std::to_string(e.status); },
          [](const sip::Offer& e) { return "offer " + e.method; },
          [](const sip::OfferWithdrawn&) { return std::string("offer-withdrawn"); },
          [](const sip::OfferAnswered&) { return std::string("offer-answered"); },
          [](const sip::OfferRefused& e) { return "offer-refused " + std::to_string(e.status); },
          [](const sip::Acked&) { return std::string("acked"); },
          [](const sip::AckTimeout&) { return std::string("ack-timeout"); },
          [](const sip::PeerBye&) { return std::string("bye"); },
          [](const sip::SessionExpired&) { return std::string("expired"); },
          [](const sip::Terminated&) { return std::string("terminated"); },
          [](const auto&) { return std::string("other"); },
      },
      event);
}

}  // namespace

Caller::Caller(async::Loop& loop, sim::Network& network, const Endpoint& at)
    : loop_(loop), network_(network), at_(at), agent_({}, random_) {
  network_.attach(at_, [this](const sim::Datagram& datagram) { on_datagram(datagram); });
}

void Caller::on_datagram(const sim::Datagram& datagram) {
  auto parsed = sip::parse_datagram(datagram.bytes);
  const sip::Flow flow{.local = at_, .remote = datagram.from};
  run([&](TimePoint now, sip::Actions& out) {
    agent_.on_message(now, flow, std::move(parsed.message), out);
    return Result<void>();
  });
}

template <typename Input>
void Caller::run(Input&& input) {
  sip::Actions out;
  const auto result = input(loop_.now(), out);
  if (!result) told_.push_back("not possible: " + result.error().what);
  for (const auto& send : out.sends)
    network_.send({.from = at_, .to = send.flow.remote, .bytes = send.bytes});
  for (const auto& event : out.events) take(event);
  rearm();
}

void Caller::take(const sip::UserAgentEvent& event) {
  told_.push_back(name_of(event));
  owe(event);
}

// What the owner of a stack has to do when it is told this.
void Caller::owe(const sip::UserAgentEvent& event) {
  const auto answer = [&](sip::SessionId id) {
    run([&](TimePoint now, sip::Actions& out) { return agent_.answer_offer(now, id, kSdp, out); });
  };
  const auto bye = [&](sip::SessionId id) {
    run([&](TimePoint now, sip::Actions& out) { return agent_.bye(now, id, {}, out); });
  };
  std::visit(Overloaded{
                 [&](const sip::Progress& e) {
                   if (e.needs_answer) answer(e.session);
                 },
                 [&](const sip::Answered& e) {
                   if (e.needs_answer) answer(e.session);
                 },
                 [&](const sip::Offer& e) { answer(e.session); },
                 [&](const sip::AckTimeout& e) { bye(e.session); },
                 [&](const sip::SessionExpired& e) { bye(e.session); },
                 [&](const sip::Challenged& e) {
                   const auto challenge = sip::choose_challenge(e.response, sip::Header::proxy_authenticate);
                   if (!challenge) return;
                   const auto line = sip::answer_challenge(
                       *challenge, {.username = "portico", .password = "secret"},
                       {.method = e.method, .uri = "sip:phone@phones.example", .nc = 1, .cnonce = "c"});
                   run([&](TimePoint now, sip::Actions& out) {
                     return agent_.retry_with(now, e.session, {{"Proxy-Authorization", line}}, out);
                   });
                 },
                 [](const auto&) {},
             },
             event);
}

void Caller::act(const std::string& what) {
  std::istringstream words(what);
  std::string verb, address;
  words >> verb >> address;
  run([&](TimePoint now, sip::Actions& out) -> Result<void> {
    if (verb == "CANCEL") return agent_.cancel(now, session_, {}, out);
    if (verb == "BYE") return agent_.bye(now, session_, {}, out);
    if (verb == "re-INVITE") return agent_.reinvite(now, session_, kSdp, out);
    if (verb == "UPDATE") return agent_.update(now, session_, kSdp, out);
    const auto ip = parse_ip(address);
    if (verb != "INVITE" || !ip) return fail(Code::invalid, "portico cannot do that");
    const sip::Flow flow{.local = at_, .remote = {.ip = *ip, .port = 5060}};
    std::string sdp, word;
    if (!(words >> word) || word != "sdp=none") sdp = kSdp;
    const auto made = agent_.invite(now,
                                    {.target = "sip:phone@phones.example",
                                     .from = "<sip:portico@192.0.2.1>",
                                     .to = "<sip:phone@phones.example>",
                                     .sdp = std::move(sdp),
                                     .flow = flow},
                                    out);
    if (!made) return fail(made.error());
    session_ = *made;
    return {};
  });
}

std::vector<std::string> Caller::take_told() { return std::exchange(told_, {}); }

void Caller::rearm() {
  const auto next = agent_.next_deadline();
  if (next >= timer_at_) return;
  if (timer_ != 0) loop_.cancel(timer_);
  timer_at_ = next;
  timer_ = loop_.call_at(next, [this] {
    timer_ = 0;
    timer_at_ = kNever;
    run([this](TimePoint now, sip::Actions& out) {
      agent_.on_time(now, out);
      return Result<void>();
    });
  });
}

}  // namespace portico::calls
