#pragma once
// The customers' HTTP servers and the way to them, behind http::Fetcher: so the real courier (questions,
// outbox, fallbacks, repeats) runs on simulated time. They are slow, refuse connections, answer with errors,
// break off, cut documents short, and answer when nobody waits any more.

#include "http/client.h"
#include "sim/ledger.h"
#include "sim/ports.h"

namespace portico::sim {

class Backends final : public http::Fetcher {
 public:
  Backends(async::Loop& loop, Luck& luck, const Troubles& troubles, Ledger& ledger)
      : loop_(loop), luck_(luck), troubles_(troubles), ledger_(ledger) {}

  void fetch(http::Fetch request, http::FetchDone done) override;
  void after(Millis delay, std::function<void()> run) override;

 private:
  struct Answer {
    http::FetchOutcome outcome;
    Millis after{0};
  };
  Answer answer_to(const http::Fetch& request);
  Answer failure(const http::Fetch& request);
  std::string document_for(const http::Fetch& request);

  async::Loop& loop_;
  Luck& luck_;
  const Troubles& troubles_;
  Ledger& ledger_;
  std::map<std::string, int> asked_;  // documents by call: none goes on for ever
};

}  // namespace portico::sim
