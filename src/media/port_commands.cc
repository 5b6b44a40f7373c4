// What a port does with the commands that need no more than its parts.

#include <algorithm>

#include "audio/frame.h"
#include "base/limits.h"
#include "media/port.h"

namespace portico::media {

void Port::on_command(const Play& command) {
  if (!stream_) {
    out_.events.push_back(PlayEnded{.port = id_,
                                    .play = command.play,
                                    .end = PlayEnd::failed,
                                    .reason = "the port has no negotiated stream yet"});
    return;
  }
  player_.play(command, stream_->codec, shelf_, out_.events);
}

void Port::on_command(const Stop& command) { player_.stop(id_, command.play, PlayEnd::stopped, out_.events); }

void Port::on_command(const CollectDigits& command) { stop_play_on_digit_ = command.stop_play_on_digit; }

void Port::on_command(const SendDigits& command) {
  if (!stream_) {
    out_.events.push_back(DigitsSent{.port = id_, .seq = command.seq, .sent = false});
    return;
  }
  if (!digit_sender_) digit_sender_ = std::make_unique<DigitSender>();
  digit_sender_->start(command, out_.events);
}

void Port::on_command(const StopDigits&) {
  if (digit_sender_) digit_sender_->cancel(id_, out_.events);
}

// No file was made: told here, not by the worker.
void Port::refuse(const media::Record& command, std::string reason) {
  out_.events.push_back(RecordingClosed{.port = id_,
                                        .record = command.record,
                                        .end = RecordEnd::error,
                                        .path = command.path,
                                        .reason = std::move(reason)});
}

void Port::on_command(const media::Record& command) {
  if (!stream_) return refuse(command, "the port has no negotiated stream yet");
  if (recorder(command.record) != nullptr) return refuse(command, "this recording runs already");
  if (recorders_.size() >= limits::kRecordingsPerPortMax)
    return refuse(command, "too many recordings on one port");
  recorders_.push_back(std::make_unique<Recorder>(command, rate()));
  update_listening();
}

Recorder* Port::recorder(const RecordId& id) {
  const auto found = std::find_if(recorders_.begin(), recorders_.end(),
                                  [&](const auto& recorder) { return recorder->id() == id; });
  return found == recorders_.end() ? nullptr : found->get();
}

void Port::on_command(const PauseRecord& command) {
  if (auto* found = recorder(command.record)) found->pause();
}

void Port::on_command(const ResumeRecord& command) {
  if (auto* found = recorder(command.record)) found->resume();
}

void Port::on_command(const StopRecord& command) {
  std::erase_if(recorders_, [&](const auto& recorder) {
    if (recorder->id() != command.record) return false;
    if (!recorder->on_digit(command.digit, out_)) recorder->close(RecordEnd::stopped, out_);
    return true;
  });
  update_listening();
}

void Port::on_command(const DetectSilence& command) {
  silence_.detect(command.after);
  update_listening();
}

void Port::on_command(const ReportQuality&) { tell_quality(false); }

}  // namespace portico::media
