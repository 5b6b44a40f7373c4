#pragma once
// For tests: DNS messages, byte by byte.

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace portico::net {

class DnsMessage {
 public:
  DnsMessage& u8(unsigned value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  DnsMessage& u16(unsigned value) { return u8(value >> 8 & 0xFF).u8(value & 0xFF); }
  DnsMessage& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xFFFF); }
  DnsMessage& string(std::string_view text) {  // <character-string>
    u8(static_cast<unsigned>(text.size()));
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  DnsMessage& name(std::string_view text) {
    while (!text.empty()) {
      const auto dot = text.find('.');
      string(text.substr(0, dot));
      text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
    }
    return u8(0);
  }
  DnsMessage& raw(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  // A record whose owner is the first question's name.
  DnsMessage& record(unsigned type, std::uint32_t ttl, const DnsMessage& fields) {
    u16(0xC00C).u16(type).u16(1).u32(ttl).u16(static_cast<unsigned>(fields.bytes_.size()));
    return raw(fields.bytes_);
  }
  const Bytes& bytes() const { return bytes_; }

  static DnsMessage answer(unsigned id, std::string_view question, unsigned type, unsigned records,
                           unsigned rcode = 0) {
    DnsMessage message;
    message.u16(id).u16(0x8580U | rcode).u16(1).u16(records).u16(0).u16(0);
    message.name(question).u16(type).u16(1);
    return message;
  }

 private:
  Bytes bytes_;
};

inline DnsMessage srv_fields(unsigned priority, unsigned weight, unsigned port, std::string_view target) {
  return DnsMessage().u16(priority).u16(weight).u16(port).name(target);
}
inline DnsMessage naptr_fields(unsigned order, unsigned preference, std::string_view flags,
                               std::string_view services, std::string_view regexp,
                               std::string_view replacement) {
  return DnsMessage()
      .u16(order)
      .u16(preference)
      .string(flags)
      .string(services)
      .string(regexp)
      .name(replacement);
}

}  // namespace portico::net
