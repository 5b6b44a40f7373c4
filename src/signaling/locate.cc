#include "signaling/locate.h"

#include <algorithm>
#include <array>
#include <memory>

#include "sip/message/chars.h"
#include "sip/message/uri.h"

namespace portico::signaling {
namespace {

using sip::Transport;

constexpr std::array kSpoken{Transport::udp, Transport::tcp, Transport::tls};
// Not in base/limits.h: it bounds for how long one search goes on, not what it keeps.
constexpr std::size_t kQuestionsMax = 32;

std::optional<Transport> transport_named(std::string_view name) {
  const auto* const at =
      std::ranges::find_if(kSpoken, [&](auto t) { return sip::equal_nocase(name, sip::uri_name(t)); });
  return at == kSpoken.end() ? std::nullopt : std::optional(*at);
}

std::string_view srv_prefix(Transport t) {
  return t == Transport::tls ? "_sips._tcp." : t == Transport::tcp ? "_sip._tcp." : "_sip._udp.";
}

std::optional<Transport> transport_of(const net::NaptrRecord& record) {
  if (!sip::equal_nocase(record.flags, "s")) return std::nullopt;
  if (sip::equal_nocase(record.services, "SIPS+D2T")) return Transport::tls;
  if (sip::equal_nocase(record.services, "SIP+D2T")) return Transport::tcp;
  if (sip::equal_nocase(record.services, "SIP+D2U")) return Transport::udp;
  return std::nullopt;
}

// One look-up from NAPTR down to addresses. Keeps itself alive through its callbacks.
class Search : public std::enable_shared_from_this<Search> {
 public:
  Search(net::Resolver& resolver, async::Loop& loop, std::function<std::uint64_t()> chance,
         std::function<void(Result<std::vector<Hop>>)> told)
      : resolver_(resolver), loop_(loop), chance_(std::move(chance)), told_(std::move(told)) {}

  void start(std::string_view text, const LocateOptions& options) {
    const auto uri = sip::parse_uri(text);
    if (!uri || !uri->is_sip()) return tell(fail(Code::invalid, "not a SIP URI"));
    host_ = std::string(uri->param("maddr").value_or(uri->host));
    port_ = uri->port;
    wanted_ = options.transport;
    const auto param = uri->param("transport");
    if (param && !wanted_) {
      wanted_ = transport_named(*param);
      if (!wanted_) return tell(fail(Code::unsupported, "a transport that is not spoken here"));
    }
    supported_ = options.supported;
    if (uri->scheme == sip::Scheme::sips) {
      std::erase_if(supported_, [](Transport t) { return t != Transport::tls; });
      if (wanted_) wanted_ = Transport::tls;
    }
    if (supported_.empty() || (wanted_ && !speaks(*wanted_)))
      return tell(fail(Code::unsupported, "no transport in common"));
    if (const auto ip = sip::host_address(host_)) return tell_literal(*ip);
    if (port_ != 0) return ask_addresses(usual(), host_, port_);
    if (wanted_) return ask_services({*wanted_});
    ask_naptr();
  }

 private:
  using Hops = Result<std::vector<Hop>>;

  void tell(Hops hops) {
    loop_.post([self = shared_from_this(), hops = std::move(hops)]() mutable {
      if (self->told_) std::exchange(self->told_, nullptr)(std::move(hops));
    });
  }

  bool speaks(Transport t) const { return std::ranges::find(supported_, t) != supported_.end(); }
  // Section 4.1: where nothing else says it, UDP for sip and TLS for sips.
  Transport usual() const {
    return wanted_.value_or(speaks(Transport::udp) ? Transport::udp : supported_.front());
  }

  void tell_literal(IpAddress ip) {
    if (!ip.is_v4()) return tell(fail(Code::unsupported, "an IPv6 address: SIP is spoken over IPv4 alone"));
    const auto port = port_ != 0 ? port_ : sip::default_port(usual());
    tell(std::vector{Hop{.transport = usual(), .endpoint = {.ip = ip, .port = port}}});
  }

  // RFC 3263 section 4.1: the peer's order of transports, among those that we speak.
  void ask_naptr() {
    resolver_.naptr(host_, loop_, [self = shared_from_this()](Result<std::vector<net::NaptrRecord>> records) {
      if (records) self->take_pointers(std::move(*records));
      if (self->services_.empty()) return self->ask_services({kSpoken.begin(), kSpoken.end()});
      self->ask_next_service();
    });
  }

  void take_pointers(std::vector<net::NaptrRecord> records) {
    std::ranges::sort(records, {}, [](const auto& r) { return std::pair(r.order, r.preference); });
    for (const auto& record : records) {
      const auto transport = transport_of(record);
      if (transport && speaks(*transport)) services_.push_back({*transport, record.replacement});
    }
  }

  void ask_services(const std::vector<Transport>& order) {
    for (const auto transport : order) {
      if (speaks(transport)) services_.push_back({transport, std::string(srv_prefix(transport)) + host_});
    }
    ask_next_service();
  }

  void ask_next_service() {
    if (next_service_ >= services_.size() || ++questions_ > kQuestionsMax) return ask_next_target();
    const auto& [transport, name] = services_[next_service_++];
    resolver_.srv(name, loop_,
                  [self = shared_from_this(), transport](Result<std::vector<net::SrvRecord>> records) {
                    if (records) self->take_services(transport, std::move(*records));
                    self->ask_next_service();
                  });
  }

  void take_services(Transport transport, std::vector<net::SrvRecord> records) {
    for (auto& record : order_srv(std::move(records), chance_)) {
      if (record.target == "." || record.target.empty()) {
        refused_ = true;
      } else {
        targets_.emplace_back(transport, std::move(record));
      }
    }
  }

  void ask_next_target() {
    if (targets_.empty() && refused_)
      return tell(fail(Code::not_found, host_ + " says that it offers no such service"));
    // No SRV record anywhere: the name itself (section 4.2).
    if (targets_.empty()) return ask_addresses(usual(), host_, 0);
    if (next_target_ >= targets_.size() || ++questions_ > kQuestionsMax) return finish();
    const auto& [transport, record] = targets_[next_target_++];
    ask_addresses(transport, record.target, record.port);
  }

  void ask_addresses(Transport transport, const std::string& name, std::uint16_t port) {
    const auto use_port = port != 0 ? port : sip::default_port(transport);
    resolver_.addresses(
        name, net::AddressFamily::v4, loop_,
        [self = shared_from_this(), transport, use_port](Result<std::vector<IpAddress>> ips) {
          if (ips) {
            for (const auto& ip : *ips) {
              self->found_.push_back(
                  {.transport = transport, .endpoint = {.ip = ip, .port = use_port}, .name = self->host_});
            }
          } else {
            self->why_ = ips.error();
          }
          if (self->targets_.empty()) return self->finish();
          self->ask_next_target();
        });
  }

  void finish() {
    if (!found_.empty()) return tell(std::move(found_));
    tell(fail(why_.value_or(Error{.code = Code::not_found, .what = "no address for " + host_})));
  }

  net::Resolver& resolver_;
  async::Loop& loop_;
  std::function<std::uint64_t()> chance_;
  std::function<void(Hops)> told_;
  std::vector<Transport> supported_;
  std::optional<Transport> wanted_;
  std::string host_;
  std::uint16_t port_ = 0;
  std::vector<std::pair<Transport, std::string>> services_;  // SRV names in the order to be asked
  std::size_t next_service_ = 0;
  bool refused_ = false;  // RFC 2782: a target of "." says that the service is decidedly not there
  std::vector<std::pair<Transport, net::SrvRecord>> targets_;
  std::size_t next_target_ = 0;
  std::size_t questions_ = 0;
  std::vector<Hop> found_;
  std::optional<Error> why_;
};

}  // namespace

bool is_to_be_located(const sip::Uri& uri, const sip::Flow& flow) {
  if (!uri.is_sip() || uri.scheme == sip::Scheme::sips || sip::is_secure(flow.transport)) return false;
  const auto transport = uri.param("transport");
  if (transport && !sip::equal_nocase(*transport, sip::uri_name(flow.transport))) return false;
  const auto literal = sip::host_address(uri.param("maddr").value_or(uri.host));
  if (!literal) return true;
  const bool behind_nat = literal->is_private() && !flow.remote.ip.is_private();
  return !behind_nat && sip::is_reliable(flow.transport);
}

std::vector<net::SrvRecord> order_srv(std::vector<net::SrvRecord> records,
                                      const std::function<std::uint64_t()>& chance) {
  // Those without weight come first, which gives them a small chance beside those with one.
  std::ranges::sort(records, {}, [](const auto& r) { return std::pair(r.priority, r.weight != 0); });
  for (auto first = records.begin(); first != records.end();) {
    const auto last =
        std::find_if(first, records.end(), [&](const auto& r) { return r.priority != first->priority; });
    for (; first != last; ++first) {
      std::uint64_t sum = 0;
      for (auto i = first; i != last; ++i) sum += i->weight;
      std::uint64_t draw = sum == 0 ? 0 : chance() % (sum + 1);
      auto chosen = first;
      while (chosen + 1 != last && draw > chosen->weight) {
        draw -= chosen->weight;
        ++chosen;
      }
      std::rotate(first, chosen, chosen + 1);
    }
  }
  return records;
}

void drop_unreachable(std::vector<Hop>& hops, const IpAddress& from) {
  if (from.is_private()) return;
  std::erase_if(hops, [](const Hop& hop) { return hop.endpoint.ip.is_private(); });
}

void locate(net::Resolver& resolver, async::Loop& loop, std::string_view uri, const LocateOptions& options,
            std::function<std::uint64_t()> chance, std::function<void(Result<std::vector<Hop>>)> told) {
  std::make_shared<Search>(resolver, loop, std::move(chance), std::move(told))->start(uri, options);
}

}  // namespace portico::signaling
