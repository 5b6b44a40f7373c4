#pragma once
// The real media engine on the run's time: its ports send and hear RTP over the simulated network. In place
// of SimMedia in some of the runs, since each 20 ms of each call cost a packet each way.

#include <map>
#include <string>

#include "audio/tones.h"
#include "call/ports.h"
#include "media/engine.h"
#include "sim/network.h"
#include "sim/ports.h"

namespace portico::sim {

class EngineMedia final : public call::Media {
 public:
  // No life reuses the ports of another.
  EngineMedia(async::Loop& loop, Network& network, Luck& luck, int life, Sabotage sabotage);
  ~EngineMedia() override;
  EngineMedia(const EngineMedia&) = delete;
  EngineMedia& operator=(const EngineMedia&) = delete;

  void open(const Open& request, call::Sender events) override;
  void send(media::Command command) override;
  void unplug();  // the process is dead: nothing comes or goes

  // --- facts for the checkers ---
  std::size_t open_ports() const { return ports_.size(); }
  const std::vector<std::string>& faults() const { return faults_; }
  // What was heard of the keys of the phone whose RTP comes from there.
  const std::map<Endpoint, std::string>& digits() const { return digits_; }

 private:
  // One tone for all names.
  class Tone final : public media::SoundSource {
   public:
    explicit Tone(double amplitude)
        : tone_(std::make_shared<audio::Pcm>(audio::make_sine(8'000, 400, 600ms, amplitude))) {}
    std::shared_ptr<const audio::Pcm> find(const media::SoundKey&) override { return tone_; }

   private:
    std::shared_ptr<const audio::Pcm> tone_;
  };
  struct Port {
    call::Sender events;
    Endpoint local;
    Endpoint phone;  // its RTP, as its SDP says
    std::map<media::RecordId, std::uint64_t> samples;
  };
  void on_packet(media::PortId id, const Datagram& datagram);
  void carry_out();
  void tell(const media::Event& event);
  void write(const media::FileChunk& chunk);
  void tick();

  async::Loop& loop_;
  Network& network_;
  Luck& luck_;
  const Sabotage sabotage_;
  Tone tone_;
  media::Engine engine_;
  std::map<media::PortId, Port> ports_;
  std::map<media::RecordId, call::Sender> recordings_;  // they outlive their ports by a moment
  std::map<Endpoint, std::string> digits_;
  std::vector<std::string> faults_;
  std::uint16_t next_port_;
  bool ticking_ = false;
  bool plugged_ = true;
};

}  // namespace portico::sim
