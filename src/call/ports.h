#pragma once
// What a call needs from the world, as small interfaces that rooms above implement and portico/ joins. No
// method blocks. Where an answer exists it comes as an Event (events.h) through the Sender given with the
// request. Methods are called on the call's owner thread unless stated otherwise.

#include <atomic>
#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "call/events.h"
#include "media/commands.h"

namespace portico::account {
struct CallRecord;
struct RecordingRecord;
}  // namespace portico::account

namespace portico::call {

// One SIP dialog as the call sees it. Events of the leg go to the Sender that the call was started with.
// Every method is harmless after the leg has ended.
class Leg {
 public:
  virtual ~Leg() = default;

  virtual void ring() = 0;  // 180 without media
  // 200; `sdp` is the answer, or the offer of a late offer. False: the INVITE is over, as by a CANCEL.
  virtual bool answer(std::string sdp) = 0;
  // Final refusal of an unanswered INVITE. `reason` goes into a Reason header (RFC 3326).
  virtual void reject(int status, std::string reason) = 0;
  virtual void hangup(std::string reason) = 0;  // BYE
  // 200 to the peer's re-INVITE or UPDATE. False: it is over, as by a CANCEL.
  virtual bool answer_offer(std::string sdp) = 0;
  virtual void refuse_offer(int status, std::string warning) = 0;
  virtual void probe() = 0;  // asks whether the peer still has the call; LegEnded::gone if not
};

// The media room, in this process or on another machine. Ports are named by the caller: `new_port_id()`.
class Media {
 public:
  virtual ~Media() = default;

  struct Open {
    media::PortId port = 0;
    std::uint64_t group = 0;  // ports of one group share a media thread (both legs of a bridge)
    // What the peer's SDP and signalling address say of where its packets will come from; absent for a late
    // offer.
    std::optional<Endpoint> expected_rtp;
    IpAddress signalling_source;
    bool srtp = false;  // the peer offers it: its packets may prove themselves from anywhere
  };
  // Answered by media::Ready (or PortLost) in the inbox.
  virtual void open(const Open& request, Sender events) = 0;
  virtual void send(media::Command command) = 0;

  static media::PortId new_port_id();  // unique in this process, any thread
};

// One URL of the customer's, with what it takes to ask it (contract webhooks.md section 2).
struct Callback {
  std::string url;
  std::string method = "POST";  // GET or POST
  std::string username;         // empty: no Authorization header
  std::string password;
};

struct Webhook {
  std::string account_id;
  std::string application_id;
  std::string call_id;
  boost::json::object event;  // eventType and all fields; the method decides JSON body or query
  Callback target;
  std::optional<Callback> fallback;
  Millis timeout{15000};  // each attempt, connect to last byte
  // Of a question: whether its answer is waited for still. Null: it is.
  std::shared_ptr<const std::atomic<bool>> wanted;
};

class Webhooks {
 public:
  virtual ~Webhooks() = default;
  // Synchronous kind: one attempt, one at the fallback if there is one and the answer is wanted still, then a
  // WebhookAnswer.
  virtual void ask(RequestId request, Webhook webhook, Sender answers) = 0;
  // Asynchronous kind: kept in the outbox until delivered or given up; in order per call and URL. Any thread.
  virtual void tell(Webhook webhook) = 0;
  // The same for the event that tells the end of `record`, which is saved with it: both or neither.
  virtual void tell_end(Webhook webhook, const account::CallRecord& record) = 0;
  virtual void tell_end(Webhook webhook, const account::RecordingRecord& record) = 0;
};

struct Utterance {
  std::string ssml;    // normalised content of <SpeakSentence>, without the verb itself
  std::string voice;   // a name of the contract's priority list
  std::string locale;  // "en_US"
  std::string gender;  // "female" or "male"
  std::string account_id;
};

struct AudioFetch {
  std::string url;  // absolute, http or https
  std::string username;
  std::string password;
  Millis timeout{15000};
  std::string account_id;  // whose recordings may be played without credentials
};

// Turns words and URLs into sounds that the media node knows by key.
class Sounds {
 public:
  virtual ~Sounds() = default;
  virtual void speak(RequestId request, const Utterance& utterance, Sender answers) = 0;
  virtual void fetch(RequestId request, const AudioFetch& fetch, Sender answers) = 0;
};

struct StagedRecording {
  std::string path;  // as staging_path() named it
  std::string object_key;
  std::string call_id;  // whose turn it is: calls do not wait for each other's
};

// Recordings as objects. The media node writes them to a staging path that the store names.
class Objects {
 public:
  virtual ~Objects() = default;
  virtual std::string staging_path(std::string_view recording_id, std::string_view file_format) = 0;
  // Moves the staged file into the store under its key; answered by RecordingStored.
  virtual void store_recording(RequestId request, StagedRecording staged, Sender answers) = 0;
};

// Where the state of calls and recordings is kept for the APIs and for adoption. Writes are queued, in order,
// once.
class Records {
 public:
  virtual ~Records() = default;
  virtual void save(const account::CallRecord& record) = 0;
  virtual void save(const account::RecordingRecord& record) = 0;
};

}  // namespace portico::call
