#include "sip/message/write.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/counters.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/samples.h"
#include "sip/message/status.h"

namespace portico::sip {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MessageWriter, WritesARequest) {
  auto out = MessageWriter::request(Method::invite, "sip:bob@example.org");
  out.add_via("UDP", "192.0.2.1:5060", "z9hG4bK1", true)
      .add_number(Header::max_forwards, 70)
      .add_address(Header::from, "Al \"x\"", "sip:al@h", "t1")
      .add_address(Header::to, "", "sip:bob@example.org")
      .add(Header::call_id, {"c", "@", "h"})
      .add_cseq(7, Method::invite)
      .add("X-Ticket", "4711");
  EXPECT_EQ(out.finish("application/sdp", "v=0\r\n"),
            "INVITE sip:bob@example.org SIP/2.0\r\n"
            "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport\r\n"
            "Max-Forwards: 70\r\n"
            "From: \"Al \\\"x\\\"\" <sip:al@h>;tag=t1\r\n"
            "To: <sip:bob@example.org>\r\n"
            "Call-ID: c@h\r\n"
            "CSeq: 7 INVITE\r\n"
            "X-Ticket: 4711\r\n"
            "Content-Type: application/sdp\r\n"
            "Content-Length: 5\r\n"
            "\r\n"
            "v=0\r\n");
}

TEST(MessageWriter, WritesAResponse) {
  EXPECT_EQ(MessageWriter::response(407).finish(),
            "SIP/2.0 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(MessageWriter::response(486, "Gone fishing").finish().substr(0, 24), "SIP/2.0 486 Gone fishing");
  EXPECT_EQ(MessageWriter::response(0).finish().substr(0, 12), "SIP/2.0 500 ");
  EXPECT_EQ(reason_phrase(499), "Bad Request");
}

// Every way in, with what would end the line.
TEST(MessageWriter, NothingThatIsHandedInCanEndALine) {
  const std::string evil("x\r\nEvil: 1\r\n\r\n\0y", 16);
  auto& sanitised = counter("portico_sip_writer_sanitised_total", "");
  const auto before = sanitised.value();
  auto out = MessageWriter::request(evil, evil);
  out.add(Header::subject, evil)
      .add("X-Ok", evil)
      .add(evil, "v")
      .add("Bad Name", "v")
      .add("", "v")
      .add_address(Header::from, evil, evil, evil)
      .add_via(evil, evil, evil, false)
      .add_cseq(1, evil);
  const auto text = out.finish(evil, "b");
  const auto parsed = parse_datagram(text);
  ASSERT_TRUE(parsed.message.is_request());
  EXPECT_EQ(parsed.message.field_count(), 7U);
  EXPECT_EQ(parsed.message.value("Evil"), "");
  EXPECT_EQ(parsed.message.body(), "b");
  EXPECT_THAT(text, Not(HasSubstr("\r\nEvil")));
  EXPECT_EQ(text.find('\0'), std::string::npos);
  EXPECT_GT(sanitised.value(), before);
  EXPECT_THAT(MessageWriter::response(200, evil).finish(), Not(HasSubstr("\r\nEvil")));
  EXPECT_FALSE(fit_value(evil));
  EXPECT_FALSE(fit_name(evil));
  EXPECT_TRUE(fit_value("plain; text") && fit_name("X-Ok"));
}

TEST(MessageWriter, AUriCannotBreakOutOfItsBrackets) {
  EXPECT_EQ(name_addr("", "sip:a@h> ;x=\"y", "tag=1"), "<sip:a@h%3E%20;x=%22y>;tag=1");
  EXPECT_THAT(MessageWriter::request("INVITE", "sip:a b@h SIP/2.0").finish(),
              HasSubstr("INVITE sip:a%20b@h%20SIP/2.0 SIP/2.0\r\n"));
}

TEST(MessageWriter, OnlyFinishWritesContentLength) {
  auto out = MessageWriter::response(200);
  out.add(Header::content_length, "99").add("l", "99").add("content-length", "99");
  EXPECT_EQ(out.finish(), "SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n");
}

TEST(MessageWriter, NamesNoTypeOfABodyThatIsNotThere) {
  EXPECT_THAT(MessageWriter::response(180).finish("application/sdp", ""), Not(HasSubstr("Content-Type")));
}

TEST(MessageWriter, CopiesEveryFieldOfAName) {
  const auto message =
      parse_datagram(test::invite_and("Record-Route: <sip:a;lr>\r\nRecord-Route: <sip:b;lr>,<sip:c;lr>"))
          .message;
  auto out = MessageWriter::response(200);
  out.copy(message, Header::record_route);
  EXPECT_THAT(out.finish(), HasSubstr("Record-Route: <sip:a;lr>\r\nRecord-Route: <sip:b;lr>,<sip:c;lr>\r\n"));
}

}  // namespace
}  // namespace portico::sip
