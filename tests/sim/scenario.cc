#include "sim/scenario.h"

#include <algorithm>

#include "async/manual_loop.h"
#include "sim/linked_time.h"
#include "sim/thief.h"

namespace portico::sim {
namespace {

constexpr auto kLongest = 25min;  // of everything that a run leaves behind, with room to spare

// What these break shows where the real media run, and for certain only where nothing is lost and nothing
// fails.
bool is_of_media(Sabotage sabotage) {
  return sabotage == Sabotage::deaf_ports || sabotage == Sabotage::mute_ports ||
         sabotage == Sabotage::hushed_sounds || sabotage == Sabotage::crossed_ports;
}

Weather draw_weather(Luck& luck, Sabotage sabotage) {
  if (luck.one_in(5) || is_of_media(sabotage)) return {};
  return {.lost = luck.below(31),
          .doubled = luck.below(21),
          .late = luck.below(21),
          .cut = luck.one_in(2) ? 0 : luck.below(300),
          .delay = Millis(1 + luck.below(80)),
          .jitter = luck.up_to(60ms),
          .lateness = Millis(100) + luck.up_to(2s)};
}

Troubles draw_troubles(Luck& luck, Sabotage sabotage) {
  if (luck.one_in(5) || is_of_media(sabotage)) return {};
  return {.lost_ports = luck.one_in(2) ? 0 : 5 + luck.below(20),
          .failed_webhooks = luck.one_in(2) ? 0 : 2 + luck.below(10),
          .mangled_documents = luck.one_in(2) ? 0 : 3 + luck.below(10),
          .failed_sounds = luck.one_in(2) ? 0 : 3 + luck.below(10),
          .failed_objects = luck.one_in(2) ? 0 : 2 + luck.below(4),
          .webhook_delay = luck.one_in(2) ? Millis(100) : luck.up_to(20s)};
}

ServerSettings draw_settings(Luck& luck, Sabotage sabotage) {
  ServerSettings settings{.troubles = draw_troubles(luck, sabotage), .sabotage = sabotage};
  if (luck.one_in(4)) settings.limits = {.concurrent_calls = 3, .calls_per_second = 2};
  if (luck.one_in(3)) settings.allowed_sources = {{.network = 0xC6336400, .prefix = 24}};  // 198.51.100.0/24
  if (luck.one_in(25)) settings.allowed_regions.clear();
  if (luck.one_in(25)) settings.region = "EU";
  if (luck.one_in(8)) settings.invite_rate = 3;
  if (luck.one_in(20)) settings.write_room = 4;
  if (sabotage == Sabotage::no_source_rate) settings.invite_rate = 1;
  if (sabotage == Sabotage::no_call_limits) settings.limits = {.concurrent_calls = 3, .calls_per_second = 2};
  settings.restless_api = luck.one_in(4);
  settings.engine_media = luck.one_in(10) || sabotage == Sabotage::doubled_key ||
                          sabotage == Sabotage::wrong_digit || is_of_media(sabotage);
  return settings;
}

Endpoint phone(Luck& luck, std::size_t number) {
  const auto host = static_cast<std::uint32_t>(1 + number % 7);
  const auto net = luck.one_in(8) ? 0xCB007100U : 0xC6336400U;  // 203.0.113.x, else 198.51.100.x
  return {.ip = IpAddress::v4(net + host), .port = static_cast<std::uint16_t>(6000 + number)};
}

class Run {
 public:
  Run(std::uint64_t seed, Sabotage sabotage);
  Outcome outcome();

 private:
  void plan();
  template <typename Action>
  void at_any_time(Action action) {
    loop_.call_at(loop_.now() + luck_.up_to(60s), action);
  }
  void start();
  void kill();
  void drain();
  void hang_up_all();
  void end_drain();
  void use_api();
  void dial_all();
  bool settled() const;

  const std::uint64_t seed_;
  const Sabotage sabotage_;
  async::ManualLoop loop_;
  LinkedTime time_;
  Luck luck_;
  Network network_;
  const ServerSettings settings_;
  Disk disk_;
  Ledger ledger_;
  Checker checker_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::unique_ptr<Thief> thief_;
  std::vector<std::unique_ptr<Life>> lives_;  // the dead ones too: what they held must not come alive again
  bool up_ = false;
  bool draining_ = false;
};

Run::Run(std::uint64_t seed, Sabotage sabotage)
    : seed_(seed),
      sabotage_(sabotage),
      time_(loop_, seed * 7 + 3),
      luck_(seed * 1'000'003),
      network_(loop_, draw_weather(luck_, sabotage), seed * 7 + 1),
      settings_(draw_settings(luck_, sabotage)),
      disk_(make_disk()),
      checker_(loop_, network_, ledger_, settings_) {
  if (luck_.one_in(3)) {
    thief_ = std::make_unique<Thief>(loop_, network_, Endpoint{.ip = IpAddress::v4(0xC6336463), .port = 6666},
                                     3, 3, seed * 7 + 5);
  }
  start();
  plan();
}

void Run::plan() {
  if (sabotage_ == Sabotage::lost_outbox || luck_.one_in(2)) {
    for (auto deaths = 1 + luck_.below(2); deaths > 0; --deaths) at_any_time([this] { kill(); });
  }
  if (luck_.one_in(6)) at_any_time([this] { drain(); });
  if (luck_.one_in(6)) {
    at_any_time([this] { disk_.locked_until = loop_.now() + luck_.up_to(10s); });
  }
  if (luck_.one_in(8))
    at_any_time([this] {
      if (up_) hang_up_all();
    });
  for (auto times = luck_.below(8); times > 0; --times) at_any_time([this] { use_api(); });
}

void Run::start() {
  const auto number = static_cast<std::uint64_t>(lives_.size());
  lives_.push_back(
      std::make_unique<Life>(loop_, network_, disk_, ledger_, settings_, seed_ * 7 + 2 + number * 31));
  up_ = true;
  draining_ = false;
  checker_.on_start();
}

void Run::kill() {
  if (!std::exchange(up_, false)) return;
  lives_.back()->die();
  checker_.on_death();
  loop_.call_at(loop_.now() + luck_.up_to(5s), [this] { start(); });
}

void Run::drain() {
  if (!up_) return;
  draining_ = true;
  lives_.back()->server().drain();
  checker_.on_drain();
  loop_.call_at(loop_.now() + luck_.up_to(20s), [this, life = lives_.size()] {
    if (!up_ || lives_.size() != life) return;  // it was killed meanwhile
    hang_up_all();
    loop_.call_at(loop_.now() + luck_.up_to(3s), [this, life] {
      if (up_ && lives_.size() == life) end_drain();
    });
  });
}

void Run::hang_up_all() {
  ledger_.hung_up.insert(ledger_.life);
  lives_.back()->server().hang_up_all();
}

void Run::end_drain() {
  up_ = false;
  lives_.back()->shut_down();
  checker_.on_death();
  loop_.call_at(loop_.now() + luck_.up_to(5s), [this] { start(); });
}

void Run::use_api() {
  if (!up_) return;
  auto& life = *lives_.back();
  switch (luck_.below(4)) {
    case 0:
      return life.post_to_some_call(luck_, call::Complete{});
    case 1:
      return life.post_to_some_call(
          luck_, call::ReplaceDocument{"<Response><SpeakSentence>Pushed</SpeakSentence><Redirect "
                                       "redirectUrl=\"/n\"/></Response>"});
    default: {
      call::Redirect redirect{.url = "http://app.example/elsewhere", .method = "POST"};
      if (luck_.one_in(2)) redirect.fallback_url = "http://spare.example/elsewhere";
      redirect.fallback_method = "POST";
      return life.post_to_some_call(luck_, std::move(redirect));
    }
  }
}

void Run::dial_all() {
  const std::size_t phones = settings_.engine_media ? 2 + luck_.below(3) : 4 + luck_.below(12);
  for (std::size_t i = 0; i < phones; ++i) {
    const auto habit = static_cast<Habit>(luck_.one_in(3) ? 0 : luck_.below(kHabits));
    const auto connection = habit == Habit::loses_line || luck_.one_in(4) ? i + 1 : 0;
    const Caller::Line line{.at = phone(luck_, i), .connection = connection, .sound = settings_.engine_media};
    callers_.push_back(std::make_unique<Caller>(loop_, network_, habit, line, seed_ * 1000 + i * 3));
    callers_.back()->dial();
    loop_.run_for(luck_.one_in(3) ? Millis(0) : luck_.up_to(5s));
  }
}

bool Run::settled() const {
  return up_ && !draining_ && lives_.back()->quiet() &&
         std::all_of(callers_.begin(), callers_.end(), [](const auto& caller) {
           return caller->vanished() || (caller->ends() == 1 && caller->left_behind() == 0);
         });
}

Outcome Run::outcome() {
  dial_all();
  const bool patient = sabotage_ != Sabotage::early_look;
  if (patient) {
    loop_.run_for(60s);  // all that was planned has happened
    const auto latest = loop_.now() + kLongest;
    while (loop_.now() < latest && !settled()) loop_.run_for(10s);
    loop_.run_for(5s);
  }
  Outcome out{.violations = checker_.look(lives_, disk_, callers_),
              .callers = callers_.size(),
              .lives = lives_.size(),
              .datagrams = network_.delivered(),
              .told = ledger_.told.size()};
  if (patient && !settled()) out.violations.push_back({Rule::nothing_outlives, "it never came to rest"});
  for (const auto& [id, call] : ledger_.calls) out.admitted += call.admitted ? 1 : 0;
  for (const auto& caller : callers_) {
    out.answered += caller->answered() ? 1 : 0;
    out.trace += std::to_string(caller->outcomes()) + std::to_string(caller->ends());
  }
  out.trace += " " + std::to_string(network_.sent()) + " " + std::to_string(network_.delivered()) + " " +
               std::to_string(network_.digest()) + " " + std::to_string(ledger_.told.size()) + " " +
               std::to_string(ledger_.attempts.size());
  return out;
}

}  // namespace

bool Outcome::broke(Rule rule) const {
  return std::any_of(violations.begin(), violations.end(),
                     [rule](const Violation& violation) { return violation.rule == rule; });
}

Outcome run_scenario(std::uint64_t seed, Sabotage sabotage) { return Run(seed, sabotage).outcome(); }

}  // namespace portico::sim
