#pragma once
// For tests: a DNS server on the loopback that knows what it was told and counts who asks. Names that it was
// not told get NXDOMAIN; names that begin with "mute." get no answer at all.

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "net/dns_message.h"
#include "net/udp_batch.h"

namespace portico::net {

class DnsResponder {
 public:
  explicit DnsResponder(const Endpoint& at = {.ip = IpAddress::v4(0x7F000001), .port = 0})
      : socket_(*UdpSocket::bind(at)) {
    thread_ = std::thread([this] { run(); });
  }
  ~DnsResponder() {
    stop_ = true;
    UdpSender nudge;
    nudge.queue(as_bytes("."), socket_.local());
    nudge.flush(socket_);
    thread_.join();
  }
  DnsResponder(const DnsResponder&) = delete;
  DnsResponder& operator=(const DnsResponder&) = delete;

  Endpoint address() const { return socket_.local(); }
  void knows(const std::string& name, unsigned type, const DnsMessage& fields, std::uint32_t ttl = 60) {
    const std::lock_guard lock(mutex_);
    records_[{name, type}].push_back({ttl, fields});
  }
  int asked(const std::string& name, unsigned type) {
    const std::lock_guard lock(mutex_);
    return asked_[{name, type}];
  }

 private:
  using Key = std::pair<std::string, unsigned>;
  struct Known {
    std::uint32_t ttl;
    DnsMessage fields;
  };

  void run() {
    UdpReceiver receiver(1'500);
    UdpSender sender;
    while (!stop_) {
      pollfd readable{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
      ::poll(&readable, 1, -1);
      for (const auto& query : receiver.receive(socket_)) {
        const auto reply = answer(query.bytes);
        if (!reply.empty()) sender.queue(reply, query.source);
      }
      sender.flush(socket_);
    }
  }

  Bytes answer(ByteView query) {
    if (query.size() < 17) return {};
    std::string name;
    std::size_t at = 12;
    while (query[at] != 0) {
      const std::size_t length = query[at];
      name += (name.empty() ? "" : ".") + std::string(as_text(query.subspan(at + 1, length)));
      at += 1 + length;
    }
    const unsigned type = static_cast<unsigned>(query[at + 1]) << 8 | query[at + 2];
    const unsigned id = static_cast<unsigned>(query[0]) << 8 | query[1];
    const std::lock_guard lock(mutex_);
    ++asked_[{name, type}];
    if (name.starts_with("mute.")) return {};
    const auto it = records_.find({name, type});
    const auto count = it == records_.end() ? 0U : static_cast<unsigned>(it->second.size());
    const bool name_known = std::any_of(records_.begin(), records_.end(),
                                        [&](const auto& entry) { return entry.first.first == name; });
    auto message = DnsMessage::answer(id, name, type, count, name_known ? 0 : 3);
    if (count > 0)
      for (const auto& known : it->second) message.record(type, known.ttl, known.fields);
    return message.bytes();
  }

  UdpSocket socket_;
  std::mutex mutex_;
  std::map<Key, std::vector<Known>> records_;
  std::map<Key, int> asked_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace portico::net
