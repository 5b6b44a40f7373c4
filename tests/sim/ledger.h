#pragma once
// What happened in a run, across all lives of the server: noted by the simulated world, read by the checkers.

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"

namespace portico::sim {

struct Ledger {
  // A call, as it said of itself to its records.
  struct Call {
    std::string sip_call_id;
    int life = 0;
    int ends = 0;                    // written as "disconnected"
    bool admitted = false;           // was ever written before its end
    bool revived = false;            // another state after "disconnected"
    bool kept = false;               // some state of it reached the store
    bool end_kept = false;           // its end did
    std::optional<TimePoint> ended;  // first
    int ended_in = 0;                // life
    std::string cause;               // and why
    std::string error;
    int asked_initiate = 0;
  };
  std::map<std::string, Call> calls;

  // An asynchronous event that was told, once an item of the outbox.
  struct Told {
    std::string call;
    std::string event;
    std::string key;  // call and URL: events of one key go out in order
    std::string body;
    std::string recording;  // recordingAvailable
    int life = 0;
    bool kept = false;      // it reached the store
    bool unstored = false;  // the store's queue was full: it went out from memory
    bool end_kept = false;  // then: that the call or recording has ended reached the store after all
  };
  std::vector<Told> told;  // in the order of telling
  struct Said {
    std::string call;
    std::string event;
    int life = 0;
    auto operator<=>(const Said&) const = default;
  };
  std::map<Said, int> said;  // by the calls themselves: how often

  // One request to a backend.
  enum class Result : unsigned char { under_way, answered, unreachable };
  struct Attempt {
    std::string body;
    int life = 0;
    TimePoint begun{};
    TimePoint ended{};
    Result result = Result::under_way;    // for ever, when its sender died
    std::optional<std::string> document;  // answered with 2xx
  };
  std::vector<Attempt> attempts;

  std::set<std::string> touched;  // calls that the API changed
  std::set<int> hung_up;          // lives that hung up all calls
  int life = 0;                   // of the server, now
  int deaths = 0;                 // by SIGKILL
};

}  // namespace portico::sim
