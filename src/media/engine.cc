#include "media/engine.h"

#include <array>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "audio/frame.h"
#include "base/limits.h"
#include "media/drop.h"
#include "media/port.h"
#include "media/sound_shelf.h"

namespace portico::media {
namespace {

constexpr auto kSlot = Millis(1);
constexpr std::int64_t kSlots = audio::kFrameMs;  // turns of the wheel last one frame
constexpr std::int64_t kCatchUpSlots = 200;       // a driver later than that has lost the frames between

}  // namespace

// Ports have their turns on a wheel of 20 slots of 1 ms, so that their packets spread over the frame.
struct Engine::Parts {
  struct Turn {
    std::unique_ptr<Port> port;
    std::int64_t due = 0;  // slot, counted from the start; its place on the wheel is due % kSlots
  };

  Parts(Now start_time, SoundSource& sounds) : start(start_time), shelf(sounds) {}

  Now start;
  Outputs out;
  SoundShelf shelf;
  std::unordered_map<PortId, Turn> turns;
  std::array<std::vector<PortId>, kSlots> wheel;
  std::int64_t last_slot = -1;

  std::int64_t slot_of(TimePoint now) const { return (now - start.mono) / kSlot; }
  TimePoint time_of(std::int64_t slot) const { return start.mono + slot * kSlot; }
  void enlist(PortId id, Turn& turn, std::int64_t due) {
    turn.due = due;
    wheel[static_cast<std::size_t>(due % kSlots)].push_back(id);
  }
  void delist(PortId id, const Turn& turn) {
    std::erase(wheel[static_cast<std::size_t>(turn.due % kSlots)], id);
  }

  void take(TimePoint now, Turn& turn, const Configure& command);
  void take(TimePoint now, Turn& turn, const Close& command);
  void take(TimePoint now, Turn& turn, const NoteDigit& command) { turn.port->note_digit(now, command); }
  void take(TimePoint, Turn&, const Open&) {}  // medianode's business
  template <typename Command>
  void take(TimePoint now, Turn& turn, const Command& command);
  void run_slot(std::int64_t slot, TimePoint now);
  void erase(PortId id);
};

void Engine::Parts::erase(PortId id) {
  const auto found = turns.find(id);
  if (found->second.port->configured()) delist(id, found->second);
  turns.erase(found);
}

void Engine::Parts::take(TimePoint now, Turn& turn, const Configure& command) {
  const bool first = !turn.port->configured();
  const auto configured = turn.port->configure(now, command.stream);
  if (!configured) {
    out.events.push_back(PortLost{.port = command.port, .reason = configured.error().what});
    turn.port->close(now);  // what was recorded until now is a file
    return erase(command.port);
  }
  if (first) enlist(command.port, turn, slot_of(now) + kSlots);
}

void Engine::Parts::take(TimePoint now, Turn& turn, const Close& command) {
  turn.port->close(now);
  erase(command.port);
}

template <typename Command>
void Engine::Parts::take(TimePoint now, Turn& turn, const Command& command) {
  turn.port->on_command(command);
  if constexpr (std::is_same_v<Command, Play>) {
    if (!turn.port->configured() || !turn.port->fresh()) return;
    // The first sound goes out at once rather than at the end of a frame of nothing.
    delist(command.port, turn);
    turn.port->frame(now, 0);
    enlist(command.port, turn, slot_of(now) + kSlots);
  }
}

void Engine::Parts::run_slot(std::int64_t slot, TimePoint now) {
  for (const auto id : wheel[static_cast<std::size_t>(slot % kSlots)]) {
    Turn& turn = turns.at(id);
    if (slot < turn.due) continue;
    const auto skipped = (slot - turn.due) / kSlots;
    if (skipped != 0) count(Drop::frames_skipped, static_cast<std::uint64_t>(skipped));
    turn.due = slot + kSlots;
    turn.port->frame(now, static_cast<std::uint32_t>(skipped));
  }
}

Engine::Engine(Now start, SoundSource& sounds) : parts_(std::make_unique<Parts>(start, sounds)) {}
Engine::~Engine() = default;

Outputs& Engine::outputs() { return parts_->out; }
bool Engine::has_port(PortId port) const { return parts_->turns.contains(port); }
const StreamDescription* Engine::stream(PortId port) const {
  const auto found = parts_->turns.find(port);
  return found == parts_->turns.end() ? nullptr : found->second.port->stream();
}
std::size_t Engine::ports() const { return parts_->turns.size(); }

Result<void> Engine::add_port(TimePoint, PortId port, const PortSeed& seed) {
  if (port == 0 || has_port(port))
    return fail(Code::conflict, "media port id in use: " + std::to_string(port));
  if (ports() >= limits::kMediaPortsMax) return fail(Code::busy, "too many media ports");
  parts_->turns[port].port = std::make_unique<Port>(port, seed, parts_->start, parts_->shelf, parts_->out);
  return {};
}

void Engine::apply(TimePoint now, const Command& command) {
  const auto found = parts_->turns.find(port_of(command));
  if (found == parts_->turns.end()) return count(Drop::command_unknown_port);
  Parts::Turn& turn = found->second;
  if (!turn.port->is_news(seq_of(command))) return count(Drop::command_repeated);
  std::visit([&](const auto& known) { parts_->take(now, turn, known); }, command);
}

bool Engine::on_packet(TimePoint now, PortId port, bool rtcp, const Endpoint& from,
                       std::span<std::uint8_t> bytes) {
  const auto found = parts_->turns.find(port);
  if (found != parts_->turns.end()) return found->second.port->on_packet(now, rtcp, from, bytes);
  count(Drop::unknown_port);
  return false;
}

void Engine::tick(TimePoint now) {
  const auto slot = parts_->slot_of(now);
  auto next = std::max(parts_->last_slot + 1, slot - kCatchUpSlots + 1);
  for (; next <= slot; ++next) parts_->run_slot(next, parts_->time_of(next));
  parts_->last_slot = std::max(parts_->last_slot, slot);
}

}  // namespace portico::media
