#pragma once
// Whose turn it is to have a connection: a line for each host, served in turn, so that a host that does not
// answer keeps only its own requests waiting; and of those that wait for one host it is the turn of each who
// asks, so that of the applications that share a host none waits behind all requests of one whose path there
// hangs. Internal to http/; the client's thread only.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace portico::http {

class HostQueue {
 public:
  HostQueue(std::size_t of_one_host_max, std::size_t total_max)
      : of_one_host_max_(of_one_host_max), total_max_(total_max) {}

  void add(const std::string& host, const std::string& asker, std::uint64_t id);  // ids grow
  // The next to have a place, which it has until it is removed.
  std::optional<std::uint64_t> next();
  // It has ended, with a place or still waiting for one.
  void remove(const std::string& host, const std::string& asker, std::uint64_t id);

 private:
  struct Line {
    std::map<std::string, std::set<std::uint64_t>> waiting;  // by who asks; none is empty
    std::string last;                                        // who had a place last
    std::size_t running = 0;
    std::uint64_t turn = 0;  // 0: nobody waits, or the host has as many as it may
  };
  using Lines = std::unordered_map<std::string, Line>;
  void settle(Lines::iterator line);

  const std::size_t of_one_host_max_;
  const std::size_t total_max_;
  std::size_t running_ = 0;
  Lines lines_;
  std::map<std::uint64_t, std::string> turns_;  // hosts by their turn
  std::uint64_t last_turn_ = 0;
};

}  // namespace portico::http
