#include "net/dns_answer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/limits.h"
#include "net/dns_message.h"

// The fuzz target's function (fuzz/dns_answer/dns_answer.cc), linked in to replay its corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace portico::net {
namespace {

constexpr unsigned kSrv = 33;
constexpr unsigned kNaptr = 35;
constexpr unsigned kCname = 5;

TEST(DnsAnswer, ReadsServiceRecordsAndTheShortestTtl) {
  auto message = DnsMessage::answer(1, "_sip._udp.example.com", kSrv, 3);
  message.record(kCname, 240, DnsMessage().name("alias.example.com"));
  message.record(kSrv, 300, srv_fields(10, 60, 5060, "a.example.com"));
  message.record(kSrv, 120, srv_fields(20, 0, 5070, "b.example.com"));
  const auto answer = parse_srv_answer(message.bytes());
  ASSERT_TRUE(answer.has_value()) << answer.error().what;
  EXPECT_EQ(answer->ttl, 120s);
  const std::vector<SrvRecord> expected{
      {.priority = 10, .weight = 60, .port = 5060, .target = "a.example.com"},
      {.priority = 20, .weight = 0, .port = 5070, .target = "b.example.com"}};
  EXPECT_EQ(std::get<std::vector<SrvRecord>>(answer->records), expected);
}

TEST(DnsAnswer, LivesNoLongerThanAnAliasOnTheWay) {
  auto message = DnsMessage::answer(1, "_sip._udp.example.com", kSrv, 2);
  message.record(kCname, 5, DnsMessage().name("alias.example.com"));
  message.record(kSrv, 300, srv_fields(10, 60, 5060, "a.example.com"));
  EXPECT_EQ(parse_srv_answer(message.bytes())->ttl, 5s);
}

TEST(DnsAnswer, RefusesNamesLongerThanThereAre) {
  for (const std::size_t labels : {4U, 100U}) {
    std::string name;
    for (std::size_t i = 0; i < labels; ++i) name += std::string(60, 'l') + ".";
    auto message = DnsMessage::answer(1, "example.com", kSrv, 1);
    message.record(kSrv, 60, srv_fields(1, 2, 3, name + "com"));
    EXPECT_EQ(parse_srv_answer(message.bytes()).has_value(), labels == 4) << labels;
  }
}

TEST(DnsAnswer, IsNotBelievedForLongerThanAnHour) {
  auto message = DnsMessage::answer(1, "_sip._udp.example.com", kSrv, 1);
  message.record(kSrv, 604'800, srv_fields(10, 60, 5060, "a.example.com"));
  EXPECT_EQ(parse_srv_answer(message.bytes())->ttl, limits::kDnsTtlMax);
}

TEST(DnsAnswer, ReadsNamingAuthorityPointers) {
  auto message = DnsMessage::answer(1, "example.com", kNaptr, 2);
  message.record(kNaptr, 60, naptr_fields(50, 50, "s", "SIPS+D2T", "", "_sips._tcp.example.com"));
  message.record(kNaptr, 60, naptr_fields(90, 50, "s", "SIP+D2T", "", "_sip._tcp.example.com"));
  const auto answer = parse_naptr_answer(message.bytes());
  ASSERT_TRUE(answer.has_value()) << answer.error().what;
  const auto& records = std::get<std::vector<NaptrRecord>>(answer->records);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].order, 50);
  EXPECT_EQ(records[0].flags, "s");
  EXPECT_EQ(records[0].services, "SIPS+D2T");
  EXPECT_EQ(records[1].replacement, "_sip._tcp.example.com");
}

TEST(DnsAnswer, WithoutSuchARecordIsNotFound) {
  const auto message = DnsMessage::answer(1, "example.com", kSrv, 0);
  EXPECT_EQ(parse_srv_answer(message.bytes()).error().code, Code::not_found);
}

TEST(DnsAnswer, CutAnywhereIsAnErrorAndNothingElse) {
  auto message = DnsMessage::answer(1, "example.com", kSrv, 1);
  message.record(kSrv, 60, srv_fields(1, 2, 3, "target.example.com"));
  for (std::size_t size = 0; size < message.bytes().size(); ++size) {
    const Bytes cut(message.bytes().begin(), message.bytes().begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(parse_srv_answer(cut).has_value()) << size;
  }
}

TEST(DnsAnswer, ARecordMayNotReachBeyondItsLength) {
  auto message = DnsMessage::answer(1, "example.com", kSrv, 1);
  auto fields = srv_fields(1, 2, 3, "target.example.com");
  message.u16(0xC00C).u16(kSrv).u16(1).u32(60).u16(7);  // shorter than its name
  message.raw(fields.bytes());
  EXPECT_EQ(parse_srv_answer(message.bytes()).error().code, Code::unavailable);
}

TEST(DnsAnswer, ANamePointingAtItselfIsAnError) {
  auto message = DnsMessage::answer(1, "example.com", kSrv, 1);
  const auto at = static_cast<unsigned>(message.bytes().size());
  message.u16(0xC000U | at).u16(kSrv).u16(1).u32(60).u16(0);
  EXPECT_FALSE(parse_srv_answer(message.bytes()).has_value());
}

TEST(DnsAnswer, TakesABoundedNumberOfRecords) {
  auto message = DnsMessage::answer(1, "example.com", kSrv, 200);
  for (unsigned i = 0; i < 200; ++i) message.record(kSrv, 60, srv_fields(i, 0, 5060, "a.example.com"));
  const auto answer = parse_srv_answer(message.bytes());
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(std::get<std::vector<SrvRecord>>(answer->records).size(), limits::kDnsRecordsMax);
}

TEST(DnsAnswer, SurvivesTheFuzzCorpus) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/dns_answer/corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()), 0);
    ++files;
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace portico::net
