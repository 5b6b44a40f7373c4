#pragma once
// What call/ asks of media (architecture section 5). Plain data: no pointers, handles or callbacks, so that a
// protobuf twin can carry it to another node. Every command names a port and bears a sequence number, chosen
// by the sender and growing by one or more with each command to that port: one that was seen already is
// ignored.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "media/stream.h"

namespace portico::media {

using PortId = std::uint64_t;  // unique in a deployment, chosen by the sender of Open; never 0
using PlayId = std::uint64_t;  // chosen by the sender, unique within the port; never 0
using RecordId = std::string;  // the contract's r-... id
using SoundKey = std::string;  // key of a sound in the node's SoundSource

// Allocates a local address. Answered by medianode with Ready (or PortLost); the engine never sees it.
struct Open {
  PortId port = 0;
  std::uint64_t seq = 0;
  std::string call_id;  // for logs
  bool ipv6 = false;
};

// Applies the outcome of an offer/answer exchange. A second one (re-INVITE) unlocks the source if the remote
// address, the keys or the NAT judgement changed; sequence numbers, time stamps and SSRC of what we send go
// on.
struct Configure {
  PortId port = 0;
  std::uint64_t seq = 0;
  StreamDescription stream;
};

// Stops everything on the port: plays end as stopped, recordings close with hangup, then Quality, then
// nothing more.
struct Close {
  PortId port = 0;
  std::uint64_t seq = 0;
};

enum class Tone : unsigned char { ringback, dtmf, silence };

struct ToneSound {
  Tone tone = Tone::silence;
  char digit = 0;  // Tone::dtmf only: 0-9 * # A-D
  Millis duration{0};
};
// Not SoundKey itself: libstdc++ 12 destroys what it has not made where the copy of a variant of std::string
// and plain types alone finds no memory.
struct CachedSound {
  CachedSound() = default;
  CachedSound(SoundKey k) : key(std::move(k)) {}
  SoundKey key;
};
using Sound = std::variant<CachedSound, ToneSound>;

// Plays the sounds in order. A play given while another one runs waits behind it (at most
// limits::kPlaysQueuedMax).
struct Play {
  PortId port = 0;
  std::uint64_t seq = 0;
  PlayId play = 0;
  std::vector<Sound> sounds;  // 1..limits::kPlaySoundsMax
  bool loop = false;          // the whole list again and again until Stop
};

struct Stop {
  PortId port = 0;
  std::uint64_t seq = 0;
  PlayId play = 0;  // 0: all that play or wait
};

// Digit events always flow. With stop_play_on_digit the first packet of a digit ends all plays (Gather's
// barge-in).
struct CollectDigits {
  PortId port = 0;
  std::uint64_t seq = 0;
  bool stop_play_on_digit = false;
};

// A press that came by SIP INFO: what else comes of it in packets or as a tone is no press of its own.
struct NoteDigit {
  PortId port = 0;
  std::uint64_t seq = 0;
  char digit = 0;  // 0-9 * # A-D
};

// bxml.md SendDtmf. `digits`: 1..50 of 0-9 * # a-d A-D and the pauses , w (0.5 s) W (1 s), which replace the
// interval. RFC 4733 events where negotiated, else tones. What plays meanwhile is held and goes on
// afterwards.
struct SendDigits {
  PortId port = 0;
  std::uint64_t seq = 0;
  std::string digits;
  Millis tone_duration{200};  // 50..5000
  Millis tone_interval{400};  // 50..5000
};

// Ends all SendDigits of the port at once, a digit under way with them; each is told as not sent.
struct StopDigits {
  PortId port = 0;
  std::uint64_t seq = 0;
};

enum class FileFormat : unsigned char { wav, mp3 };
enum class RecordSides : unsigned char {
  received,      // the party only: 1 channel
  mixed,         // party and what we play, added: 1 channel
  two_channels,  // left: party, right: what we play
};

struct Record {
  PortId port = 0;
  std::uint64_t seq = 0;
  RecordId record;
  std::string path;  // staging file, created or truncated by the writing worker
  FileFormat format = FileFormat::wav;
  RecordSides sides = RecordSides::received;
  Millis duration_max{0};          // 0: none
  Millis silence_timeout{0};       // 0: off; silence of the party, counted from the start too
  std::string terminating_digits;  // any of them ends it; the tone is cut from the file
};
struct PauseRecord {
  PortId port = 0;
  std::uint64_t seq = 0;
  RecordId record;
};
struct ResumeRecord {
  PortId port = 0;
  std::uint64_t seq = 0;
  RecordId record;
};
struct StopRecord {
  PortId port = 0;
  std::uint64_t seq = 0;
  RecordId record;
  char digit = 0;  // a terminating one that came by SIP INFO: its tone is cut from the file; 0: none
};

// Silence events: one when the party has been silent for `after`, armed again by the next sound. 0 turns it
// off.
struct DetectSilence {
  PortId port = 0;
  std::uint64_t seq = 0;
  Millis after{0};
};

// Answered by one Quality event with final = false.
struct ReportQuality {
  PortId port = 0;
  std::uint64_t seq = 0;
};

using Command =
    std::variant<Open, Configure, Close, Play, Stop, CollectDigits, NoteDigit, SendDigits, StopDigits, Record,
                 PauseRecord, ResumeRecord, StopRecord, DetectSilence, ReportQuality>;

inline PortId port_of(const Command& command) {
  return std::visit([](const auto& c) { return c.port; }, command);
}
inline std::uint64_t seq_of(const Command& command) {
  return std::visit([](const auto& c) { return c.seq; }, command);
}

}  // namespace portico::media
