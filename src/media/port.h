#pragma once
// One port: the media end of a leg. Joins receiver, player, recorders, sender and RTCP; its owner (the
// engine) gives it commands, packets and, every 20 ms, its turn. One owner.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audio/codec.h"
#include "audio/dtmf_detector.h"
#include "base/time.h"
#include "media/commands.h"
#include "media/digit_gate.h"
#include "media/digit_sender.h"
#include "media/media_watch.h"
#include "media/outputs.h"
#include "media/player.h"
#include "media/port_seed.h"
#include "media/receiver.h"
#include "media/recorder.h"
#include "media/rtcp_session.h"
#include "media/sender.h"
#include "media/silence_meter.h"
#include "media/sound_shelf.h"

namespace portico::media {

class Port {
 public:
  Port(PortId id, const PortSeed& seed, Now start, SoundShelf& shelf, Outputs& out);

  PortId id() const { return id_; }
  bool configured() const { return stream_.has_value(); }
  const StreamDescription* stream() const { return stream_ ? &*stream_ : nullptr; }
  // False for a number that was seen, or an older one.
  bool is_news(std::uint64_t seq);

  // Fails when the description contradicts itself (keys); the port is of no use then.
  Result<void> configure(TimePoint now, const StreamDescription& stream);
  void close(TimePoint now);
  void note_digit(TimePoint now, const NoteDigit& command);
  void on_command(const Play& command);
  void on_command(const Stop& command);
  void on_command(const CollectDigits& command);
  void on_command(const SendDigits& command);
  void on_command(const StopDigits& command);
  void on_command(const Record& command);
  void on_command(const PauseRecord& command);
  void on_command(const ResumeRecord& command);
  void on_command(const StopRecord& command);
  void on_command(const DetectSilence& command);
  void on_command(const ReportQuality& command);

  // True when it was believed to be the party's.
  bool on_packet(TimePoint now, bool rtcp, const Endpoint& from, std::span<std::uint8_t> bytes);

  // Its turn: hears, speaks and records 20 ms. `skipped` frames were not made before it.
  void frame(TimePoint now, std::uint32_t skipped);
  // Nothing has been sent yet: the first frame may come at once.
  bool fresh() const { return frames_ == 0; }

 private:
  rtp::SrtpSession* srtp() { return srtp_.get(); }
  Sender::Path path() { return {.target = receiver_.lock().target(), .srtp = srtp()}; }
  unsigned rate() const;
  Result<bool> apply_keys(const StreamDescription& stream);
  bool on_rtp(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes);
  bool on_rtcp(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes);
  void on_digit(TimePoint now, char digit, DigitSource source, Millis heard);
  void update_listening();
  audio::Samples hear(TimePoint now, std::span<std::int16_t> frame);
  audio::Samples speak(std::span<std::int16_t> frame);
  void speak_digits(std::span<std::int16_t> frame);
  void record(audio::Samples received, audio::Samples sent);
  void keep_time(TimePoint now);
  Recorder* recorder(const RecordId& id);
  void refuse(const Record& command, std::string reason);
  void tell_quality(bool final);

  PortId id_;
  SoundShelf& shelf_;
  Outputs& out_;
  std::optional<StreamDescription> stream_;
  std::uint64_t last_seq_ = 0;
  std::unique_ptr<rtp::SrtpSession> srtp_;  // large, and most ports have none
  Receiver receiver_;
  Sender sender_;
  RtcpSession rtcp_;
  Player player_;
  std::unique_ptr<DigitSender> digit_sender_;     // large, and most ports send no digits
  std::unique_ptr<audio::Encoder> live_encoder_;  // while in-band digits are sent
  std::vector<std::unique_ptr<Recorder>> recorders_;
  std::unique_ptr<audio::DtmfDetector> detector_;
  Millis unheard_{0};  // since the party was heard last, as the detector sees it
  DigitGate digits_;
  std::uint64_t noted_ = 0;  // seq of the last NoteDigit
  SilenceMeter silence_;
  std::optional<MediaWatch> watch_;
  bool stop_play_on_digit_ = false;
  std::uint64_t frames_ = 0;
};

}  // namespace portico::media
