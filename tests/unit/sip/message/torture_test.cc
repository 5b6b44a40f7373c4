// RFC 4475 and RFC 5118, one row a message: what becomes of it at our door. Where the RFC leaves a choice,
// the row says which one is ours.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/write.h"

namespace portico::sip {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream in(std::string(PORTICO_TEST_DATA "/sip/") + name + ".sip", std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr int kAccepted = 0;
constexpr int kDropped = -1;  // a faulty response

struct Row {
  const char* name;
  int outcome;  // kAccepted, kDropped, or the status of the refusal
};

constexpr Row kRows[] = {
    // RFC 4475 3.1.1, valid
    {"rfc4475/wsinv", kAccepted},
    {"rfc4475/intmeth", kAccepted},
    {"rfc4475/esc01", kAccepted},
    {"rfc4475/escnull", kAccepted},
    {"rfc4475/esc02", kAccepted},
    {"rfc4475/lwsdisp", kAccepted},
    {"rfc4475/longreq", kAccepted},
    {"rfc4475/dblreq", kAccepted},
    {"rfc4475/semiuri", kAccepted},
    {"rfc4475/transports", kAccepted},
    {"rfc4475/mpart01", kAccepted},
    {"rfc4475/unreason", kAccepted},
    {"rfc4475/noreason", kAccepted},
    // 3.1.2, invalid
    {"rfc4475/badinv01", 400},
    {"rfc4475/clerr", 400},
    {"rfc4475/ncl", 400},
    {"rfc4475/scalar02", 400},
    {"rfc4475/scalarlg", kDropped},
    {"rfc4475/quotbal", 400},
    {"rfc4475/ltgtruri", 400},
    {"rfc4475/lwsruri", 400},
    {"rfc4475/lwsstart", 400},  // a choice: nothing is guessed in a request line
    {"rfc4475/trws", 400},      // a choice, the same
    {"rfc4475/escruri", 400},
    {"rfc4475/baddate", kAccepted},  // a choice: nothing of ours needs the date
    {"rfc4475/regbadct", 400},
    {"rfc4475/badaspec", kAccepted},  // a choice: the blanks inside <> can only mean one thing
    {"rfc4475/baddn", 400},
    {"rfc4475/badvers", 505},
    {"rfc4475/mismatch01", 400},
    {"rfc4475/mismatch02", 400},
    {"rfc4475/bigcode", kDropped},
    // 3.2, 3.3, 3.4: sound as messages; what they ask for is for the layers above, except where the status
    // says
    {"rfc4475/badbranch", kAccepted},
    {"rfc4475/insuf", 400},
    {"rfc4475/unkscm", 416},
    {"rfc4475/novelsc", 416},
    {"rfc4475/unksm2", kAccepted},
    {"rfc4475/bext01", kAccepted},
    {"rfc4475/invut", kAccepted},
    {"rfc4475/regaut01", kAccepted},
    {"rfc4475/multi01", 400},
    {"rfc4475/mcl01", 400},
    {"rfc4475/bcast", kAccepted},
    {"rfc4475/zeromf", kAccepted},
    {"rfc4475/cparam01", kAccepted},
    {"rfc4475/cparam02", kAccepted},
    {"rfc4475/regescrt", kAccepted},
    {"rfc4475/sdp01", kAccepted},
    {"rfc4475/inv2543", kAccepted},
    // RFC 5118
    {"rfc5118/ipv6-good", kAccepted},
    {"rfc5118/ipv6-bad", 400},
    {"rfc5118/port-ambiguous", kAccepted},
    {"rfc5118/port-unambiguous", kAccepted},
    {"rfc5118/via-received-param-with-delim", kAccepted},
    {"rfc5118/via-received-param-no-delim", kAccepted},
    {"rfc5118/ipv6-in-sdp", kAccepted},
    {"rfc5118/mult-ip-in-header", kAccepted},
    {"rfc5118/mult-ip-in-sdp", kAccepted},
    {"rfc5118/ipv4-mapped-ipv6", kAccepted},
    {"rfc5118/ipv6-bug-abnf-3-colons", kAccepted},
    {"rfc5118/ipv6-correct-abnf-2-colons", kAccepted},
};

int outcome_of(const Parsed& parsed) {
  if (!parsed.message.is_request()) {
    return parsed.fault || validate_response(parsed.message) ? kDropped : kAccepted;
  }
  const auto fault = parsed.fault ? parsed.fault : validate_request(parsed.message);
  return fault ? fault->status : kAccepted;
}

TEST(Torture, EachMessageEndsAsItsRowSays) {
  for (const auto& row : kRows) {
    EXPECT_EQ(outcome_of(parse_datagram(read_file(row.name))), row.outcome) << row.name;
  }
}

TEST(Torture, EachFileHasItsRow) {
  std::set<std::string> rows;
  for (const auto& row : kRows) rows.insert(row.name);
  for (const auto* rfc : {"rfc4475", "rfc5118"}) {
    for (const auto& file :
         std::filesystem::directory_iterator(std::string(PORTICO_TEST_DATA "/sip/") + rfc)) {
      EXPECT_TRUE(rows.contains(std::string(rfc) + "/" + file.path().stem().string())) << file.path();
    }
  }
}

TEST(Torture, EachRefusedRequestWithAnIdentityCanBeAnswered) {
  for (const auto& row : kRows) {
    if (row.outcome <= 0 || std::string_view(row.name) == "rfc4475/insuf") continue;
    const auto parsed = parse_datagram(read_file(row.name));
    EXPECT_TRUE(parsed.answerable()) << row.name;
    const auto answer =
        parse_datagram(respond(parsed.message, {.status = row.outcome, .to_tag = "x"}).finish());
    EXPECT_EQ(answer.message.status(), row.outcome) << row.name;
    EXPECT_EQ(answer.message.value(Header::call_id), parsed.message.value(Header::call_id));
  }
}

TEST(Torture, TheShortTortuousInviteIsUnderstood) {
  const auto message = parse_datagram(read_file("rfc4475/wsinv")).message;
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
  const auto message = parse_datagram(read_file("rfc4475/intmeth")).message;
  EXPECT_EQ(message.method_text(), "!interesting-Method0123456789_*+`.%indeed'~");
  const auto uri = parse_uri(message.request_uri());
  EXPECT_EQ(uri->user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  EXPECT_EQ(uri->password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  EXPECT_EQ(display_name(*read_to(message)), std::string("BEL:\x07 NUL:\x00 DEL:\x7F", 17));
  EXPECT_EQ(read_from(message)->tag(), "_token~1'+`*%!-.");
  EXPECT_EQ(message.value("extensionHeader-!.%*+_`'~"), "\xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\xE9\x9B\xBB");
}

TEST(Torture, EscapesMeanWhatTheyMeanWhereTheyMay) {
  const auto message = parse_datagram(read_file("rfc4475/esc02")).message;
  EXPECT_EQ(message.method(), Method::other);  // "RE%47IST%45R" is not REGISTER
  EXPECT_EQ(message.count(Header::contact), 2U);
  EXPECT_EQ(message.value("C%6Fntact"), "<sip:alias2@host2.example.com>");
  const auto lr = parse_datagram(read_file("rfc4475/esc01")).message;
  EXPECT_TRUE(
      equivalent(read_contact(lr)->uri, *parse_uri("sip:caller@host5.example.net;lr;name=value%2541")));
}

TEST(Torture, TheLongRequestIsReadToItsEnd) {
  const auto message = parse_datagram(read_file("rfc4475/longreq")).message;
  EXPECT_EQ(message.count(Header::via), 34U);
  EXPECT_EQ(read_from(message)->tag().size(), 2U + 150U + 3U);
  EXPECT_EQ(message.body().size(), 150U);
}

TEST(Torture, TheRestTellsTheLayersAboveWhatTheyNeed) {
  EXPECT_FALSE(read_top_via(parse_datagram(read_file("rfc4475/badbranch")).message)->has_magic_branch());
  EXPECT_EQ(read_max_forwards(parse_datagram(read_file("rfc4475/zeromf")).message), 0U);
  EXPECT_TRUE(lists_token(parse_datagram(read_file("rfc4475/bext01")).message, Header::require,
                          "nothingSupportsThis"));
  EXPECT_TRUE(read_content_type(parse_datagram(read_file("rfc4475/invut")).message)
                  ->is("application", "unknownformat"));
  EXPECT_EQ(parse_datagram(read_file("rfc4475/dblreq")).message.body(), "");
  EXPECT_EQ(parse_datagram(read_file("rfc4475/mpart01")).message.body().size(), 553U);
  EXPECT_EQ(parse_datagram(read_file("rfc4475/noreason")).message.reason(), "");
  EXPECT_TRUE(parse_datagram(read_file("rfc4475/unreason")).message.reason().starts_with("= 2**3 * 5**2 "));
  EXPECT_EQ(read_contact(parse_datagram(read_file("rfc4475/cparam01")).message)->params.find("unknownparam"),
            "");
  EXPECT_EQ(read_contact(parse_datagram(read_file("rfc4475/cparam02")).message)->uri.param("unknownparam"),
            "");
  EXPECT_EQ(parse_uri(parse_datagram(read_file("rfc4475/semiuri")).message.request_uri())->user,
            "user;par=u%40example.net");
  EXPECT_EQ(parse_uri(parse_datagram(read_file("rfc5118/port-ambiguous")).message.request_uri())->port, 0);
  EXPECT_EQ(parse_uri(parse_datagram(read_file("rfc5118/port-unambiguous")).message.request_uri())->port,
            5070);
  for (const auto* name : {"rfc5118/via-received-param-with-delim", "rfc5118/via-received-param-no-delim"}) {
    const auto message = parse_datagram(read_file(name)).message;
    EXPECT_TRUE(same_host(read_top_via(message)->received(), "2001:db8::9:255")) << name;
  }
}

}  // namespace
}  // namespace portico::sip
