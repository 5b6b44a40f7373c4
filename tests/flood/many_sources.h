#pragma once
// One UDP socket that speaks from thousands of addresses of 127.0.0.0/8 (each is local there), and knows of
// each address how many bytes it sent and was sent.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace portico::flood {

class ManySources {
 public:
  struct Tally {
    std::uint64_t sent = 0;  // datagrams
    std::uint64_t sent_bytes = 0;
    std::uint64_t received = 0;
    std::uint64_t received_bytes = 0;
  };
  using OnDatagram = std::function<void(std::size_t source, std::string_view bytes)>;

  // `count` addresses from `first` on. Ends the program where the socket cannot be had.
  ManySources(IpAddress first, std::size_t count);
  ~ManySources();
  ManySources(const ManySources&) = delete;
  ManySources& operator=(const ManySources&) = delete;

  void send(std::size_t source, Endpoint to,
            std::string_view bytes);  // leaves with the next flush() at the latest
  void flush();
  void receive(const OnDatagram& on_datagram);  // all that is there now

  std::size_t size() const { return tallies_.size(); }
  std::string address(std::size_t source) const;
  std::uint16_t port() const { return port_; }
  Tally total() const;
  // Of the source that was sent most beyond what it sent itself.
  std::int64_t excess_bytes_max() const;

 private:
  struct Waiting {
    std::size_t source;
    Endpoint to;
    std::string bytes;
  };
  std::uint32_t first_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::vector<Tally> tallies_;
  std::vector<Waiting> waiting_;
};

}  // namespace portico::flood
