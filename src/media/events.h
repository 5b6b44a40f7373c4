#pragma once
// What media tells call/ (architecture section 5). Plain data; each names its port.

#include <cstdint>
#include <string>
#include <variant>

#include "base/address.h"
#include "base/time.h"
#include "media/commands.h"

namespace portico::media {

// Answer to Open, from medianode: the address to put into SDP.
struct Ready {
  PortId port = 0;
  Endpoint local_rtp;
  Endpoint local_rtcp;
};

// The port could not be opened or configured, or its node died. Nothing more comes from it but
// RecordingClosed.
struct PortLost {
  PortId port = 0;
  std::string reason;
};

// A command found its media thread's queue full and was not carried out; what it would have led to will not
// come. The port goes on otherwise.
struct CommandLost {
  PortId port = 0;
};

enum class DigitSource : unsigned char { rfc4733, inband, sip_info };

// A key was pressed. Told once a press, when it is first heard, whichever ways it came; `duration` is what
// had been heard by then, not the whole press. SIP INFO digits come from signalling: tell the port of them
// (NoteDigit) and fold them in with DigitMerger.
struct Digit {
  PortId port = 0;
  char digit = 0;  // 0-9 * # A-D
  DigitSource source = DigitSource::rfc4733;
  Millis duration{0};
  std::uint64_t noted = 0;  // seq of the last NoteDigit that the port knew when it told this, 0: of none
};

enum class PlayEnd : unsigned char { completed, stopped, digit, failed };
struct PlayEnded {
  PortId port = 0;
  PlayId play = 0;
  PlayEnd end = PlayEnd::completed;
  std::string reason;  // failed: one sentence, for example: sound not in the cache: KEY
};

struct DigitsSent {
  PortId port = 0;
  std::uint64_t seq = 0;  // of the SendDigits
  bool sent = true;  // false: refused (malformed or nothing can be sent) or cut short (StopDigits, Close)
};

enum class RecordEnd : unsigned char { silence, max_duration, digit, stopped, hangup, error };
// Nothing more is recorded. Its RecordingClosed follows, late where the disk is slow.
struct RecordingEnded {
  PortId port = 0;
  RecordId record;
  Millis duration{0};
  unsigned channels = 1;
};

// Told by the worker that closed the file (FileWriters), so the file is complete when this arrives. A
// recording that was refused has no file; the engine tells of it.
struct RecordingClosed {
  PortId port = 0;
  RecordId record;
  RecordEnd end = RecordEnd::stopped;
  char digit = 0;             // RecordEnd::digit: the one that ended it
  Millis duration{0};         // of the file
  std::uint64_t samples = 0;  // per channel
  unsigned rate = 8'000;      // Hz
  unsigned channels = 1;
  std::string path;
  std::string reason;  // RecordEnd::error: one sentence
};

// From now on only this address is heard and sent to; it may come a second time (media/source_lock.h).
struct SourceLocked {
  PortId port = 0;
  Endpoint remote;
  bool settled = true;  // false: for kSourceLearning a better one may take over
};

// The party has been silent for this long (DetectSilence).
struct Silence {
  PortId port = 0;
  Millis duration{0};
};

// A direction has been silent for limits::kMediaSilenceMax. Told once each until there is something again,
// but while neither RTP nor RTCP comes in as often as that time passes: the party may be gone.
struct MediaTimeout {
  PortId port = 0;
  bool rtp_in = false;   // no RTP came
  bool rtcp_in = false;  // no RTCP came
  bool rtp_out = false;  // the party's reports say that nothing of ours arrives
};

struct Quality {
  PortId port = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;  // payload
  std::uint64_t packets_received = 0;
  std::uint64_t bytes_received = 0;  // payload
  std::int64_t packets_lost = 0;     // RFC 3550 cumulative; negative when duplicates outnumber losses
  std::uint64_t packets_late = 0;    // came after their playing time
  std::uint64_t packets_duplicate = 0;
  std::uint64_t frames_concealed = 0;
  std::uint64_t strangers = 0;    // packets of addresses other than the locked one
  Millis jitter{0};               // RFC 3550 interarrival jitter of what we receive
  Millis round_trip{0};           // 0: not known
  std::uint32_t remote_lost = 0;  // as the far side's last report says
  Millis remote_jitter{0};
  bool final = false;  // the last word: the port is closed
};

using Event = std::variant<Ready, PortLost, CommandLost, Digit, PlayEnded, DigitsSent, RecordingEnded,
                           RecordingClosed, SourceLocked, Silence, MediaTimeout, Quality>;

inline PortId port_of(const Event& event) {
  return std::visit([](const auto& e) { return e.port; }, event);
}

}  // namespace portico::media
