// room: net
// DNS answers as a hostile server may send them: a bounded value or an error, and no other value where the
// message is cut.
#include "net/dns_answer.h"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace portico;
using namespace portico::net;

constexpr std::size_t kCutMax = 512;  // octets of a message that is tried at each length

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_bounded(const std::string& text) { return text.size() <= limits::kDnsNameBytesMax; }
bool has_bounded_texts(const SrvRecord& record) { return is_bounded(record.target); }
bool has_bounded_texts(const NaptrRecord& record) {
  return is_bounded(record.flags) && is_bounded(record.services) && is_bounded(record.regexp) &&
         is_bounded(record.replacement);
}

template <typename Record>
void check(ByteView message, Result<DnsAnswer> (*parse)(ByteView)) {
  const auto answer = parse(message);
  if (!answer) {
    const auto code = answer.error().code;
    return require(code == Code::not_found || code == Code::unavailable);
  }
  require(answer->ttl >= Duration::zero() && answer->ttl <= limits::kDnsTtlMax);
  const auto& records = std::get<std::vector<Record>>(answer->records);
  require(!records.empty() && records.size() <= limits::kDnsRecordsMax);
  for (const auto& record : records) require(has_bounded_texts(record));
  if (message.size() > kCutMax) return;
  for (std::size_t size = 0; size < message.size(); ++size) {
    const Bytes cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
    const auto less = parse(cut);
    require(!less || (less->records == answer->records && less->ttl == answer->ttl));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView message(data, size);
  check<SrvRecord>(message, parse_srv_answer);
  check<NaptrRecord>(message, parse_naptr_answer);
  return 0;
}
