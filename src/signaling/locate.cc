#include "signaling/locate.h"

#include <algorithm>
#include <cctype>
#include <memory>

#include "sip/message/uri.h"

namespace portico::signaling {
namespace {

using sip::Transport;

std::optional<Transport> transport_named(std::string_view name) {
  for (const auto t : {Transport::udp, Transport::tcp, Transport::tls}) {
    if (std::equal(name.begin(), name.end(), sip::uri_name(t).begin(), sip::uri_name(t).end(),
                   [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); })) {
      return t;
    }
  }
  return std::nullopt;
}

std::string_view srv_prefix(Transport t) {
  return t == Transport::tls ? "_sips._tcp." : t == Transport::tcp ? "_sip._tcp." : "_sip._udp.";
}

std::optional<Transport> transport_of_service(std::string_view service) {
  if (service == "SIPS+D2T") return Transport::tls;
  if (service == "SIP+D2T") return Transport::tcp;
  if (service == "SIP+D2U") return Transport::udp;
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
    supported_ = options.supported;
    host_ = std::string(uri->host);
    port_ = uri->port;
    secure_ = uri->scheme == sip::Scheme::sips;
    wanted_ = options.transport;
    if (const auto param = uri->param("transport"); param && !wanted_) wanted_ = transport_named(*param);
    if (secure_) wanted_ = Transport::tls;
    if (const auto maddr = uri->param("maddr")) host_ = std::string(*maddr);
    if (const auto ip = sip::host_address(host_)) return tell_literal(*ip);
    if (port_ != 0) return ask_addresses(wanted_.value_or(Transport::udp), host_, port_, true);
    if (wanted_) return ask_srv({*wanted_});
    ask_naptr();
  }

 private:
  using Hops = Result<std::vector<Hop>>;

  void tell(Hops hops) {
    loop_.post([self = shared_from_this(), hops = std::move(hops)]() mutable {
      if (self->told_) std::exchange(self->told_, nullptr)(std::move(hops));
    });
  }

  void tell_literal(IpAddress ip) {
    const auto transport = wanted_.value_or(Transport::udp);
    const auto port = port_ != 0 ? port_ : sip::default_port(transport);
    tell(std::vector{Hop{.transport = transport, .endpoint = {.ip = ip, .port = port}}});
  }

  // RFC 3263 section 4.1: the peer's order of transports, among those that we speak.
  void ask_naptr() {
    resolver_.naptr(host_, loop_, [self = shared_from_this()](Result<std::vector<net::NaptrRecord>> records) {
      std::vector<Transport> order;
      if (records) {
        std::sort(records->begin(), records->end(), [](const auto& a, const auto& b) {
          return std::pair(a.order, a.preference) < std::pair(b.order, b.preference);
        });
        for (const auto& record : *records) {
          const auto transport = transport_of_service(record.services);
          if (!transport || !self->speaks(*transport)) continue;
          order.push_back(*transport);
          self->srv_names_.emplace_back(*transport, record.replacement);
        }
      }
      if (order.empty()) order = {Transport::udp, Transport::tcp, Transport::tls};
      self->ask_srv(std::move(order));
    });
  }

  bool speaks(Transport t) const {
    return std::find(supported_.begin(), supported_.end(), t) != supported_.end();
  }

  void ask_srv(std::vector<Transport> order) {
    order_ = std::move(order);
    ask_next_srv();
  }

  void ask_next_srv() {
    while (next_ < order_.size() && !speaks(order_[next_])) ++next_;
    if (next_ >= order_.size()) {
      if (!targets_.empty()) return ask_next_target();
      // No SRV record anywhere: the name itself (section 4.2).
      return ask_addresses(wanted_.value_or(Transport::udp), host_, 0, true);
    }
    const auto transport = order_[next_++];
    std::string name = std::string(srv_prefix(transport)) + host_;
    for (const auto& [t, replacement] : srv_names_) {
      if (t == transport) name = replacement;
    }
    resolver_.srv(name, loop_,
                  [self = shared_from_this(), transport](Result<std::vector<net::SrvRecord>> records) {
                    if (records) {
                      for (auto& record : order_srv(std::move(*records), self->chance_)) {
                        if (record.target != "." && !record.target.empty())
                          self->targets_.push_back({transport, record});
                      }
                    }
                    self->ask_next_srv();
                  });
  }

  void ask_next_target() {
    if (next_target_ >= targets_.size()) return finish();
    const auto& [transport, record] = targets_[next_target_++];
    ask_addresses(transport, record.target, record.port, false);
  }

  void ask_addresses(Transport transport, const std::string& name, std::uint16_t port, bool last) {
    const auto use_port = port != 0 ? port : sip::default_port(transport);
    resolver_.addresses(
        name, net::AddressFamily::v4, loop_,
        [self = shared_from_this(), transport, use_port, last](Result<std::vector<IpAddress>> ips) {
          if (ips) {
            for (const auto& ip : *ips) {
              self->found_.push_back(
                  {.transport = transport, .endpoint = {.ip = ip, .port = use_port}, .name = self->host_});
            }
          } else {
            self->why_ = ips.error();
          }
          if (last) return self->finish();
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
  bool secure_ = false;
  std::vector<std::pair<Transport, std::string>> srv_names_;  // from NAPTR
  std::vector<Transport> order_;
  std::size_t next_ = 0;
  std::vector<std::pair<Transport, net::SrvRecord>> targets_;
  std::size_t next_target_ = 0;
  std::vector<Hop> found_;
  std::optional<Error> why_;
};

}  // namespace

std::vector<net::SrvRecord> order_srv(std::vector<net::SrvRecord> records,
                                      const std::function<std::uint64_t()>& chance) {
  std::sort(records.begin(), records.end(),
            [](const auto& a, const auto& b) { return a.priority < b.priority; });
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
      std::iter_swap(first, chosen);
    }
  }
  return records;
}

void locate(net::Resolver& resolver, async::Loop& loop, std::string_view uri, const LocateOptions& options,
            std::function<std::uint64_t()> chance, std::function<void(Result<std::vector<Hop>>)> told) {
  std::make_shared<Search>(resolver, loop, std::move(chance), std::move(told))->start(uri, options);
}

}  // namespace portico::signaling
