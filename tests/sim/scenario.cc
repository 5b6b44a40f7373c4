#include "sim/scenario.h"

#include <algorithm>

#include "async/manual_loop.h"

namespace portico::sim {
namespace {

Weather draw_weather(Luck& luck) {
  if (luck.one_in(5)) return {};
  return {.lost = luck.below(31),
          .doubled = luck.below(21),
          .late = luck.below(21),
          .delay = Millis(1 + luck.below(80)),
          .jitter = luck.up_to(60ms),
          .lateness = Millis(100) + luck.up_to(2s)};
}

Troubles draw_troubles(Luck& luck) {
  if (luck.one_in(5)) return {};
  return {.lost_ports = luck.one_in(2) ? 0 : 5 + luck.below(20),
          .failed_webhooks = luck.one_in(2) ? 0 : 3 + luck.below(10),
          .failed_sounds = luck.one_in(2) ? 0 : 3 + luck.below(10),
          .failed_objects = luck.one_in(2) ? 0 : 2 + luck.below(4),
          .webhook_delay = luck.one_in(2) ? Millis(100) : Millis(8000)};
}

ServerSettings draw_settings(Luck& luck, Sabotage sabotage) {
  ServerSettings settings{.troubles = draw_troubles(luck), .sabotage = sabotage};
  if (luck.one_in(4)) settings.limits = {.concurrent_calls = 3, .calls_per_second = 2};
  return settings;
}

Endpoint phone(std::size_t number) {
  return {.ip = IpAddress::v4(0xC6336400U + static_cast<std::uint32_t>(1 + number % 7)),  // 198.51.100.x
          .port = static_cast<std::uint16_t>(6000 + number)};
}

}  // namespace

bool Outcome::broke(Rule rule) const {
  return std::any_of(violations.begin(), violations.end(),
                     [rule](const Violation& violation) { return violation.rule == rule; });
}

Outcome run_scenario(std::uint64_t seed, Sabotage sabotage) {
  Luck luck(seed * 1'000'003);
  async::ManualLoop loop;
  Network network(loop, draw_weather(luck), seed * 7 + 1);
  Checker checker(network);
  Server server(loop, network, draw_settings(luck, sabotage), seed * 7 + 2);
  std::vector<std::unique_ptr<Caller>> callers;
  const std::size_t phones = 8 + luck.below(16);
  for (std::size_t i = 0; i < phones; ++i) {
    const auto habit = static_cast<Habit>(luck.one_in(3) ? 0 : luck.below(kHabits));
    callers.push_back(std::make_unique<Caller>(loop, network, habit, phone(i), seed * 1000 + i * 2));
    callers.back()->dial();
    loop.run_for(luck.up_to(4s));
  }
  if (luck.one_in(6)) server.hang_up_all();
  // The longest call, then 64*T1 for its BYE and for what that leaves behind, with room to spare.
  if (sabotage != Sabotage::early_look) loop.run_for(15min);

  Outcome out{.violations = checker.look(server, callers),
              .callers = callers.size(),
              .datagrams = network.delivered()};
  for (const auto& [id, call] : server.records().calls) out.admitted += call.admitted ? 1 : 0;
  for (const auto& caller : callers) {
    out.answered += caller->answered() ? 1 : 0;
    out.trace += std::to_string(caller->outcomes()) + std::to_string(caller->ends());
  }
  out.trace += " " + std::to_string(network.sent()) + " " + std::to_string(network.delivered()) + " " +
               std::to_string(server.media().opened()) + " " + std::to_string(server.admissions().size());
  return out;
}

}  // namespace portico::sim
