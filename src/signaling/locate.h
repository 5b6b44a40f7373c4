#pragma once
// Where a request for a SIP URI is sent: RFC 3263 section 4 over DNS, in the order to be tried. Literal
// addresses need no question.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/loop.h"
#include "base/address.h"
#include "net/resolver.h"
#include "sip/message/uri.h"
#include "sip/transaction/flow.h"

namespace portico::signaling {

struct Hop {
  sip::Transport transport = sip::Transport::udp;
  Endpoint endpoint;
  std::string name;  // host name that a TLS certificate must bear; empty for a literal

  friend bool operator==(const Hop&, const Hop&) = default;
};

struct LocateOptions {
  std::optional<sip::Transport> transport;  // wanted by the caller, beats NAPTR
  std::vector<sip::Transport> supported{sip::Transport::udp, sip::Transport::tcp, sip::Transport::tls};
};

// `told` runs once on `loop`, also for literals. SRV records of one priority are drawn by weight with
// `chance` (RFC 2782). Errors: invalid (no SIP URI), not_found (no record leads anywhere), unsupported (no
// transport in common). IPv4 only, as all signalling.
void locate(net::Resolver& resolver, async::Loop& loop, std::string_view uri, const LocateOptions& options,
            std::function<std::uint64_t()> chance, std::function<void(Result<std::vector<Hop>>)> told);

// Leaves out where a party at `from` may not lead us: a stranger outside names private addresses, loopback
// among them, to have requests of ours sent there.
void drop_unreachable(std::vector<Hop>& hops, const IpAddress& from);

// Whether requests in a dialog go where the next hop's `uri` leads when asked of DNS, or, over TCP, by an
// address that it names; else they go back by `flow`, the way the peer came, or to the address as it stands.
// The way back is all there is to a peer that wants another transport than it came by.
bool is_to_be_located(const sip::Uri& uri, const sip::Flow& flow);

// RFC 2782: by priority, then drawn by weight.
std::vector<net::SrvRecord> order_srv(std::vector<net::SrvRecord> records,
                                      const std::function<std::uint64_t()>& chance);

}  // namespace portico::signaling
