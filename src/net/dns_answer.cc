#include "net/dns_answer.h"

#include <ares.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "base/limits.h"

namespace portico::net {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::uint16_t kClassIn = 1;
constexpr std::uint16_t kTypeCname = 5;
constexpr std::uint16_t kTypeSrv = 33;
constexpr std::uint16_t kTypeNaptr = 35;

// A place in a message. Reading past the end, or a bad name, makes it fail for good.
class Cursor {
 public:
  Cursor(ByteView message, std::size_t at) : message_(message), at_(at), failed_(at > message.size()) {}

  std::uint16_t u16() {
    if (!has(2)) return 0;
    const auto value = static_cast<std::uint16_t>(message_[at_] << 8 | message_[at_ + 1]);
    at_ += 2;
    return value;
  }

  std::uint32_t u32() {
    const auto high = u16();
    return static_cast<std::uint32_t>(high) << 16 | u16();
  }

  std::string name() { return text(ares_expand_name_at); }
  std::string string() { return text(ares_expand_string_at); }

  void skip(std::size_t bytes) {
    if (has(bytes)) at_ += bytes;
  }

  bool failed() const { return failed_; }
  std::size_t at() const { return at_; }

 private:
  struct Free {
    void operator()(char* text) const { ares_free_string(text); }
  };
  using Owned = std::unique_ptr<char, Free>;  // the copy may find no memory
  using Expand = int (*)(const unsigned char*, ByteView, std::string&, long&);

  static int ares_expand_name_at(const unsigned char* from, ByteView message, std::string& out, long& used) {
    char* expanded = nullptr;
    const int status =
        ares_expand_name(from, message.data(), static_cast<int>(message.size()), &expanded, &used);
    if (status != ARES_SUCCESS) return status;
    out = Owned(expanded).get();
    return status;
  }

  static int ares_expand_string_at(const unsigned char* from, ByteView message, std::string& out,
                                   long& used) {
    unsigned char* expanded = nullptr;
    const int status =
        ares_expand_string(from, message.data(), static_cast<int>(message.size()), &expanded, &used);
    if (status != ARES_SUCCESS) return status;
    out = Owned(reinterpret_cast<char*>(expanded)).get();
    return status;
  }

  std::string text(Expand expand) {
    std::string out;
    long used = 0;
    if (!has(1)) return out;
    if (expand(message_.data() + at_, message_, out, used) != ARES_SUCCESS || used <= 0) failed_ = true;
    if (out.size() > limits::kDnsNameBytesMax) failed_ = true;
    if (failed_) return {};
    skip(static_cast<std::size_t>(used));
    return out;
  }

  bool has(std::size_t bytes) {
    if (failed_ || message_.size() - at_ < bytes) failed_ = true;
    return !failed_;
  }

  ByteView message_;
  std::size_t at_;
  bool failed_;
};

SrvRecord read_srv(Cursor& at) {
  SrvRecord record;
  record.priority = at.u16();
  record.weight = at.u16();
  record.port = at.u16();
  record.target = at.name();
  return record;
}

NaptrRecord read_naptr(Cursor& at) {
  NaptrRecord record;
  record.order = at.u16();
  record.preference = at.u16();
  record.flags = at.string();
  record.services = at.string();
  record.regexp = at.string();
  record.replacement = at.name();
  return record;
}

void skip_questions(Cursor& at, unsigned count) {
  for (unsigned i = 0; i < count && !at.failed(); ++i) {
    at.name();
    at.skip(4);
  }
}

template <typename Record>
Result<DnsAnswer> parse(ByteView message, std::uint16_t wanted, Record (*read)(Cursor&)) {
  const auto malformed = [] { return fail(Code::unavailable, "malformed DNS answer"); };
  if (message.size() < kHeaderBytes || message.size() > 65'535) return malformed();
  Cursor counts(message, 4);
  const unsigned questions = counts.u16();
  const unsigned answers = counts.u16();
  Cursor at(message, kHeaderBytes);
  skip_questions(at, questions);
  std::vector<Record> records;
  auto ttl = std::chrono::duration_cast<std::chrono::seconds>(limits::kDnsTtlMax);
  for (unsigned i = 0; i < answers && records.size() < limits::kDnsRecordsMax; ++i) {
    at.name();
    const auto type = at.u16();
    const auto in = at.u16();
    const std::chrono::seconds lives(at.u32());
    const std::size_t size = at.u16();
    const auto start = at.at();
    at.skip(size);
    if (at.failed()) return malformed();
    if (in != kClassIn || (type != wanted && type != kTypeCname)) continue;
    ttl = std::min(ttl, lives);
    if (type == kTypeCname) continue;  // an alias: the answer holds as long as it does
    // Its fields may not reach beyond the record; names in them may point back into the message.
    Cursor fields(message.first(start + size), start);
    records.push_back(read(fields));
    if (fields.failed()) return malformed();
  }
  if (records.empty()) return fail(Code::not_found, "no such record");
  return DnsAnswer{.records = std::move(records), .ttl = ttl};
}

}  // namespace

Result<DnsAnswer> parse_srv_answer(ByteView message) { return parse(message, kTypeSrv, read_srv); }
Result<DnsAnswer> parse_naptr_answer(ByteView message) { return parse(message, kTypeNaptr, read_naptr); }

}  // namespace portico::net
