#include "sip/message/parse.h"

#include <gtest/gtest.h>

#include "allocations.h"
#include "base/limits.h"
#include "sip/message/headers.h"
#include "sip/message/samples.h"
#include "sip/message/write.h"

namespace portico::sip {
namespace {

using test::invite_and;
using test::invite_with;

int status_of(std::string text) {
  const auto parsed = parse_datagram(std::move(text));
  return parsed.fault ? parsed.fault->status : 0;
}
std::string times(std::size_t n, std::string_view text) {
  std::string out;
  while (n-- > 0) out += text;
  return out;
}

TEST(Parse, ReadsARequest) {
  const auto parsed = parse_datagram(std::string(test::kInvite));
  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed.message.is_request());
  EXPECT_EQ(parsed.message.method(), Method::invite);
  EXPECT_EQ(parsed.message.request_uri(), "sip:7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11@sip.example.org");
  EXPECT_EQ(parsed.message.field_count(), 9U);
  EXPECT_EQ(parsed.message.body(), "v=0\n");
}

TEST(Parse, ReadsAResponse) {
  const auto parsed = parse_datagram("SIP/2.0 183 Session Progress\r\nCSeq: 4 INVITE\r\nl:0\r\n\r\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(parsed.message.is_request());
  EXPECT_EQ(parsed.message.status(), 183);
  EXPECT_EQ(parsed.message.reason(), "Session Progress");
  EXPECT_EQ(parsed.message.method(), Method::invite);
  EXPECT_EQ(parse_datagram("SIP/2.0 200\r\n\r\n").message.status(), 200);
  EXPECT_EQ(parse_datagram("sip/2.0 200 \r\n\r\n").message.reason(), "");
}

TEST(Parse, ReadsCompactForms) {
  const auto parsed = parse_datagram(
      "OPTIONS sip:h SIP/2.0\r\nv: SIP/2.0/UDP h\r\nf: <sip:a@h>;tag=1\r\nt: <sip:b@h>\r\ni: 1@h\r\nCSeq: 1 "
      "OPTIONS\r\n"
      "m: <sip:c@h>\r\nc: text/plain\r\nl: 2\r\n\r\nhi");
  ASSERT_TRUE(parsed.ok());
  EXPECT_FALSE(validate_request(parsed.message));
  EXPECT_EQ(read_contact(parsed.message)->uri.user, "c");
  EXPECT_EQ(parsed.message.body(), "hi");
}

TEST(Parse, UnfoldsLinesInPlace) {
  const auto parsed = parse_datagram(invite_and("Subject: one\r\n two\r\n\t three\r\nX-Fold:\r\n \r\n  a"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.message.value(Header::subject), "one   two  \t three");
  EXPECT_EQ(parsed.message.value("X-Fold"), "a");
  EXPECT_EQ(parsed.message.value(Header::to), "<sip:7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11@sip.example.org>");
}

TEST(Parse, SkipsEmptyLinesBeforeTheMessage) {
  EXPECT_EQ(status_of(std::string("\r\n\r\n").append(test::kInvite)), 0);
}

TEST(Parse, DropsBytesBehindContentLengthAndMissesNone) {
  const auto parsed = parse_datagram(std::string(test::kInvite) + "INVITE sip:x SIP/2.0");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.message.body(), "v=0\n");
  EXPECT_EQ(parsed.message.text(), test::kInvite);
  EXPECT_EQ(status_of(invite_with("Content-Length: 4", "Content-Length: 5")), 400);
  EXPECT_EQ(status_of(invite_with("Content-Length: 4", "Content-Length: -4")), 400);
  EXPECT_EQ(status_of(invite_with("Content-Length: 4", "Content-Length: 4, 4")), 400);
  EXPECT_EQ(status_of(invite_with("Content-Length: 4", "Content-Length:")), 400);
  EXPECT_EQ(status_of(invite_with("Content-Length: 4", "Content-Length: 18446744073709551620")), 400);
  EXPECT_EQ(status_of(invite_and("l: 4")), 400);
  EXPECT_EQ(parse_datagram(invite_with("Content-Length: 4\r\n", "")).message.body(), "v=0\n");
}

TEST(Parse, AFramedMessageIsAsLongAsItSays) {
  EXPECT_TRUE(parse_framed(std::string(test::kInvite)).ok());
  EXPECT_FALSE(parse_framed(std::string(test::kInvite) + "x").ok());
}

TEST(Parse, JudgesStartLines) {
  struct Row {
    const char* line;
    int status;
  };
  for (const auto& row : {Row{"INVITE sip:h SIP/2.0", 0},
                          Row{"INVITE sip:h sip/2.0", 0},
                          Row{"INVITE sip:h SIP/7.0", 505},
                          Row{"INVITE sip:h SIP/2.00", 505},
                          Row{"INVITE sip:h HTTP/1.1", 400},
                          Row{"INVITE sip:h", 400},
                          Row{"INVITE", 400},
                          Row{"INVITE  sip:h SIP/2.0", 400},
                          Row{"INVITE sip:h  SIP/2.0", 400},
                          Row{"INVITE sip:h SIP/2.0 ", 400},
                          Row{"INVITE sip:h; lr SIP/2.0", 400},
                          Row{" INVITE sip:h SIP/2.0", 400},
                          Row{"INV@TE sip:h SIP/2.0", 400},
                          Row{"", 400},
                          Row{"SIP/2.0 200 OK", 0},
                          Row{"SIP/2.0 99 Low", 400},
                          Row{"SIP/2.0 700 High", 400},
                          Row{"SIP/2.0 4294967301 Big", 400},
                          Row{"SIP/2.0 20x OK", 400},
                          Row{"SIP/2.1 200 OK", 400},
                          Row{"SIP/2.0", 400},
                          Row{"SIP/2.0 2000", 400},
                          Row{"SIP/2.0  200 OK", 400}}) {
    EXPECT_EQ(status_of(std::string(row.line) + "\r\nTo: x\r\n\r\n"), row.status) << row.line;
  }
}

TEST(Parse, JudgesFieldLines) {
  EXPECT_EQ(status_of(invite_and("No colon here")), 400);
  EXPECT_EQ(status_of(invite_and(": nameless")), 400);
  EXPECT_EQ(status_of(invite_and("Bad@Name: x")), 400);
  EXPECT_EQ(status_of(invite_and("X: a\rb")), 400);
  EXPECT_EQ(status_of(invite_and("X: a\nb: c")), 400);
  EXPECT_EQ(status_of(invite_and("X: a\nInjected: c")), 400);
  EXPECT_EQ(status_of("INVITE sip:h SIP/2.0\r\n folded: from the start line\r\n\r\n"), 400);
  EXPECT_EQ(status_of("INVITE sip:h SIP/2.0\r\nTo: x\r\n"), 400);
  EXPECT_EQ(status_of("INVITE sip:h SIP/2.0\r\nTo: x"), 400);
  EXPECT_EQ(status_of(""), 400);
  EXPECT_EQ(status_of(invite_and("X-Empty:")), 0);
  EXPECT_EQ(status_of(invite_and("X-Spaced \t : x")), 0);
}

TEST(Parse, RefusesAMessageOverTheLimit) {
  const auto exact = [](std::size_t size) {
    auto text = invite_with("Content-Length: 4", "Content-Length: 00000");
    const auto body = size - (text.size() - 4);
    text.replace(text.find("00000"), 5, std::to_string(body));
    return text.substr(0, text.size() - 4) + std::string(body, 'x');
  };
  EXPECT_EQ(exact(limits::kSipMessageBytesMax).size(), limits::kSipMessageBytesMax);
  EXPECT_EQ(status_of(exact(limits::kSipMessageBytesMax)), 0);
  const auto parsed = parse_datagram(exact(limits::kSipMessageBytesMax + 1));
  ASSERT_TRUE(parsed.fault);
  EXPECT_EQ(parsed.fault->status, 413);
  EXPECT_TRUE(parsed.answerable());
}

TEST(Parse, RefusesMoreFieldsThanTheLimit) {
  const auto fields = [](std::size_t n) {
    return invite_with("Max-Forwards: 70\r\n", times(n - 8, "X: y\r\n"));
  };
  EXPECT_EQ(status_of(fields(limits::kSipHeadersMax)), 0);
  EXPECT_EQ(parse_datagram(fields(limits::kSipHeadersMax)).message.field_count(), limits::kSipHeadersMax);
  EXPECT_EQ(status_of(fields(limits::kSipHeadersMax + 1)), 400);
}

TEST(Parse, RefusesAFieldOverTheLimitHoweverFolded) {
  const std::string name = "X-Long: ";
  EXPECT_EQ(status_of(invite_and(name + std::string(limits::kSipHeaderBytesMax - name.size(), 'x'))), 0);
  EXPECT_EQ(status_of(invite_and(name + std::string(limits::kSipHeaderBytesMax - name.size() + 1, 'x'))),
            400);
  EXPECT_EQ(status_of(invite_and(name + times(200, std::string(100, 'x') + "\r\n ") + "x")), 400);
}

TEST(Parse, RefusesARequestUriOverTheLimitAndCanSaySo) {
  const auto uri = [](std::size_t line) {
    const std::string_view rest = "INVITE sip: SIP/2.0";
    return invite_with("sip:7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11@sip.example.org",
                       "sip:" + std::string(line - rest.size(), 'h'));
  };
  EXPECT_EQ(status_of(uri(limits::kSipStartLineBytesMax)), 0);
  const auto parsed = parse_datagram(uri(limits::kSipStartLineBytesMax + 1));
  ASSERT_TRUE(parsed.fault);
  EXPECT_EQ(parsed.fault->status, 414);
  EXPECT_TRUE(parsed.answerable());
  EXPECT_TRUE(parsed.message.request_uri().starts_with("sip:hhh"));
}

TEST(Parse, RefusesMoreViasThanTheLimitInOneFieldOrMany) {
  const auto one = [](std::size_t n) {
    return invite_with("branch=z9hG4bK776asdhds", "branch=z9hG4bK1" + times(n - 1, ",SIP/2.0/UDP h"));
  };
  const auto many = [](std::size_t n) {
    return invite_with("Max-Forwards: 70\r\n", times(n - 1, "v: SIP/2.0/UDP h\r\n"));
  };
  EXPECT_EQ(status_of(one(limits::kSipViaDepthMax)), 0);
  EXPECT_EQ(status_of(one(limits::kSipViaDepthMax + 1)), 400);
  EXPECT_EQ(status_of(many(limits::kSipViaDepthMax)), 0);
  EXPECT_EQ(status_of(many(limits::kSipViaDepthMax + 1)), 400);
}

TEST(Parse, AnswersNobodyWithMoreFieldsThanAMessageMayHave) {
  const auto with_vias = [](std::size_t n) {
    return parse_datagram(
        invite_with("Max-Forwards: 70\r\n", times(n, "v: SIP/2.0/UDP h\r\n") + ": no name\r\n"));
  };
  const auto few = with_vias(limits::kSipHeadersMax - 20);
  ASSERT_TRUE(few.answerable());
  EXPECT_FALSE(parse_datagram(respond(few.message, {.status = 400}).finish()).fault);
  EXPECT_FALSE(with_vias(limits::kSipHeadersMax - 8).answerable());
}

TEST(Parse, TakesTheRefusalOfTooManyVias) {
  const auto many = parse_datagram(
      invite_with("Max-Forwards: 70\r\n", times(limits::kSipViaDepthMax, "v: SIP/2.0/UDP h\r\n")));
  ASSERT_TRUE(many.answerable());
  EXPECT_FALSE(parse_datagram(respond(many.message, {.status = 400}).finish()).fault);
}

TEST(Parse, AFaultCanBeAnsweredWhenTheIdentityIsThere) {
  EXPECT_TRUE(parse_datagram(invite_and("No colon")).answerable());
  EXPECT_FALSE(parse_datagram(invite_with("Call-ID", "Other-ID")).answerable());
  EXPECT_FALSE(parse_datagram(invite_with("INVITE", "ACK")).answerable());
  EXPECT_FALSE(parse_datagram("SIP/2.0 20x OK\r\n\r\n").answerable());
  EXPECT_FALSE(parse_datagram("\x16\x03\x01").answerable());
}

TEST(Parse, AsksForNoMemoryButTheBufferAndOnePieceForWhatIsReadOften) {
  auto text = invite_with("Max-Forwards: 70\r\n",
                          times(31, "X-Field: some value that no short string could keep\r\n"));
  const auto before = portico::test::allocations();
  const auto parsed = parse_datagram(std::move(text));
  const auto after_parsing = portico::test::allocations();
  const auto fault = validate_request(parsed.message);
  const auto after = portico::test::allocations();
  EXPECT_TRUE(parsed.ok() && !fault);
  EXPECT_EQ(parsed.message.field_count(), 39U);
  EXPECT_EQ(after_parsing, before);
  EXPECT_EQ(after, before + 1) << "From, To and the top Via";
}

}  // namespace
}  // namespace portico::sip
