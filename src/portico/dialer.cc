#include "portico/dialer.h"

#include <cstdio>
#include <iostream>

#include "base/hash.h"
#include "base/utf8.h"
#include "call/stream.h"
#include "portico/commands.h"
#include "sip/digest/answer.h"
#include "sip/digest/challenge.h"
#include "sip/message/headers.h"

namespace portico::app {
namespace {

constexpr auto kMediaWait = 5s;
constexpr auto kEndWait = 3s;       // for the answer to our BYE and the last words of media
constexpr auto kRingingMax = 180s;  // then we cancel
constexpr auto kCancelWait =
    32s;  // 64*T1: a cancelled INVITE without a final answer is over (RFC 3261 section 9.1)

std::int64_t ms_between(TimePoint from, TimePoint to) {
  return std::chrono::duration_cast<Millis>(to - from).count();
}

// Traces are shown to others: the proof of a password stays out of them.
std::string without_proof(std::string_view message) {
  std::string out(message);
  for (std::size_t at = out.find("response=\""); at != std::string::npos;
       at = out.find("response=\"", at + 10)) {
    const auto end = out.find('"', at + 10);
    if (end == std::string::npos) break;
    out.replace(at + 10, end - at - 10, "***");
  }
  return out;
}

// What the refusal says beside its status: Warning (RFC 3261 section 20.43) and Reason (RFC 3326).
std::string why_of(const sip::Message& refusal) {
  std::string out(refusal.value(sip::Header::warning));
  if (const auto reason = refusal.value(sip::Header::reason); !reason.empty()) {
    out.append(out.empty() ? "" : "; ").append(reason);
  }
  return mend_utf8(out);
}

}  // namespace

Dialer::Dialer(const DialOptions& options, const Parts& parts, std::vector<media::Sound> sounds,
               std::string record_path)
    : options_(options),
      parts_(parts),
      sounds_(std::move(sounds)),
      record_path_(std::move(record_path)),
      inbox_(parts.loop),
      sender_(inbox_.sender()),
      transport_(
          parts.loop,
          {.on_message = [this](const sip::Flow& flow,
                                sip::Parsed&& parsed) { on_wire(flow, std::move(parsed)); },
           .on_error =
               [this](const sip::Flow& flow) {
                 act([&](auto& agent, auto now, auto& out) { agent.on_transport_error(now, flow, out); });
               }}) {}

Dialer::~Dialer() = default;

// At one address for all hops: that on the way to the first.
Result<void> Dialer::open(const signaling::Hop& hop) {
  auto here = parts_.settle(hop.endpoint);
  if (!here) return fail(here.error());
  here_ = *here;
  // A self-signed certificate is what a deployment starts with: the caller chose the address himself.
  auto tls = net::TlsClient::make({.verify = false});
  if (!tls) return fail(tls.error());
  auto opened = transport_.open({.bind = here_.ip, .tls_client = *tls, .listen_streams = false});
  if (!opened) return opened;
  sip::UserAgentProfile profile;
  profile.advertised.fill(here_.ip.to_string() + ":" + std::to_string(transport_.sip_port()));
  agent_ = std::make_unique<sip::UserAgent>(profile, randomness_);
  return {};
}

async::Task<> Dialer::run() {
  const auto hops = co_await find_hops();
  if (!hops) co_return;
  const auto opened = open(hops->front());
  if (!opened) {
    report_.reason = opened.error().what;
    co_return;
  }
  const bool media = co_await open_media();
  if (!media) co_return;
  started_ = parts_.loop.now();
  for (const auto& hop : *hops) {
    const bool reached = co_await place(hop);
    if (reached || hung_up_here_) break;
  }
  if (report_.answered()) co_await talk();
  co_await wind_up();
}

async::Task<std::optional<std::vector<signaling::Hop>>> Dialer::find_hops() {
  signaling::locate(
      parts_.resolver, parts_.loop, options_.uri, {.transport = options_.transport}, random_u64,
      [to = sender_](Result<std::vector<signaling::Hop>> hops) { to.post(Located{std::move(hops)}); });
  while (true) {
    auto event = co_await inbox_.receive();
    if (std::holds_alternative<Interrupted>(*event)) co_return std::nullopt;
    auto* located = std::get_if<Located>(&*event);
    if (located == nullptr) continue;
    if (located->hops) co_return std::move(*located->hops);
    report_.reason = located->hops.error().what;
    co_return std::nullopt;
  }
}

async::Task<bool> Dialer::open_media() {
  here_.media->open({.port = port_, .group = port_, .signalling_source = here_.ip},
                    [to = sender_](media::Event event) { to.post(std::move(event)); });
  const auto deadline = parts_.loop.now() + kMediaWait;
  while (true) {
    auto event = co_await inbox_.receive(deadline);
    if (!event || std::holds_alternative<Interrupted>(*event)) break;
    const auto* from_media = std::get_if<media::Event>(&*event);
    if (from_media == nullptr) continue;
    if (const auto* ready = std::get_if<media::Ready>(from_media)) {
      local_.rtp = ready->local_rtp;
      local_.rtcp = ready->local_rtcp;
      port_open_ = true;
      co_return true;
    }
    if (const auto* lost = std::get_if<media::PortLost>(from_media)) report_.reason = lost->reason;
    break;
  }
  if (report_.reason.empty()) report_.reason = "no media port";
  co_return false;
}

async::Task<bool> Dialer::place(const signaling::Hop& hop) {
  local_.codecs = options_.codecs;
  local_.session_id = random_u64() >> 1;
  if (options_.srtp) {
    constexpr std::array kSuites{SrtpSuite::aead_aes_128_gcm, SrtpSuite::aes_cm_128_hmac_sha1_80};
    local_.keys = sdp::make_keys(kSuites, random_fill);
  }
  offer_ = sdp::make_offer(local_, {.srtp = options_.srtp ? sdp::SrtpMode::required : sdp::SrtpMode::off});
  const auto here = here_.ip.to_string();
  sip::OutgoingInvite invite;
  invite.target = options_.uri;
  invite.from = "<" + (options_.from.empty() ? "sip:dial@" + here : options_.from) + ">";
  invite.to = "<" + options_.uri + ">";
  invite.contact_user = "dial";
  invite.sdp = offer_;
  invite.flow = {.transport = hop.transport,
                 .local = {.ip = here_.ip, .port = transport_.sip_port()},
                 .remote = hop.endpoint};
  for (const auto& [name, value] : options_.headers) invite.headers.push_back({name, value});
  final_answer_ = unreachable_ = session_over_ = false;
  challenges_ = 0;  // each address asks for the password anew
  act([&](auto& agent, auto now, auto& out) {
    const auto session = agent.invite(now, std::move(invite), out);
    if (session) session_ = *session;
  });
  auto deadline = parts_.loop.now() + kRingingMax;
  while (!final_answer_) {
    auto event = co_await inbox_.receive(deadline);
    if (!event) {
      if (hung_up_here_) {  // not even the CANCEL brought an answer
        report_.status = 408;
        report_.reason = "no final answer";
        break;
      }
      hang_up();
      deadline = parts_.loop.now() + kCancelWait;
      continue;
    }
    if (std::holds_alternative<Interrupted>(*event)) {
      deadline = std::min(deadline, parts_.loop.now() + kCancelWait);
    } else if (auto* sip = std::get_if<sip::UserAgentEvent>(&*event); sip != nullptr && is_ours(*sip)) {
      final_answer_ = on_ringing_event(*sip);
    }
  }
  co_return !unreachable_;
}

// The last words of a try at an earlier address are not about this one.
bool Dialer::is_ours(const sip::UserAgentEvent& event) const {
  return std::visit(
      [this](const auto& e) {
        if constexpr (requires { e.session; }) {
          return e.session == session_;
        } else {
          return false;
        }
      },
      event);
}

bool Dialer::on_ringing_event(sip::UserAgentEvent& event) {
  if (const auto* progress = std::get_if<sip::Progress>(&event)) {
    if (progress->status >= 180 && !report_.ring_ms) report_.ring_ms = since_start();
    return false;
  }
  if (const auto* challenged = std::get_if<sip::Challenged>(&event)) {
    report_.challenged = true;
    answer_challenge(*challenged);
    return false;
  }
  if (const auto* answered = std::get_if<sip::Answered>(&event)) {
    on_answered(*answered);
    return true;
  }
  if (const auto* failed = std::get_if<sip::Failed>(&event)) {
    report_.status = failed->status;
    report_.reason = failed->reason;
    report_.why = failed->response ? why_of(*failed->response) : std::string();
    // No answer of the peer itself: the next address may do better (RFC 3263 section 4.3).
    unreachable_ = !failed->response || failed->status == 503;
    return true;
  }
  if (std::holds_alternative<sip::Terminated>(event)) {
    session_over_ = true;
    return true;
  }
  return false;
}

void Dialer::answer_challenge(const sip::Challenged& challenged) {
  const bool proxy = challenged.response.status() == 407;
  const auto header = proxy ? sip::Header::proxy_authenticate : sip::Header::www_authenticate;
  const auto challenge = sip::choose_challenge(challenged.response, header);
  // A second challenge that is not stale means that the password is wrong.
  const bool again = ++challenges_ > 1 && !(challenge && challenge->stale);
  if (!challenge || again || challenges_ > 3 || options_.password.empty()) {
    act([&](auto& agent, auto now, auto& out) { (void)agent.abandon(now, challenged.session, out); });
    return;
  }
  const auto uri = sip::parse_uri(options_.uri);
  const std::string username = !options_.username.empty() ? options_.username
                               : uri                      ? std::string(uri->user)
                                                          : std::string();
  const auto cnonce = random_hex(16);
  const auto value =
      sip::answer_challenge(*challenge, {.username = username, .password = options_.password},
                            {.method = challenged.method, .uri = options_.uri, .nc = 1, .cnonce = cnonce});
  act([&](auto& agent, auto now, auto& out) {
    (void)agent.retry_with(now, challenged.session,
                           {{proxy ? "Proxy-Authorization" : "Authorization", value}}, out);
  });
}

void Dialer::on_answered(const sip::Answered& answered) {
  report_.status = answered.response.status();
  report_.reason = std::string(answered.response.reason());
  answered_at_ = parts_.loop.now();
  report_.answer_ms = since_start();
  configure(answered.sdp);
}

void Dialer::configure(const std::string& answer) {
  const auto negotiated = sdp::apply_answer(
      offer_, answer, {.srtp = options_.srtp ? sdp::SrtpMode::required : sdp::SrtpMode::off});
  if (!negotiated) {
    report_.reason = "the answer cannot be used: " + negotiated.error().error.what;
    hang_up();
    return;
  }
  report_.codec = std::string(codec_name(negotiated->audio.codec));
  send(media::Configure{.stream = call::stream_of(*negotiated, negotiated->remote_rtp.ip)});
  // Recorded in any case: the first sound is found in it.
  recording_ = true;
  send(media::Record{.record = "dial", .path = record_path_, .sides = media::RecordSides::received});
}

async::Task<> Dialer::talk() {
  const auto end_at = options_.duration ? answered_at_ + *options_.duration : kNever;
  auto digits_at =
      options_.digits.empty() ? kNever : answered_at_ + options_.digits_after.value_or(Millis(1000));
  auto sound_at = sounds_.empty() ? kNever : answered_at_ + options_.sound_after;
  while (true) {
    auto event = co_await inbox_.receive(std::min({end_at, digits_at, sound_at}));
    if (event) {
      if (std::holds_alternative<Interrupted>(*event) || on_talking_event(*event)) break;
      continue;
    }
    if (parts_.loop.now() >= sound_at) {
      sound_at = kNever;
      send(media::Play{.play = 1, .sounds = sounds_});
    }
    if (parts_.loop.now() >= digits_at) {
      digits_at = kNever;
      send(media::SendDigits{
          .digits = options_.digits, .tone_duration = Millis(120), .tone_interval = Millis(120)});
    }
    if (parts_.loop.now() >= end_at) break;
  }
  report_.duration_ms = ms_between(answered_at_, parts_.loop.now());
  if (report_.hangup_by.empty()) {
    report_.hangup_by = "local";
    hang_up();
  }
}

bool Dialer::on_talking_event(Event& event) {
  if (const auto* from_media = std::get_if<media::Event>(&event)) {
    if (const auto* digit = std::get_if<media::Digit>(from_media)) report_.digits_received += digit->digit;
    if (const auto* closed = std::get_if<media::RecordingClosed>(from_media)) on_recording_closed(*closed);
    return false;
  }
  auto* sip = std::get_if<sip::UserAgentEvent>(&event);
  if (sip == nullptr) return false;
  if (const auto* bye = std::get_if<sip::PeerBye>(sip)) {
    report_.hangup_by = "remote";
    report_.why = mend_utf8(bye->reason);
    return true;
  }
  if (std::holds_alternative<sip::Terminated>(*sip)) {
    session_over_ = true;
    if (report_.hangup_by.empty()) report_.hangup_by = "remote";
    return true;
  }
  if (std::holds_alternative<sip::SessionExpired>(*sip)) return true;
  if (const auto* offer = std::get_if<sip::Offer>(&*sip)) {
    // Nothing in a test call makes a changed session worth following.
    const auto session = offer->session;
    act([&](auto& agent, auto now, auto& out) {
      (void)agent.refuse_offer(now, session, {.status = 488}, out);
    });
  }
  return false;
}

void Dialer::on_recording_closed(const media::RecordingClosed& closed) {
  recording_ = false;
  if (closed.end == media::RecordEnd::error && !options_.record_file.empty())
    complain(1, options_.record_file + " is not whole: " + closed.reason);
}

async::Task<> Dialer::wind_up() {
  if (!port_open_) co_return;
  send(media::Close{});
  const auto deadline = parts_.loop.now() + kEndWait;
  bool quality = false;
  while (!(quality && !recording_ && (session_over_ || session_ == sip::SessionId::none))) {
    auto event = co_await inbox_.receive(deadline);
    if (!event) break;
    if (auto* sip = std::get_if<sip::UserAgentEvent>(&*event)) {
      session_over_ = session_over_ || std::holds_alternative<sip::Terminated>(*sip);
      continue;
    }
    const auto* from_media = std::get_if<media::Event>(&*event);
    if (from_media == nullptr) continue;
    if (const auto* closed = std::get_if<media::RecordingClosed>(from_media)) on_recording_closed(*closed);
    if (const auto* q = std::get_if<media::Quality>(from_media); q != nullptr && q->final) {
      quality = true;
      report_.rtp_sent = q->packets_sent;
      report_.rtp_received = q->packets_received;
      report_.rtp_lost = q->packets_lost;
      report_.rtp_jitter_ms = q->jitter.count();
    }
  }
}

void Dialer::hang_up() {
  hung_up_here_ = true;
  sender_.post(Interrupted{});
  if (session_ == sip::SessionId::none || session_over_) return;
  act([&](auto& agent, auto now, auto& out) { (void)agent.bye(now, session_, {}, out); });
}

void Dialer::send(media::Command command) {
  std::visit(
      [&](auto& c) {
        c.port = port_;
        c.seq = ++media_seq_;
      },
      command);
  here_.media->send(std::move(command));
}

void Dialer::act(const std::function<void(sip::UserAgent&, TimePoint, sip::Actions&)>& input) {
  sip::Actions out;
  input(*agent_, parts_.loop.now(), out);
  carry_out(std::move(out));
}

void Dialer::on_wire(const sip::Flow& flow, sip::Parsed&& parsed) {
  if (!parsed.ok()) return;
  trace("<-", flow, parsed.message.text());
  act([&](auto& agent, auto now, auto& out) { agent.on_message(now, flow, std::move(parsed.message), out); });
}

void Dialer::carry_out(sip::Actions&& actions) {
  for (const auto& one : actions.sends) {
    trace("->", one.flow, one.bytes);
    transport_.send(one.flow, one.bytes);
  }
  for (auto& event : actions.events) {
    if (auto* request = std::get_if<sip::NewRequest>(&event)) {
      const auto answer = agent_->reply(*request, {.status = request->fault != 0 ? request->fault : 480,
                                                   .headers = request->fault_headers});
      transport_.send(answer.flow, answer.bytes);
      continue;
    }
    sender_.post(std::move(event));
  }
  rearm();
}

void Dialer::rearm() {
  const auto next = agent_->next_deadline();
  if (next >= timer_at_) return;
  if (timer_ != 0) parts_.loop.cancel(timer_);
  timer_at_ = next;
  timer_ = parts_.loop.call_at(next, [this] {
    timer_ = 0;
    timer_at_ = kNever;
    act([](auto& agent, auto now, auto& out) { agent.on_time(now, out); });
  });
}

void Dialer::trace(std::string_view direction, const sip::Flow& flow, std::string_view message) const {
  if (!options_.trace) return;
  std::cerr << to_iso8601(parts_.loop.wall()) << " " << direction << " " << sip::via_name(flow.transport)
            << " " << flow.remote.to_string() << "\n"
            << without_proof(message) << "\n";
}

std::int64_t Dialer::since_start() const { return ms_between(started_, parts_.loop.now()); }

}  // namespace portico::app
