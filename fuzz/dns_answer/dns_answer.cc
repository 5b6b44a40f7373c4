// room: net
// DNS answers as a hostile server may send them: never more than a value or an error.
#include "net/dns_answer.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const portico::ByteView message(data, size);
  for (const auto& answer :
       {portico::net::parse_srv_answer(message), portico::net::parse_naptr_answer(message)}) {
    if (answer && answer->ttl > portico::limits::kDnsTtlMax) std::abort();
  }
  return 0;
}
