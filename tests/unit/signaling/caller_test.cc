#include "signaling/caller.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "base/limits.h"
#include "sip/message/parse.h"

namespace portico::signaling {
namespace {

namespace json = boost::json;

sip::Message invite(const std::string& from, const std::string& more = "") {
  auto parsed =
      sip::parse_datagram("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: " + from +
                          ";tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" + more + "\r\n");
  EXPECT_TRUE(parsed.ok());
  return std::move(parsed.message);
}

// What reaches the application is JSON with these very strings in it, whatever a caller sends.
TEST(Caller, HeadersReachTheApplicationAsPlainText) {
  struct Row {
    std::string sent;
    const char* told;
  };
  const Row rows[] = {
      {"simple", "simple"},
      {R"(a","callId":"c-forged)", R"(a","callId":"c-forged)"},
      {"</script><b>&amp;", "</script><b>&amp;"},
      {"a&callId=c-forged", "a&callId=c-forged"},
      {"\xC3\xB6", "\xC3\xB6"},
      {"\xF6", "\xEF\xBF\xBD"},
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"folded\r\n X-Forged: 1", "folded   X-Forged: 1"},
      {"\x1b[31m", "\x1b[31m"},
  };
  for (const auto& row : rows) {
    const auto extras = initiate_extras(invite("<sip:c@d>", "X-Note: " + row.sent + "\r\n"));
    const auto again = json::parse(json::serialize(extras)).as_object();
    ASSERT_EQ(again.size(), 1U) << row.sent;
    const auto& headers = again.at("sipHeaders").as_object();
    ASSERT_EQ(headers.size(), 1U);
    EXPECT_EQ(headers.at("x-note").as_string(), row.told);
  }
}

TEST(Caller, DiversionAndUuiAreTextAndBounded) {
  const auto extras = initiate_extras(
      invite("<sip:c@d>",
             "Diversion: <sip:+15551230001@a>;reason=\"no\xFF\\\"answer\";origTo=forged\r\nUser-to-User: " +
                 std::string(256 - 13, 'a') + ";encoding=hex\r\n"));
  const auto again = json::parse(json::serialize(extras)).as_object();
  const auto& diversion = again.at("diversion").as_object();
  EXPECT_EQ(diversion.at("origTo").as_string(), "+15551230001");
  EXPECT_EQ(diversion.at("reason").as_string(), "no\xEF\xBF\xBD\\\"answer");
  EXPECT_EQ(again.at("uui").as_string(), std::string(256 - 13, 'a') + ";encoding=hex");
}

// webhooks.md `initiate`: 256 characters, each value with an encoding that is known.
TEST(Caller, TellsWholeUserToUserValuesOfKnownEncodings) {
  const auto uui = [](const std::string& headers) {
    const auto extras = initiate_extras(invite("<sip:c@d>", headers));
    return extras.contains("uui") ? std::string(extras.at("uui").as_string()) : "none";
  };
  EXPECT_EQ(
      uui("User-to-User: aGk=;encoding=base64, e.y.j;encoding=JWT\r\nUser-to-User: 04;encoding=hex\r\n"),
      "aGk=;encoding=base64,e.y.j;encoding=JWT,04;encoding=hex");
  EXPECT_EQ(uui("User-to-User: 00;encoding=rot13\r\nUser-to-User: 01\r\n"), "none");
  EXPECT_EQ(uui("User-to-User: " + std::string(256 - 12, 'a') + ";encoding=hex\r\n"), "none");
  EXPECT_EQ(uui("User-to-User: " + std::string(200, 'a') + ";encoding=hex, " + std::string(50, 'b') +
                ";encoding=hex, 0;encoding=hex\r\n"),
            std::string(200, 'a') + ";encoding=hex,0;encoding=hex");
}

TEST(Caller, OnlySoManyHeadersReachTheApplication) {
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X-" + std::to_string(i) + ": v\r\n";
  EXPECT_EQ(initiate_extras(invite("<sip:c@d>", many)).at("sipHeaders").as_object().size(),
            limits::kSipHeadersToAppMax);
  std::string large;
  for (int i = 0; i < 20; ++i) large += "X-" + std::to_string(i) + ": " + std::string(1'000, 'v') + "\r\n";
  EXPECT_EQ(initiate_extras(invite("<sip:c@d>", large)).at("sipHeaders").as_object().size(),
            limits::kSipHeadersToAppBytesMax / 1'005);
}

TEST(Caller, IdentityIsANumberAUriOrAnonymous) {
  struct Row {
    const char* from;
    const char* told;
  };
  const Row rows[] = {
      {"\"+15559999999\" <sip:+15551230001@d>", "+15551230001"},
      {"<sip:%0d%0aX-Forged:1@d>", "sip:%0d%0aX-Forged@d"},
      {"\"Mal\\\"lory\" <sip:mal%0d%0alory@d;user=phone?Subject=x>", "sip:mal%0d%0alory@d"},
      {"<sip:user@d:5070;transport=tcp>", "sip:user@d:5070"},
      {"<sip:x@anonymous.invalid>", "Anonymous"},
      {"<http://forged.example/>", "http://forged.example/"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(caller_identity(invite(row.from)), row.told) << row.from;
  }
  const std::string withheld = "<sip:+15551230001@d>";
  EXPECT_EQ(caller_identity(invite(withheld, "Privacy: id\r\n")), "Anonymous");
  EXPECT_EQ(caller_identity(invite(withheld, "Privacy: header; ID\r\n")), "Anonymous");
  EXPECT_EQ(caller_identity(invite(withheld, "Privacy: none\r\n")), "+15551230001");
}

}  // namespace
}  // namespace portico::signaling
