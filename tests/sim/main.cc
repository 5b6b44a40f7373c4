// sim [SEEDS] [SEED]: runs SEEDS scenarios, the first one with SEED. Also taken from the environment. A seed
// that broke a rule is printed with what it broke; `SEEDS=1 SEED=<it> sim` runs it again.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>

#include "base/log.h"
#include "sim/scenario.h"

namespace portico::sim {
namespace {

std::uint64_t number(int argc, char** argv, int at, const char* name, std::uint64_t otherwise) {
  const char* text = argc > at ? argv[at] : std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr std::uint64_t kTwice = 50;  // so many seeds are run twice

// The same seed gives the same run, or a failure could not be looked at again.
bool runs_again(std::uint64_t seed, const std::string& trace) {
  const auto again = run_scenario(seed).trace;
  if (trace != again) {
    std::printf("seed %llu gave two different runs:\n%s\n%s\n", static_cast<unsigned long long>(seed),
                trace.c_str(), again.c_str());
  }
  return trace == again;
}

bool run_sound_seeds(std::uint64_t first, std::uint64_t seeds) {
  bool repeatable = true;
  std::size_t callers = 0, admitted = 0, answered = 0, broken = 0, lives = 0, told = 0;
  std::uint64_t datagrams = 0;
  for (auto seed = first; seed < first + seeds; ++seed) {
    const auto outcome = run_scenario(seed);
    callers += outcome.callers;
    admitted += outcome.admitted;
    answered += outcome.answered;
    datagrams += outcome.datagrams;
    lives += outcome.lives;
    told += outcome.told;
    if (seed - first < kTwice) repeatable = runs_again(seed, outcome.trace) && repeatable;
    if (outcome.violations.empty()) continue;
    ++broken;
    for (const auto& [rule, what] : outcome.violations) {
      std::printf("seed %llu broke %s: %s\n", static_cast<unsigned long long>(seed),
                  std::string(rule_name(rule)).c_str(), what.c_str());
    }
  }
  std::printf(
      "%llu seeds, %zu lives of the server, %zu calls tried, %zu admitted, %zu answered, %zu events told, "
      "%llu "
      "datagrams delivered: %zu seeds broke a rule\n",
      static_cast<unsigned long long>(seeds), lives, callers, admitted, answered, told,
      static_cast<unsigned long long>(datagrams), broken);
  if (admitted == 0 || answered == 0) std::printf("no call came through: nothing was tested\n");
  return repeatable && broken == 0 && admitted > 0 && answered > 0;
}

constexpr std::uint64_t kTries = 100;  // not every seed has a death, or an event left in the outbox

// Each rule is broken on purpose: a checker that does not notice would notice nothing else either.
struct Broken {
  Sabotage sabotage;
  Rule rule;
};
constexpr Broken kBroken[] = {
    {Sabotage::second_answer, Rule::one_final_answer},
    {Sabotage::kept_port, Rule::no_orphan},
    {Sabotage::lost_recording, Rule::no_orphan},
    {Sabotage::lost_event, Rule::told_once},
    {Sabotage::doubled_event, Rule::told_once},
    {Sabotage::lost_outbox, Rule::told_once},
    {Sabotage::mute_events, Rule::told_once},
    {Sabotage::wrong_digit, Rule::heard_right},
    {Sabotage::swapped_events, Rule::told_in_order},
    {Sabotage::open_door, Rule::no_strangers},
    {Sabotage::second_bye, Rule::silent_after_end},
    {Sabotage::no_source_rate, Rule::within_limits},
    {Sabotage::no_call_limits, Rule::within_limits},
    {Sabotage::no_lockout, Rule::lockout},
    {Sabotage::eager_lockout, Rule::lockout},
    {Sabotage::late_copy, Rule::in_time},
    {Sabotage::said_once, Rule::repeated},
    {Sabotage::doubled_key, Rule::heard_right},
    {Sabotage::closed_door, Rule::gets_in},
    {Sabotage::mute_recording, Rule::told_once},
    {Sabotage::cut_calls, Rule::ends_for_cause},
    {Sabotage::early_look, Rule::nothing_outlives},
    {Sabotage::early_look, Rule::ends_once},
    {Sabotage::deaf_ports, Rule::heard_all},
    {Sabotage::mute_ports, Rule::sounds_right},
    {Sabotage::hushed_sounds, Rule::sounds_right},
    {Sabotage::crossed_ports, Rule::sounds_right},
    {Sabotage::unanswered_bye, Rule::answered},
};

constexpr bool breaks_each_rule() {
  for (std::size_t rule = 0; rule < kRules; ++rule) {
    const auto breaks = [rule](const Broken& one) { return static_cast<std::size_t>(one.rule) == rule; };
    if (std::none_of(std::begin(kBroken), std::end(kBroken), breaks)) return false;
  }
  return true;
}
static_assert(breaks_each_rule());

bool run_broken_scenarios(std::uint64_t first) {
  bool noticed = true;
  for (const auto [sabotage, rule] : kBroken) {
    bool seen = false;
    for (auto seed = first; seed < first + kTries && !seen; ++seed)
      seen = run_scenario(seed, sabotage).broke(rule);
    if (seen) continue;
    noticed = false;
    std::printf("sabotage %d did not break %s: the checkers do not look\n", static_cast<int>(sabotage),
                std::string(rule_name(rule)).c_str());
  }
  return noticed;
}

}  // namespace
}  // namespace portico::sim

int main(int argc, char** argv) {
  using namespace portico;
  const auto seeds = sim::number(argc, argv, 1, "SEEDS", 1000);
  const auto first = sim::number(argc, argv, 2, "SEED", 1);
  std::printf("seed %llu, %llu seeds\n", static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(seeds));
  std::fflush(stdout);
  log::start(std::getenv("SIM_LOG") != nullptr ? log::Level::debug : log::Level::off, log::Format::text);
  const bool sound = sim::run_sound_seeds(first, seeds);
  const bool noticed = seeds == 1 || sim::run_broken_scenarios(first);
  log::stop();
  return sound && noticed ? 0 : 1;
}
