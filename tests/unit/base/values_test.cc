#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/ids.h"
#include "base/time.h"

namespace portico {
namespace {

TEST(Time, WritesAndReadsIso8601) {
  const WallTime t{Millis(1785574800120)};
  EXPECT_EQ(to_iso8601(t), "2026-08-01T09:00:00.120Z");
  EXPECT_EQ(*parse_iso8601("2026-08-01T09:00:00.120Z"), t);
  EXPECT_EQ(*parse_iso8601("2026-08-01T09:00:00Z"), t - Millis(120));
  EXPECT_FALSE(parse_iso8601("yesterday"));
  EXPECT_FALSE(parse_iso8601("2026-08-01T09:00:00.120"));
}

TEST(Time, KnowsDatesFromWhatOnlyLooksLikeOne) {
  for (const auto* text :
       {"2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z", "2026-01-01T00:00:61Z", "2026--1-01T00:00:00Z", "2026-01-01T-1:00:00Z"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
  for (const auto* text :
       {"2024-02-29T23:59:59.000Z", "2026-12-31T00:00:00.000Z", "1969-12-31T23:59:59.000Z"})
    EXPECT_EQ(to_iso8601(*parse_iso8601(text)), text);
}

TEST(Time, WritesDurationsAsTheContractDoes) {
  EXPECT_EQ(to_iso8601_duration(Millis(20056)), "PT20.056S");
  EXPECT_EQ(to_iso8601_duration(Millis(13670)), "PT13.67S");
  EXPECT_EQ(to_iso8601_duration(Millis(5000)), "PT5S");
}

TEST(Base64, Rfc4648Vectors) {
  for (const auto& [plain, coded] :
       std::initializer_list<std::pair<std::string, std::string>>{{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(as_bytes(plain)), coded);
    Bytes back;
    ASSERT_TRUE(from_base64(coded, back));
    EXPECT_EQ(as_text(back), plain);
  }
  Bytes out;
  EXPECT_FALSE(from_base64("Zg=", out));
  EXPECT_FALSE(from_base64("Z*==", out));
}

TEST(Hash, KnownAnswers) {
  EXPECT_EQ(hash_hex(HashAlgorithm::md5, {"ab", "c"}), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hash_hex(HashAlgorithm::sha256, {"a", "bc"}),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Ids, HaveTheLengthsOfTheContract) {
  EXPECT_TRUE(is_uuid(new_uuid()));
  EXPECT_EQ(new_call_id().size(), 47U);
  EXPECT_EQ(new_conference_id().size(), 50U);
  EXPECT_FALSE(is_uuid("7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a1"));
  EXPECT_FALSE(is_uuid("7d9c1b52x3a57-4f0e-b0c6-5f4d9d3d8a11"));
}

}  // namespace
}  // namespace portico
