#pragma once
// DNS questions as values: NAPTR, SRV and addresses, answered on the asker's Loop. Looks up by c-ares on a
// thread of its own; answers are cached for their TTL. The order in which records are used (RFC 3263) is the
// asker's. Any thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async/loop.h"
#include "base/address.h"
#include "base/limits.h"

namespace portico::net {

struct NaptrRecord {  // RFC 3403
  std::uint16_t order = 0;
  std::uint16_t preference = 0;
  std::string flags;
  std::string services;
  std::string regexp;
  std::string replacement;
  friend bool operator==(const NaptrRecord&, const NaptrRecord&) = default;
};

struct SrvRecord {  // RFC 2782
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;
  friend bool operator==(const SrvRecord&, const SrvRecord&) = default;
};

enum class AddressFamily : unsigned char { v4, v6, both };

struct ResolverOptions {
  std::vector<Endpoint> servers;  // empty: those of servers_file, read again when it changes
  std::string servers_file = "/etc/resolv.conf";
  std::uint16_t port = 53;      // of the servers in the file
  bool search_domains = false;  // of the file: for names that are not whole. SIP names are
  Duration timeout = limits::kDnsTimeout;
  int tries = 2;
  std::size_t cache_max = limits::kDnsCacheMax;
};

class Resolver {
 public:
  template <typename Record>
  using Told = std::function<void(Result<std::vector<Record>>)>;

  static Result<std::unique_ptr<Resolver>> make(const ResolverOptions& options = {});
  ~Resolver();  // questions under way are answered `cancelled`; asker loops must outlive the resolver

  // `told` runs once on `asker`, never inside the call. Records in the order of the answer, none: not_found.
  // Errors: not_found (no such name or no such record), timeout, unavailable (server failure), busy (more
  // than limits::kDnsPendingMax questions), invalid (not a domain name).
  void naptr(const std::string& name, async::Loop& asker, Told<NaptrRecord> told);
  void srv(const std::string& name, async::Loop& asker, Told<SrvRecord> told);
  // Aliases are followed, /etc/hosts is looked at first.
  void addresses(const std::string& name, AddressFamily family, async::Loop& asker, Told<IpAddress> told);

 private:
  struct State;
  explicit Resolver(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace portico::net
