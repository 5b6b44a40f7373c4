// flood KIND: sends one kind of hostile datagrams from many addresses at a steady rate, says "sent", listens
// for a while, and says as JSON what was sent and what came back. Loopback only.

#include <poll.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "attack.h"

namespace portico::flood {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto kProofTimeout = std::chrono::seconds(10);
constexpr std::uint64_t kBurst = 512;             // then the clock is looked at again, however late we are
constexpr double kSecondsMin = 30;                // for a flood to be sent whole, though the machine be busy
constexpr auto kGrace = std::chrono::seconds(1);  // for answers that are still under way

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string report(const Options& options, const ManySources& sources, const Attack& attack, double took,
                   std::uint64_t late) {
  const auto sum = sources.total();
  std::string statuses;
  for (const auto& [status, count] : attack.statuses) {
    statuses += (statuses.empty() ? "\"" : ",\"") + std::to_string(status) + "\":" + std::to_string(count);
  }
  return "{\"kind\":\"" + options.kind + "\",\"seconds\":" + std::to_string(took) +
         ",\"sent\":" + std::to_string(sum.sent) + ",\"sentBytes\":" + std::to_string(sum.sent_bytes) +
         ",\"received\":" + std::to_string(sum.received) +
         ",\"receivedBytes\":" + std::to_string(sum.received_bytes) +
         ",\"excessBytesMax\":" + std::to_string(sources.excess_bytes_max()) +
         ",\"late\":" + std::to_string(late) + ",\"statuses\":{" + statuses + "}}";
}

int run(const Options& options) {
  const auto attack = make_attack(options);
  if (!attack) {
    std::cerr << "no such kind of flood: " << options.kind << "\n";
    return 2;
  }
  ManySources sources(options.first, options.sources);
  const auto take = [&] {
    sources.receive(
        [&](std::size_t source, std::string_view bytes) { attack->on_datagram(sources, source, bytes); });
    sources.flush();
  };
  attack->begin(sources);
  const auto asked = Clock::now();
  for (take(); !attack->ready(); take()) {
    if (Clock::now() - asked > kProofTimeout) {
      std::cerr << "the proof was not accepted\n";
      return 1;
    }
    std::this_thread::sleep_for(milliseconds(1));
  }
  const auto start = Clock::now();
  std::uint64_t turn = 0;
  const auto all = static_cast<std::uint64_t>(options.rate * options.seconds);
  while (turn < all && since(start) < std::max(2 * options.seconds, kSecondsMin)) {
    const auto due =
        std::min({all, turn + kBurst, static_cast<std::uint64_t>(since(start) * options.rate) + 1});
    for (; turn < due; ++turn) attack->send_one(sources, turn);
    take();
    std::this_thread::sleep_for(milliseconds(1));
  }
  const auto took = since(start);
  std::cout << "sent" << std::endl;
  const auto listen = [&](auto span) {
    for (const auto end = Clock::now() + span; Clock::now() < end;
         std::this_thread::sleep_for(milliseconds(5)))
      take();
  };
  listen(kGrace);
  const auto in_time = sources.total().received;
  listen(milliseconds(static_cast<int>(options.quiet * 1'000)));
  std::cout << report(options, sources, *attack, took, sources.total().received - in_time) << std::endl;
  return 0;
}

}  // namespace
}  // namespace portico::flood

int main(int argc, char** argv) {
  portico::flood::Options options;
  std::string target;
  std::string first = "127.10.0.1";
  CLI::App app{"Floods a SIP server on loopback"};
  app.add_option("kind", options.kind, "invite, guess, replay, calls, options, malformed, garbage or rtp")
      ->required();
  app.add_option("--target", target, "127.0.0.1:5060")->required();
  app.add_option("--user", options.user, "user part of the application's SIP URI");
  app.add_option("--password", options.password, "of the application, for replay and calls");
  app.add_option("--realm", options.realm);
  app.add_option("--sources", options.sources, "addresses to send from");
  app.add_option("--first", first, "the first of them");
  app.add_option("--rate", options.rate, "a second, all sources together");
  app.add_option("--seconds", options.seconds);
  app.add_option("--quiet", options.quiet, "seconds to listen afterwards");
  app.add_option("--port-low", options.port_low, "rtp: the range");
  app.add_option("--port-high", options.port_high);
  CLI11_PARSE(app, argc, argv);
  const auto to = portico::parse_endpoint(target);
  const auto from = portico::parse_ip(first);
  if (!to || !from || !to->ip.is_loopback() || !from->is_loopback() || options.sources == 0) {
    std::cerr << "loopback only\n";
    return 2;
  }
  options.target = *to;
  options.first = *from;
  return portico::flood::run(options);
}
