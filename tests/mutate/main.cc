// mutate inside [COUNT] [SEED]                                    the whole signalling stack in this process
// mutate udp|tcp|tls ADDRESS:PORT USER PASSWORD [COUNT] [SEED]    a server that runs; PASSWORD "": guesses
// only COUNT spoiled messages; the same SEED spoils the same conversations. The second form says what it did
// in one line of JSON.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/log.h"
#include "mutate/attacker.h"
#include "mutate/inside.h"

namespace portico::mutate {
namespace {

std::uint64_t number(const std::vector<std::string>& words, std::size_t at, std::uint64_t otherwise) {
  return at < words.size() ? std::strtoull(words[at].c_str(), nullptr, 10) : otherwise;
}

int run_wire(const std::vector<std::string>& words) {
  const auto server = parse_endpoint(words[1]);
  if (!server) return 2;
  std::signal(SIGPIPE, SIG_IGN);  // the server closes streams that it has lost its place in
  const auto wire = words[0] == "udp" ? open_udp(*server) : open_stream(*server, words[0] == "tls");
  const auto count = number(words, 4, 10'000);
  Attacker attacker({.user = words[2], .host = words[1], .password = words[3]}, *wire, number(words, 5, 1));
  while (attacker.spoiled() < count) attacker.converse();
  std::printf("{\"spoiled\": %llu, \"heard\": %llu, \"proofs\": %llu, \"answered\": %llu}\n",
              static_cast<unsigned long long>(attacker.spoiled()),
              static_cast<unsigned long long>(attacker.heard()),
              static_cast<unsigned long long>(attacker.proofs()),
              static_cast<unsigned long long>(attacker.answered()));
  return 0;
}

}  // namespace
}  // namespace portico::mutate

int main(int argc, char** argv) {
  using namespace portico;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty() || (words[0] != "inside" && words.size() < 4)) {
    std::fprintf(stderr,
                 "usage: mutate inside [COUNT] [SEED]\n"
                 "       mutate udp|tcp|tls ADDRESS:PORT USER PASSWORD [COUNT] [SEED]\n");
    return 2;
  }
  if (words[0] != "inside") return mutate::run_wire(words);
  log::start(log::Level::off, log::Format::text);
  const auto seed = mutate::number(words, 2, 1);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  const bool good = mutate::run_inside(mutate::number(words, 1, 10'000), seed);
  log::stop();
  return good ? 0 : 1;
}
