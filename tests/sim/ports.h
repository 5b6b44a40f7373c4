#pragma once
// What a server's calls need from the world, in memory, on the simulation's time, failing as the seed says.
// Each keeps account of what it was asked, for the checkers.

#include <map>
#include <string>
#include <vector>

#include "account/call_record.h"
#include "account/recording_record.h"
#include "async/loop.h"
#include "call/ports.h"
#include "sim/luck.h"

namespace portico::sim {

// Ways to break the server that the checkers must notice.
enum class Sabotage : unsigned char {
  none,
  second_answer,   // each 200 to an INVITE is followed by a 486
  kept_port,       // a media port in four is never closed
  lost_event,      // one `disconnect` in four is not told
  doubled_event,   // one `disconnect` in four is told twice
  lost_recording,  // recordings are never closed, and their last state is not saved
  early_look,      // the checkers look while calls still go on
  open_door,       // no application asks for a password
  second_bye,      // each BYE is followed by another one
  lost_outbox,     // a start forgets what an earlier life left in the outbox
  mute_events,     // of what a call tells before its end one in four gets lost
  wrong_digit,     // `dtmf` tells of a key that nobody has
  swapped_events,  // of two events of one call the later one is told first
  no_source_rate,  // a source may send what it likes
  no_call_limits,  // an account may have as many calls as it likes
  no_lockout,      // passwords may be guessed for ever
  eager_lockout,   // one wrong password locks out
  late_copy,       // each 200 to an INVITE comes once more after its time
  said_once,       // a 200 to an INVITE is never repeated
  doubled_key,     // each key is heard twice
  closed_door,     // the application has another password than its phones
  mute_recording,  // `recordingAvailable` is not told
  cut_calls,       // all calls are hung up now and then
  deaf_ports,      // no key is heard
  mute_ports,      // nothing is sent
  hushed_sounds,   // sounds are silence
  crossed_ports,   // all sound goes out from one port
  unanswered_bye,  // a BYE ends the call, and gets no answer
};

struct Troubles {  // one in so many; 0: never
  std::uint32_t lost_ports = 0;
  std::uint32_t failed_webhooks = 0;    // by any of the ways in which a backend fails
  std::uint32_t mangled_documents = 0;  // answers cut short
  std::uint32_t failed_sounds = 0;
  std::uint32_t failed_objects = 0;
  Millis webhook_delay{50};       // up to this much
  Millis webhook_delay_least{0};  // on top of this
};

class SimMedia final : public call::Media {
 public:
  SimMedia(async::Loop& loop, Luck& luck, const Troubles& troubles, Sabotage sabotage)
      : loop_(loop), luck_(luck), troubles_(troubles), sabotage_(sabotage) {}
  void open(const Open& request, call::Sender events) override;
  void send(media::Command command) override;

  void fall_silent() const;  // all ports: no RTP and no RTCP came for a minute
  std::size_t open_ports() const { return ports_.size(); }
  std::size_t opened() const { return opened_; }
  const Endpoint& last_remote() const { return last_remote_; }  // where sound was to go last

 private:
  struct Port {
    call::Sender events;
    std::map<media::PlayId, async::TimerId> playing;
    std::map<media::RecordId, async::TimerId> recording;
    bool keep = false;
  };
  Port* find(media::PortId id);
  void play(media::PortId id, const media::Play& play);
  void end_play(media::PortId id, media::PlayId play, media::PlayEnd end);
  void record(media::PortId id, const media::Record& record);
  void end_record(media::PortId id, const media::RecordId& record, media::RecordEnd end);
  void close(media::PortId id);
  void lose(media::PortId id);
  void press(media::PortId id);

  async::Loop& loop_;
  Luck& luck_;
  const Troubles& troubles_;
  const Sabotage sabotage_;
  std::map<media::PortId, Port> ports_;
  std::size_t opened_ = 0;
  Endpoint last_remote_;
};

// A backend that answers each question after the same time, for call flows as text (tests/calls). The
// simulation's are backends.h, behind the real courier.
class SimWebhooks final : public call::Webhooks {
 public:
  SimWebhooks(async::Loop& loop, const Troubles& troubles, call::Records& records)
      : loop_(loop), troubles_(troubles), records_(records) {}
  void ask(call::RequestId request, call::Webhook webhook, call::Sender answers) override;
  void tell(call::Webhook webhook) override;
  void tell_end(call::Webhook webhook, const account::CallRecord& record) override {
    records_.save(record);
    tell(std::move(webhook));
  }
  void tell_end(call::Webhook webhook, const account::RecordingRecord& record) override {
    records_.save(record);
    tell(std::move(webhook));
  }

  struct Told {
    std::map<std::string, int> by_type;  // asked or told
  };
  const std::map<std::string, Told>& calls() const { return calls_; }
  std::vector<std::string> documents;  // the first one is answered; empty: an empty answer

 private:
  async::Loop& loop_;
  const Troubles& troubles_;
  call::Records& records_;
  std::map<std::string, Told> calls_;
};

class SimSounds final : public call::Sounds {
 public:
  SimSounds(async::Loop& loop, Luck& luck, const Troubles& troubles)
      : loop_(loop), luck_(luck), troubles_(troubles) {}
  void speak(call::RequestId request, const call::Utterance& utterance, call::Sender answers) override;
  void fetch(call::RequestId request, const call::AudioFetch& fetch, call::Sender answers) override;

 private:
  void answer(call::RequestId request, std::string key, call::Sender answers);
  async::Loop& loop_;
  Luck& luck_;
  const Troubles& troubles_;
};

class SimObjects final : public call::Objects {
 public:
  SimObjects(async::Loop& loop, Luck& luck, const Troubles& troubles)
      : loop_(loop), luck_(luck), troubles_(troubles) {}
  std::string staging_path(std::string_view id, std::string_view format) override;
  void store_recording(call::RequestId request, call::StagedRecording staged, call::Sender answers) override;

 private:
  async::Loop& loop_;
  Luck& luck_;
  const Troubles& troubles_;
};

class SimRecords final : public call::Records {
 public:
  void save(const account::CallRecord& record) override;
  void save(const account::RecordingRecord&) override {}

  struct Call {
    std::string state;
    std::string cause;
  };
  std::map<std::string, Call> calls;
};

}  // namespace portico::sim
