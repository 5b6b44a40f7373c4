#include "net/dns_cache.h"

#include "base/limits.h"

namespace portico::net {
namespace {

std::size_t size_of(const NaptrRecord& record) {
  return sizeof record + record.flags.size() + record.services.size() + record.regexp.size() +
         record.replacement.size();
}
std::size_t size_of(const SrvRecord& record) { return sizeof record + record.target.size(); }
std::size_t size_of(const IpAddress& address) { return sizeof address; }

std::size_t size_of(const DnsQuestion& question, const Result<DnsAnswer>& answer) {
  auto bytes = question.name.size();
  if (!answer) return bytes + answer.error().what.size();
  std::visit(
      [&](const auto& records) {
        for (const auto& record : records) bytes += size_of(record);
      },
      answer->records);
  return bytes;
}

}  // namespace

void DnsCache::drop(std::map<DnsQuestion, Entry>::iterator it) {
  bytes_ -= it->second.bytes;
  recent_.erase(it->second.place);
  entries_.erase(it);
}

const Result<DnsRecords>* DnsCache::find(TimePoint now, const DnsQuestion& question) {
  const auto it = entries_.find(question);
  if (it == entries_.end()) return nullptr;
  if (now >= it->second.until) {
    drop(it);
    return nullptr;
  }
  recent_.splice(recent_.begin(), recent_, it->second.place);
  return &it->second.outcome;
}

void DnsCache::put(TimePoint now, const DnsQuestion& question, const Result<DnsAnswer>& answer) {
  if (max_ == 0) return;
  if (!answer && answer.error().code != Code::not_found) return;
  if (answer && answer->ttl <= Duration::zero()) return;
  if (const auto it = entries_.find(question); it != entries_.end()) drop(it);
  const auto bytes = size_of(question, answer);
  if (bytes > limits::kDnsAnswerBytesMax) return;
  while (entries_.size() >= max_ || bytes_ + bytes > limits::kDnsCacheBytesMax)
    drop(entries_.find(*recent_.back()));
  Result<DnsRecords> outcome = answer ? Result<DnsRecords>(answer->records) : fail(answer.error());
  const auto life = answer ? answer->ttl : Duration(limits::kDnsNegativeTtl);
  const auto [it, added] = entries_.emplace(
      question, Entry{.outcome = std::move(outcome), .until = now + life, .bytes = bytes, .place = {}});
  bytes_ += bytes;
  recent_.push_front(&it->first);
  it->second.place = recent_.begin();
}

}  // namespace portico::net
