#pragma once
// The answer section of a DNS response (RFC 1035 section 4) as records. Hostile bytes in, values or an error
// out. Pure; any thread.

#include <variant>
#include <vector>

#include "base/bytes.h"
#include "net/resolver.h"

namespace portico::net {

enum class DnsType : unsigned char { naptr, srv, a, aaaa, both_addresses };

using DnsRecords = std::variant<std::vector<NaptrRecord>, std::vector<SrvRecord>, std::vector<IpAddress>>;

struct DnsAnswer {
  DnsRecords records;
  Duration ttl{};  // the shortest of the records and of aliases on the way, at most limits::kDnsTtlMax
};

// SRV (RFC 2782) or NAPTR (RFC 3403). At most limits::kDnsRecordsMax records are taken. Errors: not_found (no
// record of that type), unavailable (malformed).
Result<DnsAnswer> parse_srv_answer(ByteView message);
Result<DnsAnswer> parse_naptr_answer(ByteView message);

}  // namespace portico::net
