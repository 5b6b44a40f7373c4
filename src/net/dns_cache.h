#pragma once
// Answers by question until their TTL has passed; the least recently used goes first when the cache is full,
// in entries or in bytes. An answer over limits::kDnsAnswerBytesMax is not kept. "No such name" is remembered
// too, for limits::kDnsNegativeTtl; other failures are not. Owner thread only.

#include <list>
#include <map>
#include <string>

#include "base/result.h"
#include "net/dns_answer.h"

namespace portico::net {

struct DnsQuestion {
  DnsType type = DnsType::a;
  std::string name;  // lower case
  friend auto operator<=>(const DnsQuestion&, const DnsQuestion&) = default;
};

class DnsCache {
 public:
  explicit DnsCache(std::size_t entries_max) : max_(entries_max) {}

  const Result<DnsRecords>* find(TimePoint now, const DnsQuestion& question);
  void put(TimePoint now, const DnsQuestion& question, const Result<DnsAnswer>& answer);
  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    Result<DnsRecords> outcome;
    TimePoint until;
    std::size_t bytes = 0;
    std::list<const DnsQuestion*>::iterator place;
  };
  void drop(std::map<DnsQuestion, Entry>::iterator it);

  std::size_t max_;
  std::size_t bytes_ = 0;
  std::map<DnsQuestion, Entry> entries_;
  std::list<const DnsQuestion*> recent_;  // the last used is in front
};

}  // namespace portico::net
