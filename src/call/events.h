#pragma once
// Everything that can happen to a call, as plain values in its inbox. Ports (ports.h) never call back: they
// post one of these. An answer names the request it belongs to, so an answer to a question that nobody waits
// for any more is recognised and dropped.

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "account/call_record.h"
#include "async/inbox.h"
#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "media/events.h"

namespace portico::call {

// Chosen by the call, unique within it.
using RequestId = std::uint64_t;

// --- from the leg (one SIP dialog) ---

struct LegConfirmed {  // ACK to our 200; `answer` when the offer was in the 200
  std::optional<std::string> answer;
};
struct LegOffer {  // re-INVITE or UPDATE with SDP: answer_offer() or refuse_offer() must follow
  std::string sdp;
  std::optional<IpAddress> source{};  // where it came from
  bool secure = true;                 // nobody on the way can read it
};
struct LegAnswer {  // the peer's answer to an offer of ours that only refreshed the session
  std::string offer;
  std::string answer;
  bool secure = true;  // nobody on the way could read them
};
struct LegDigit {  // SIP INFO, application/dtmf-relay or application/dtmf
  char digit = 0;
  Millis duration{0};
};
struct LegEnded {
  enum class Why : unsigned char {
    hangup,     // BYE
    cancelled,  // CANCEL before our final answer
    no_ack,     // 32 s without ACK for our 200
    expired,    // session timer ran out, or the peer lost the session: `reason` is a sentence
    gone,       // probe() found nobody: `reason` ends the sentence "no RTP came, and …"
    failed,     // transport or protocol error
  };
  Why why = Why::hangup;
  std::string reason;  // text of a Reason header, or what failed
};

// --- answers to requests ---

struct WebhookAnswer {  // to Webhooks::ask
  RequestId request = 0;
  struct Reply {
    std::string body;  // empty for 204 and for an empty 200
    std::string url;   // the URL that answered: base of relative URLs in the document
  };
  Result<Reply> reply;  // an error when primary and fallback both failed; too_large: a document beyond any
};
// Keeps a sound in the media node's cache for as long as it lives. Nothing can be done with it but let it go.
using SoundHold = std::shared_ptr<const void>;

struct SoundReady {  // to Sounds::speak and Sounds::fetch
  RequestId request = 0;
  struct Sound {
    std::string key;  // names it in the media node's sound cache
    Millis length{0};
    SoundHold hold;
  };
  Result<Sound> sound;
};
struct RecordingStored {  // to Objects::store_recording
  RequestId request = 0;
  Result<std::uint64_t> bytes;
};

// --- from the REST API ---

// Where the call answers whoever asked, on another thread; null: nobody did. Of a call that ends before, the
// promise is broken.
template <typename T>
using Reply = std::shared_ptr<std::promise<T>>;

struct Look {  // GET /calls/{id}
  Reply<account::CallRecord> record;
};
// A change is refused with `conflict` by a call that ends, that has no document yet or that has had too many
// changes while its backend answered none, and with `invalid` for what can only be seen with the call's own
// base URL.
struct Redirect {  // POST /calls/{id} state=active
  std::string url;
  std::string method;
  std::string fallback_url;
  std::string fallback_method;
  std::string username, password, fallback_username, fallback_password;
  std::optional<std::string> tag;
  Reply<Result<void>> taken;
};
// For what is large and rare, as each wait for an event has room for the largest of them. Copies share it:
// the call that takes it empties it.
template <typename T>
struct Boxed {
  Boxed(T value) : held(std::make_shared<T>(std::move(value))) {}
  std::shared_ptr<T> held;
};
struct Complete {  // POST /calls/{id} state=completed
  Reply<Result<void>> taken;
};
struct ReplaceDocument {  // PUT /calls/{id}/bxml
  std::string text;
  Reply<Result<void>> taken;
};
struct SetRecordingState {  // PUT /calls/{id}/recording; `not_found` where no StartRecording is active
  bool paused = false;
  Reply<Result<void>> taken;
};

// --- from the server ---

struct Shutdown {};  // drain time is over: hang up

using Event = std::variant<LegConfirmed, LegOffer, LegAnswer, LegDigit, LegEnded, media::Event, WebhookAnswer,
                           SoundReady, RecordingStored, Look, Boxed<Redirect>, Complete, ReplaceDocument,
                           SetRecordingState, Shutdown>;

static_assert(sizeof(Event) <= 152, "a larger kind is to be Boxed");

// Whether the call ends with it.
inline bool ends_call(const Event& event) {
  if (const auto* from_media = std::get_if<media::Event>(&event)) {
    return std::holds_alternative<media::PortLost>(*from_media) ||
           std::holds_alternative<media::CommandLost>(*from_media);
  }
  return std::holds_alternative<LegEnded>(event) || std::holds_alternative<Complete>(event) ||
         std::holds_alternative<Shutdown>(event);
}

using Sender = async::Inbox<Event>::Sender;

}  // namespace portico::call
