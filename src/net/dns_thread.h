#pragma once
// The thread that c-ares runs on: questions in from any thread, each outcome told once, on this thread.
// Questions that are the same wait together for one answer.

#include <functional>
#include <memory>

#include "net/dns_cache.h"

namespace portico::net {

class DnsThread {
 public:
  using Told = std::function<void(const Result<DnsRecords>&)>;

  static Result<std::unique_ptr<DnsThread>> start(const ResolverOptions& options);
  ~DnsThread();  // what is under way is told `cancelled`

  void ask(DnsQuestion question, Told told);

 private:
  struct State;
  explicit DnsThread(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace portico::net
