#include "mutate/inside.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "async/manual_loop.h"
#include "mutate/attacker.h"
#include "sim/caller.h"
#include "sim/server.h"

namespace portico::mutate {
namespace {

constexpr std::uint64_t kRoundMax = 10'000;
constexpr Millis kTravel{2};

Endpoint attacker_address() { return {.ip = IpAddress::v4(0xC6336442), .port = 5070}; }  // 198.51.100.66
Endpoint friend_address() { return {.ip = IpAddress::v4(0xCB007105), .port = 5080}; }    // 203.0.113.5

// The loop of a round as the server sees it. A spoiled message may name a host: what the resolver's thread
// has to say of that is dropped, as if no name server answered, since it would come in real time and perhaps
// after the round.
class OneThreadLoop final : public async::Loop {
 public:
  static OneThreadLoop& turn_to(async::ManualLoop& loop) {
    static OneThreadLoop one;  // the resolver may keep it for ever
    one.loop_ = &loop;
    return one;
  }
  void post(async::Job job) override {
    if (on_owner_thread()) loop_->post(std::move(job));
  }
  TimePoint now() const override { return loop_->now(); }
  WallTime wall() const override { return loop_->wall(); }
  async::TimerId call_at(TimePoint when, async::Job job) override {
    return loop_->call_at(when, std::move(job));
  }
  void cancel(async::TimerId id) override { loop_->cancel(id); }
  bool on_owner_thread() const override { return std::this_thread::get_id() == owner_; }

 private:
  OneThreadLoop() = default;
  const std::thread::id owner_ = std::this_thread::get_id();
  async::ManualLoop* loop_ = nullptr;
};

class SimWire final : public Wire {
 public:
  SimWire(async::ManualLoop& loop, sim::Network& network, const sim::Server& server)
      : loop_(loop), network_(network), server_(server) {
    network_.attach(attacker_address(), [this](const sim::Datagram& d) { inbox_.push_back(d.bytes); });
  }
  void watch(Attacker& attacker) { attacker_ = &attacker; }

  void send(std::string_view bytes) override {
    const auto before = admitted();
    network_.send({.from = attacker_address(), .to = sim::Server::address(), .bytes = std::string(bytes)});
    loop_.run_for(kTravel);
    const auto more = admitted() - before;
    if (more == 0) return;
    if (more == 1 && attacker_->redeem_proof(bytes)) return;
    ++unproven_;
    std::printf("admitted without a fresh proof:\n%s\n", std::string(bytes).c_str());
  }
  std::vector<std::string> receive(Millis patience) override {
    const auto until = loop_.now() + patience;
    while (inbox_.empty() && loop_.now() < until) loop_.run_for(Millis(5));
    return std::exchange(inbox_, {});
  }
  std::string sent_by() const override { return attacker_address().to_string(); }
  std::string transport() const override { return "UDP"; }

  std::size_t admitted() {
    const auto& rows = server_.admissions();
    for (; looked_at_ < rows.size(); ++looked_at_) admitted_ += rows[looked_at_].reason == "admitted" ? 1 : 0;
    return admitted_;
  }
  std::uint64_t unproven() const { return unproven_; }

 private:
  async::ManualLoop& loop_;
  sim::Network& network_;
  const sim::Server& server_;
  Attacker* attacker_ = nullptr;
  std::vector<std::string> inbox_;
  std::size_t looked_at_ = 0;
  std::size_t admitted_ = 0;
  std::uint64_t unproven_ = 0;
};

bool nothing_is_left(const sim::Server& server) {
  const auto& pump = server.pump();
  const std::size_t left[] = {
      pump.agent().transactions(), pump.agent().sessions(),     pump.sessions(),       pump.calls(),
      server.registered(),         server.media().open_ports(), server.counted_calls()};
  const bool none = std::ranges::all_of(left, [](std::size_t n) { return n == 0; });
  if (!none) {
    std::printf(
        "left behind: %zu transactions, %zu SIP sessions, %zu sessions of calls, %zu calls, %zu registered, "
        "%zu ports, %zu counted\n",
        left[0], left[1], left[2], left[3], left[4], left[5], left[6]);
  }
  return none && pump.agent().next_deadline() == kNever;
}

bool takes_a_normal_call(async::ManualLoop& loop, sim::Network& network, sim::Server& server,
                         std::uint64_t seed) {
  server.webhooks().documents = {"<Response><Pause duration=\"120\"/></Response>"};
  sim::Caller caller(loop, network, sim::Habit::talks, {.at = friend_address()}, seed);
  caller.dial();
  loop.run_for(15min);
  if (!caller.answered()) std::printf("a normal call was not taken\n");
  return caller.answered();
}

struct Sums {
  std::uint64_t spoiled = 0, heard = 0, answered = 0, proofs = 0, admitted = 0;
};

// `knows`: the attacker has the password, so that its messages come further.
bool run_round(std::uint64_t count, std::uint64_t seed, bool knows, Sums& sums) {
  async::ManualLoop loop;
  sim::Network network(loop, {.delay = kTravel}, seed);
  sim::ServerSettings settings{.troubles = {.webhook_delay = Millis(100)}};
  settings.auth_failures = 0;  // lockout would end the test at the door
  sim::Server server(OneThreadLoop::turn_to(loop), network, settings, seed * 7 + 2);
  server.webhooks().documents = {
      "<Response><Gather firstDigitTimeout=\"20\"/><Pause duration=\"20\"/></Response>"};
  SimWire wire(loop, network, server);
  Attacker attacker({.user = sim::kUser, .host = sim::kDomain, .password = knows ? sim::kPassword : ""}, wire,
                    seed);
  wire.watch(attacker);
  while (attacker.spoiled() < count) attacker.converse();
  bool good = wire.unproven() == 0 && (knows || wire.admitted() == 0);
  // Calls that nobody ends any more end when their sessions or media give out.
  network.detach(attacker_address());
  server.hang_up_all();
  loop.run_for(15min);
  good = nothing_is_left(server) && good;
  good = takes_a_normal_call(loop, network, server, seed) && good;
  sums.spoiled += attacker.spoiled();
  sums.heard += attacker.heard();
  sums.answered += attacker.answered();
  sums.proofs += attacker.proofs();
  sums.admitted += wire.admitted();
  if (!good) std::printf("seed %llu broke a rule\n", static_cast<unsigned long long>(seed));
  return good;
}

}  // namespace

bool run_inside(std::uint64_t count, std::uint64_t seed) {
  Sums sums;
  bool good = true;
  while (sums.spoiled < count) {
    // One round in five without the password.
    good = run_round(std::min(kRoundMax, (count - sums.spoiled) / 2 + 1), seed, seed % 5 != 0, sums) && good;
    ++seed;
  }
  std::printf(
      "%llu spoiled messages, %llu answers, %llu proofs given, %llu calls admitted, %llu conversations "
      "answered\n",
      static_cast<unsigned long long>(sums.spoiled), static_cast<unsigned long long>(sums.heard),
      static_cast<unsigned long long>(sums.proofs), static_cast<unsigned long long>(sums.admitted),
      static_cast<unsigned long long>(sums.answered));
  if (sums.answered == 0) std::printf("no conversation came through: nothing was tested\n");
  return good && sums.answered > 0;
}

}  // namespace portico::mutate
