#pragma once
// The addresses of the names in URLs, by c-ares: libcurl would look each up on a thread of its own. Internal
// to http/; the client's thread only.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "net/dns_thread.h"

namespace portico::http {

using Addresses = std::vector<IpAddress>;

class HostNames {
 public:
  using Told = std::function<void(const Result<Addresses>&)>;
  using Post = std::function<void(std::function<void()>)>;  // has a job run on the client's thread

  HostNames(net::ResolverOptions options, Post post) : options_(std::move(options)), post_(std::move(post)) {}

  // False for an address that is written out and for names of this machine.
  static bool is_looked_up(std::string_view host);

  // `told` runs once: inside the call where the addresses are known, else by `post`. Those known are used for
  // as long as connections are kept without asking, and are asked for again meanwhile; also for as long as
  // the name servers fail.
  void look_up(const std::string& host, TimePoint now, Told told);

 private:
  struct Known {
    Addresses addresses;
    TimePoint at;
    bool asked_again = false;
  };
  void ask(const std::string& host, Told told);
  Result<Addresses> take(const std::string& host, const Result<net::DnsRecords>& found);

  const net::ResolverOptions options_;
  const Post post_;
  std::unordered_map<std::string, Known> known_;
  std::unique_ptr<net::DnsThread> dns_;  // from the first name on
};

// As CURLOPT_RESOLVE takes it.
std::string resolve_entry(std::string_view host, std::string_view port, const Addresses& addresses);

}  // namespace portico::http
