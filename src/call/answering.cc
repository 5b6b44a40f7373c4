// The call's SIP and SDP side: answering, and changes that the peer asks for later (RFC 3264).

#include <utility>

#include "base/hash.h"
#include "base/log.h"
#include "call/call.h"
#include "call/srtp_suites.h"
#include "call/stream.h"
#include "sdp/session_description.h"

namespace portico::call {
namespace {

constexpr auto kPortWait = 5s;

// Where the offer says that its audio will come from; nothing when it says so in no usable way.
std::optional<Endpoint> offered_rtp(std::string_view offer) {
  const auto description = sdp::parse(offer);
  if (!description) return std::nullopt;
  for (const auto& media : description->media) {
    if (media.type != "audio" || media.port == 0) continue;
    const auto& connection = media.connection ? media.connection : description->connection;
    if (connection && connection->ip) return Endpoint{.ip = *connection->ip, .port = media.port};
  }
  return std::nullopt;
}

bool offers_srtp(std::string_view offer) { return offer.find("a=crypto:") != std::string_view::npos; }

// Whether the peer goes on in the SRTP context that we share: with another key or address of its own it may
// have none of ours, so it gets a new key, for which both sides count roll-overs from 0 (RFC 4568
// section 7.1.4). A key that was left for a while is not taken up again either: its counter is forgotten.
bool same_srtp_context(const sdp::Negotiated& before, const sdp::Negotiated& now) {
  return before.srtp && now.srtp && before.srtp->receive == now.srtp->receive &&
         before.remote_rtp == now.remote_rtp;
}

}  // namespace

async::Task<bool> Call::ensure_answered() {
  if (!answered()) {
    const bool opened = co_await open_port();
    // What came meanwhile by the API may refuse the call.
    if (!opened || interrupted() || !settle_offer()) co_return false;
    // Descriptions that nothing will ask for again are not kept for the length of the call.
    offer_.reset();
    if (leg_->answer(late_offer_open_ ? local_sdp_ : std::exchange(local_sdp_, {}))) {
      record_.answered = wall();
      record_.state = "answered";
      save();
    }
  }
  // The peer's ACK may be lost with the call's first second of sound; nothing is said before it came
  // (bxml.md 2.1). A document that comes meanwhile waits for it in its turn.
  while (!confirmed_ && !interrupted()) {
    auto event = co_await next();
    (void)event;  // what matters was noted on the way in
  }
  co_return !interrupted();
}

async::Task<bool> Call::open_port() {
  if (port_open_) co_return true;
  port_ = Media::new_port_id();
  Media::Open open{.port = port_, .group = port_, .signalling_source = signalling_source_};
  if (offer_) {
    open.expected_rtp = offered_rtp(*offer_);
    open.srtp = offers_srtp(*offer_);
  }
  environment_.media.open(open, sender());
  const auto deadline = now() + kPortWait;
  while (!ending_) {
    auto event = co_await inbox_.receive(deadline);
    if (!event) {
      end(Cause::node_capacity_exceeded, "no media port within 5 s");
      break;
    }
    if (const auto* from_media = std::get_if<media::Event>(&*event)) {
      if (const auto* ready = std::get_if<media::Ready>(from_media)) {
        local_rtp_ = ready->local_rtp;
        local_rtcp_ = ready->local_rtcp;
        port_open_ = true;
        co_return true;
      }
    }
    absorb(*event);
  }
  co_return false;
}

sdp::Policy Call::sdp_policy() const {
  return {.srtp = application().require_srtp ? sdp::SrtpMode::required : environment_.srtp};
}

// New keys each time: one that was said before may have been used, and its roll-over counter be forgotten.
sdp::LocalMedia Call::local_media(bool with_keys) {
  if (sdp_session_ == 0) sdp_session_ = random_u64() >> 1;
  sdp::LocalMedia local;
  local.rtp = local_rtp_;
  local.rtcp = local_rtcp_;
  local.codecs = environment_.codecs;
  if (with_keys && sdp_policy().srtp != sdp::SrtpMode::off)
    local.keys = sdp::make_keys(kSrtpSuitesSpoken, random_fill);
  local.session_id = sdp_session_;
  return local;
}

bool Call::settle_offer() {
  const auto policy = sdp_policy();
  if (!offer_) {
    late_offer_open_ = true;
    late_offer_secure_ = signalling_encrypted_;
    // A late offer goes out in the clear unless SRTP is demanded: most peers that send no offer cannot do
    // SDES.
    const sdp::Policy offering{.srtp =
                                   policy.srtp == sdp::SrtpMode::required ? policy.srtp : sdp::SrtpMode::off};
    local_sdp_ = sdp::make_offer(local_media(offering.srtp == sdp::SrtpMode::required), offering);
    return true;
  }
  auto answer = sdp::make_answer(*offer_, local_media(offers_srtp(*offer_)), policy);
  if (!answer) {
    end(Cause::error, answer.error().error.what);
    return false;
  }
  local_sdp_ = answer->text;
  configure_media(std::move(answer->negotiated));
  return true;
}

// Media begin with the ACK: it shows that the party is where its INVITE said. Before, a forged INVITE would
// have half a minute of packets sent to whomever its SDP names.
void Call::absorb_confirmation(const LegConfirmed& confirmed) {
  const bool first = !std::exchange(confirmed_, true);
  if (late_offer_open_) return settle_answer(confirmed.answer.value_or(""));
  if (first && negotiated_) send(media::Configure{.stream = stream_of(*negotiated_, signalling_source_)});
}

void Call::settle_answer(const std::string& answer) {
  late_offer_open_ = false;
  auto negotiated = sdp::apply_answer(std::exchange(local_sdp_, {}), answer, sdp_policy(),
                                      negotiated_ ? &*negotiated_ : nullptr);
  if (!negotiated) {
    const auto& why = negotiated.error().error.what;
    // RFC 3261 section 14.1: an offer in mid-call that comes to nothing leaves the session as it was.
    if (negotiated_) {
      if (may_note()) log::info("no answer in ACK to be used", {{"callId", id()}, {"why", why}});
      return;
    }
    end(Cause::error, "the answer in ACK cannot be used: " + why);
    return;
  }
  signalling_encrypted_ = late_offer_secure_;
  configure_media(std::move(*negotiated));
}

// A refresh repeats what holds already, but its answer may move the peer's media.
void Call::settle_refresh(const LegAnswer& answer) {
  auto negotiated =
      sdp::apply_answer(answer.offer, answer.answer, sdp_policy(), negotiated_ ? &*negotiated_ : nullptr);
  if (!negotiated) {
    if (may_note()) {
      log::info("the answer to a refresh cannot be used",
                {{"callId", id()}, {"why", negotiated.error().error.what}});
    }
    return;
  }
  signalling_encrypted_ &= answer.secure;
  configure_media(std::move(*negotiated));
}

void Call::configure_media(sdp::Negotiated negotiated) {
  record_.media_encryption = !negotiated.srtp ? "none" : signalling_encrypted_ ? "srtp" : "srtp-key-in-clear";
  negotiated_ = std::move(negotiated);
  if (confirmed_) send(media::Configure{.stream = stream_of(*negotiated_, signalling_source_)});
}

void Call::answer_offer(const LegOffer& offer) {
  if (!port_open_) {
    leg_->refuse_offer(491, {});
    return;
  }
  // A party behind NAT may come from another address by now, while its SDP says what it always said.
  if (offer.source) signalling_source_ = *offer.source;
  if (offer.sdp.empty()) return offer_again(offer.secure);
  const auto policy = sdp_policy();
  const auto* const before = negotiated_ ? &*negotiated_ : nullptr;
  auto local = local_media(offers_srtp(offer.sdp));
  auto answer = sdp::make_answer(offer.sdp, local, policy, before);
  const bool goes_on = answer && before != nullptr && same_srtp_context(*before, answer->negotiated);
  if (goes_on) {
    local.keys = {before->srtp->send};
    answer = sdp::make_answer(offer.sdp, local, policy, before);
  }
  if (!answer) {
    // RFC 3261 section 14.2: a refused re-INVITE leaves the session as it was.
    if (may_note()) {
      log::info(
          "an offer of the party was refused",
          {{"callId", id()}, {"status", answer.error().sip_status}, {"why", answer.error().error.what}});
    }
    leg_->refuse_offer(answer.error().sip_status, sdp::warning_header(answer.error(), "portico"));
    return;
  }
  if (!leg_->answer_offer(answer->text)) return;
  signalling_encrypted_ = offer.secure && (!goes_on || signalling_encrypted_);
  configure_media(std::move(answer->negotiated));
}

// A re-INVITE without SDP asks us to offer (RFC 3261 section 14.2): the answer comes in its ACK, and maybe
// from somebody else, who has none of our roll-over counters.
void Call::offer_again(bool secure) {
  auto* const before = negotiated_ ? &*negotiated_ : nullptr;
  auto offer = sdp::make_offer(local_media(before != nullptr && before->srtp), sdp_policy(), before);
  if (!leg_->answer_offer(offer)) return;
  late_offer_open_ = true;
  late_offer_secure_ = secure;
  if (before != nullptr) before->local_sdp = offer;  // its version counts, answered or not
  local_sdp_ = std::move(offer);
}

}  // namespace portico::call
