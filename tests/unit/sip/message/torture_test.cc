// What the torture messages of RFC 4475 and RFC 5118 say, as it is read. What becomes of each on the wire is
// the table in tests/unit/signaling/torture_test.cc.

#include "torture.h"

#include <gtest/gtest.h>

#include "sip/dialog/content.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"

namespace portico::sip {
namespace {

using test::torture_message;

TEST(Torture, TheShortTortuousInviteIsUnderstood) {
  const auto message = parse_datagram(torture_message("rfc4475/wsinv")).message;
  EXPECT_EQ(read_to(message)->tag(), "1918181833n");
  EXPECT_EQ(display_name(*read_from(message)), "J Rosenberg \\\"");
  EXPECT_EQ(read_from(message)->tag(), "98asjd8");
  EXPECT_EQ(read_max_forwards(message), 68U);
  EXPECT_EQ(read_cseq(message)->number, 9U);
  EXPECT_EQ(message.count(Header::via), 2U);
  std::vector<std::string> branches;
  for (const auto via : message.values(Header::via)) branches.emplace_back(parse_via(via)->branch());
  EXPECT_EQ(branches, (std::vector<std::string>{"390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"}));
  EXPECT_TRUE(message.has(Header::subject));
  EXPECT_EQ(message.value(Header::subject), "");
  EXPECT_EQ(message.value("unknownheaderwithunusualvalue"), ";;,,;;,;");
  EXPECT_EQ(display_name(*read_contact(message)), "Quoted string \"\"");
  EXPECT_EQ(read_contact(message)->params.find("q"), "0.33");
  EXPECT_EQ(message.body().size(), 150U);
}

TEST(Torture, TheWideRangeOfCharactersIsKept) {
  const auto message = parse_datagram(torture_message("rfc4475/intmeth")).message;
  EXPECT_EQ(message.method_text(), "!interesting-Method0123456789_*+`.%indeed'~");
  const auto uri = parse_uri(message.request_uri());
  EXPECT_EQ(uri->user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  EXPECT_EQ(uri->password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  EXPECT_EQ(display_name(*read_to(message)), std::string("BEL:\x07 NUL:\x00 DEL:\x7F", 17));
  EXPECT_EQ(read_from(message)->tag(), "_token~1'+`*%!-.");
  EXPECT_EQ(message.value("extensionHeader-!.%*+_`'~"), "\xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\xE9\x9B\xBB");
}

TEST(Torture, EscapesMeanWhatTheyMeanWhereTheyMay) {
  const auto message = parse_datagram(torture_message("rfc4475/esc02")).message;
  EXPECT_EQ(message.method(), Method::other);  // "RE%47IST%45R" is not REGISTER
  EXPECT_EQ(message.count(Header::contact), 2U);
  EXPECT_EQ(message.value("C%6Fntact"), "<sip:alias2@host2.example.com>");
  const auto lr = parse_datagram(torture_message("rfc4475/esc01")).message;
  EXPECT_TRUE(
      equivalent(read_contact(lr)->uri, *parse_uri("sip:caller@host5.example.net;lr;name=value%2541")));
}

TEST(Torture, TheLongRequestIsReadToItsEnd) {
  const auto message = parse_datagram(torture_message("rfc4475/longreq")).message;
  EXPECT_EQ(message.count(Header::via), 34U);
  EXPECT_EQ(read_from(message)->tag().size(), 2U + 150U + 3U);
  EXPECT_EQ(message.body().size(), 150U);
}

TEST(Torture, TheRestTellsTheLayersAboveWhatTheyNeed) {
  EXPECT_FALSE(
      read_top_via(parse_datagram(torture_message("rfc4475/badbranch")).message)->has_magic_branch());
  EXPECT_EQ(read_max_forwards(parse_datagram(torture_message("rfc4475/zeromf")).message), 0U);
  EXPECT_TRUE(lists_token(parse_datagram(torture_message("rfc4475/bext01")).message, Header::require,
                          "nothingSupportsThis"));
  EXPECT_TRUE(read_content_type(parse_datagram(torture_message("rfc4475/invut")).message)
                  ->is("application", "unknownformat"));
  EXPECT_EQ(parse_datagram(torture_message("rfc4475/dblreq")).message.body(), "");
  EXPECT_EQ(parse_datagram(torture_message("rfc4475/mpart01")).message.body().size(), 553U);
  EXPECT_EQ(parse_datagram(torture_message("rfc4475/noreason")).message.reason(), "");
  EXPECT_TRUE(
      parse_datagram(torture_message("rfc4475/unreason")).message.reason().starts_with("= 2**3 * 5**2 "));
  EXPECT_EQ(
      read_contact(parse_datagram(torture_message("rfc4475/cparam01")).message)->params.find("unknownparam"),
      "");
  EXPECT_EQ(
      read_contact(parse_datagram(torture_message("rfc4475/cparam02")).message)->uri.param("unknownparam"),
      "");
  EXPECT_EQ(parse_uri(parse_datagram(torture_message("rfc4475/semiuri")).message.request_uri())->user,
            "user;par=u%40example.net");
  EXPECT_EQ(parse_uri(parse_datagram(torture_message("rfc5118/port-ambiguous")).message.request_uri())->port,
            0);
  EXPECT_EQ(
      parse_uri(parse_datagram(torture_message("rfc5118/port-unambiguous")).message.request_uri())->port,
      5070);
  for (const auto* name : {"rfc5118/via-received-param-with-delim", "rfc5118/via-received-param-no-delim"}) {
    const auto message = parse_datagram(torture_message(name)).message;
    EXPECT_TRUE(same_host(read_top_via(message)->received(), "2001:db8::9:255")) << name;
  }
  // RFC 5118 section 4.10: the third colon means nothing.
  for (const auto* name : {"rfc5118/ipv6-bug-abnf-3-colons", "rfc5118/ipv6-correct-abnf-2-colons"}) {
    const auto message = parse_datagram(torture_message(name)).message;
    for (const auto host : {parse_uri(message.request_uri())->host, read_to(message)->uri.host}) {
      EXPECT_EQ(host_address(host), parse_ip("2001:db8::c000:201")) << name;
    }
  }
}

// RFC 4475 sections 3.3.6 and 3.3.15: at the door, were they for an application that is here, these two
// INVITEs end for their content.
TEST(Torture, TwoInvitesAreRefusedForTheirContentAndNoOther) {
  const auto refusal_of = [](const char* name) {
    return refuse_content(parse_datagram(torture_message(name)).message);
  };
  const auto unreadable = refusal_of("rfc4475/invut");
  ASSERT_TRUE(unreadable);
  EXPECT_EQ(unreadable->status, 415);
  ASSERT_EQ(unreadable->headers.size(), 1U);
  EXPECT_EQ(unreadable->headers.front().name + ": " + unreadable->headers.front().value,
            "Accept: application/sdp");
  const auto unwanted = refusal_of("rfc4475/sdp01");
  ASSERT_TRUE(unwanted);
  EXPECT_EQ(unwanted->status, 406);
  for (const auto* name : {"rfc4475/esc01", "rfc4475/longreq", "rfc4475/baddate", "rfc4475/inv2543",
                           "rfc5118/ipv6-in-sdp", "rfc5118/mult-ip-in-sdp", "rfc5118/ipv4-mapped-ipv6"}) {
    EXPECT_FALSE(refusal_of(name)) << name;
  }
}

}  // namespace
}  // namespace portico::sip
