// RFC 4475 and RFC 5118, one row a message: what becomes of it at our door. Where the RFC leaves a choice,
// the row says which one is ours.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "sip/dialog/content.h"
#include "sip/harness.h"
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

// What becomes of a message. A refusal is a status; the rest:
constexpr int kTold = 0;  // the layers above get it (OPTIONS, REGISTER, an unknown method: 405 or 200 there)
constexpr int kDropped = -1;  // no answer: a faulty response, or one that nobody waits for

struct Row {
  const char* section;
  const char* file;
  int outcome;
  // Refused by the grammar: the fault. Refused by the user agent: a line of the answer. Told: what it is.
  const char* what;
};

constexpr Row kRfc4475[] = {
    {"3.1.1.1", "wsinv", 481, "To: sip:vivekg@chair-dnrc.example.com"},  // sound, of a dialog unknown here
    {"3.1.1.2", "intmeth", kTold, "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual"},
    {"3.1.1.3", "esc01", kTold, "INVITE sip:sips%3Auser%40example.com@example.net"},
    {"3.1.1.4", "escnull", kTold, "REGISTER sip:example.com"},
    {"3.1.1.5", "esc02", kTold, "RE%47IST%45R sip:registrar.example.com"},
    {"3.1.1.6", "lwsdisp", kTold, "OPTIONS sip:user@example.com"},
    {"3.1.1.7", "longreq", kTold, "INVITE sip:user@example.com"},
    {"3.1.1.8", "dblreq", kTold, "REGISTER sip:example.com"},
    {"3.1.1.9", "semiuri", kTold, "OPTIONS sip:user;par=u%40example.net@example.com"},
    {"3.1.1.10", "transports", kTold, "OPTIONS sip:user@example.com"},
    {"3.1.1.11", "mpart01", kTold, "MESSAGE sip:kumiko@example.org"},
    {"3.1.1.12", "unreason", kDropped, "no such transaction"},
    {"3.1.1.13", "noreason", kDropped, "no such transaction"},
    {"3.1.2.1", "badinv01", 400, "Via malformed"},
    {"3.1.2.2", "clerr", 400, "Content-Length and body differ"},
    {"3.1.2.3", "ncl", 400, "Content-Length malformed"},
    {"3.1.2.4", "scalar02", 400, "CSeq missing or malformed"},
    {"3.1.2.5", "scalarlg", kDropped, "CSeq missing or malformed"},
    {"3.1.2.6", "quotbal", 400, "To missing or malformed"},
    {"3.1.2.7", "ltgtruri", 400, "Request-URI malformed"},
    {"3.1.2.8", "lwsruri", 400, "blanks in the request line"},
    {"3.1.2.9", "lwsstart", 400, "blanks in the request line"},  // a choice: nothing is guessed there
    {"3.1.2.10", "trws", 400, "blanks in the request line"},     // a choice, the same
    {"3.1.2.11", "escruri", 400, "headers in the Request-URI"},
    {"3.1.2.12", "baddate", kTold, "INVITE sip:user@example.com"},  // a choice: nothing needs the date
    {"3.1.2.13", "regbadct", 400, "Contact malformed"},
    {"3.1.2.14", "badaspec", kTold, "OPTIONS sip:user@example.org"},  // a choice: it can only mean one thing
    {"3.1.2.15", "baddn", 400, "From missing or malformed"},
    {"3.1.2.16", "badvers", 505, "not SIP 2.0"},
    {"3.1.2.17", "mismatch01", 400, "CSeq names another method"},
    {"3.1.2.18", "mismatch02", 400, "CSeq names another method"},
    {"3.1.2.19", "bigcode", kDropped, "status line malformed"},
    {"3.2.1", "badbranch", kTold, "OPTIONS sip:user@example.com"},
    {"3.3.1", "insuf", 400, "From missing or malformed"},
    {"3.3.2", "unkscm", 416, "URI scheme not supported"},
    {"3.3.3", "novelsc", 416, "URI scheme not supported"},
    {"3.3.4", "unksm2", kTold, "REGISTER sip:example.com"},
    {"3.3.5", "bext01", 420, "Unsupported: nothingSupportsThis, nothingSupportsThisEither"},
    {"3.3.6", "invut", 415, "Accept: application/sdp"},
    {"3.3.7", "regaut01", kTold, "REGISTER sip:example.com"},
    {"3.3.8", "multi01", 400, "CSeq twice"},
    {"3.3.9", "mcl01", 400, "Content-Length twice"},
    {"3.3.10", "bcast", kDropped, "response for another element"},
    {"3.3.11", "zeromf", kTold, "OPTIONS sip:user@example.com"},  // we are its end; a proxy would say 483
    {"3.3.12", "cparam01", kTold, "REGISTER sip:example.com"},
    {"3.3.13", "cparam02", kTold, "REGISTER sip:example.com"},
    {"3.3.14", "regescrt", kTold, "REGISTER sip:example.com"},
    {"3.3.15", "sdp01", 406, "Server: "},
    {"3.4.1", "inv2543", kTold, "INVITE sip:UserB@example.com"},
};

constexpr Row kRfc5118[] = {
    {"4.1", "ipv6-good", kTold, "REGISTER sip:[2001:db8::10]"},
    {"4.2", "ipv6-bad", 400, "Request-URI malformed"},
    {"4.3", "port-ambiguous", kTold, "REGISTER sip:[2001:db8::10:5070]"},
    {"4.4", "port-unambiguous", kTold, "REGISTER sip:[2001:db8::10]:5070"},
    {"4.5", "via-received-param-with-delim", 481, "To: sip:user@example.com;tag=bd76ya"},
    {"4.5", "via-received-param-no-delim", kTold, "OPTIONS sip:[2001:db8::10]"},
    {"4.6", "ipv6-in-sdp", kTold, "INVITE sip:user@[2001:db8::10]"},
    {"4.7", "mult-ip-in-header", 481, "received=192.0.2.200"},
    {"4.8", "mult-ip-in-sdp", kTold, "INVITE sip:user@[2001:db8::10]"},
    {"4.9", "ipv4-mapped-ipv6", kTold, "INVITE sip:user@example.com"},
    {"4.10", "ipv6-bug-abnf-3-colons", kTold, "OPTIONS sip:user@[2001:db8:::192.0.2.1]"},
    {"4.10", "ipv6-correct-abnf-2-colons", kTold, "OPTIONS sip:user@[2001:db8::192.0.2.1]"},
};

template <typename Visit>
void for_each_row(Visit visit) {
  for (const auto& row : kRfc4475) visit("rfc4475/" + std::string(row.file), row);
  for (const auto& row : kRfc5118) visit("rfc5118/" + std::string(row.file), row);
}

struct Became {
  int outcome = kDropped;
  std::string what;
};

// As signaling/edge.cc, the user agent and the door, were all else right, deal with a datagram.
Became what_becomes_of(std::string bytes) {
  auto parsed = parse_datagram(std::move(bytes));
  const bool request = parsed.message.is_request();
  auto fault = parsed.fault;
  if (!fault) fault = request ? validate_request(parsed.message) : validate_response(parsed.message);
  if (fault) return {request ? fault->status : kDropped, std::string(fault->what)};
  testing::Ua ua;
  Actions out;
  ua.agent.on_message(testing::kStart, ua.flow, std::move(parsed.message), out);
  EXPECT_LE(out.sends.size() + out.events.size(), 1U);
  EXPECT_TRUE(ua.idle()) << "nothing is kept of a stranger";
  if (!out.sends.empty()) {
    return {parse_datagram(out.sends[0].bytes).message.status(), out.sends[0].bytes};
  }
  if (out.events.empty()) return {kDropped, "no such transaction"};
  const auto& told = std::get<NewRequest>(out.events[0]).request;
  if (const auto refusal = told.method() == Method::invite ? refuse_content(told) : std::nullopt) {
    const auto answer = ua.agent.reply(std::get<NewRequest>(out.events[0]), *refusal);
    return {refusal->status, answer.bytes};
  }
  return {kTold, std::string(told.method_text()) + " " + std::string(told.request_uri())};
}

TEST(Torture, EachMessageEndsAsItsRowSays) {
  for_each_row([](const std::string& file, const Row& row) {
    const auto became = what_becomes_of(read_file(file));
    EXPECT_EQ(became.outcome, row.outcome) << row.section << " " << file;
    EXPECT_THAT(became.what, ::testing::HasSubstr(row.what)) << row.section << " " << file;
  });
}

TEST(Torture, EachFileHasItsRow) {
  std::set<std::string> rows;
  for_each_row([&](const std::string& file, const Row&) { rows.insert(file); });
  for (const auto* rfc : {"rfc4475", "rfc5118"}) {
    for (const auto& file :
         std::filesystem::directory_iterator(std::string(PORTICO_TEST_DATA "/sip/") + rfc)) {
      EXPECT_TRUE(rows.contains(std::string(rfc) + "/" + file.path().stem().string())) << file.path();
    }
  }
}

TEST(Torture, EachRefusedRequestWithAnIdentityCanBeAnswered) {
  for_each_row([](const std::string& file, const Row& row) {
    if (row.outcome <= 0 || file == "rfc4475/insuf") return;
    const auto parsed = parse_datagram(read_file(file));
    EXPECT_TRUE(parsed.answerable()) << file;
    const auto answer =
        parse_datagram(respond(parsed.message, {.status = row.outcome, .to_tag = "x"}).finish());
    EXPECT_EQ(answer.message.status(), row.outcome) << file;
    EXPECT_EQ(answer.message.value(Header::call_id), parsed.message.value(Header::call_id));
  });
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
  // RFC 5118 section 4.10: the third colon means nothing.
  for (const auto* name : {"rfc5118/ipv6-bug-abnf-3-colons", "rfc5118/ipv6-correct-abnf-2-colons"}) {
    const auto message = parse_datagram(read_file(name)).message;
    for (const auto host : {parse_uri(message.request_uri())->host, read_to(message)->uri.host}) {
      EXPECT_EQ(host_address(host), parse_ip("2001:db8::c000:201")) << name;
    }
  }
}

}  // namespace
}  // namespace portico::sip
