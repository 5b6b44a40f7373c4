// RFC 4475 and RFC 5118, one row a message: what becomes of it on the wire, sent by UDP to a server that
// knows neither its sender nor, of most, the host that it is for. The edge, the door and the user agent are
// the real ones. Where the RFC leaves a choice, the row says which one is ours.

#include "torture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "async/manual_loop.h"
#include "base/counters.h"
#include "sim/server.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"

namespace portico::signaling {
namespace {

constexpr int kSilence = 0;

struct Row {
  const char* section;
  const char* file;
  int answer;
  // Of what the edge refuses, or nobody waits for: the name that it is counted by, which an answer bears as
  // its phrase. Of what it passes: the request line as it was understood, or what the answer says.
  const char* what;
};

constexpr Row kRfc4475[] = {
    {"3.1.1.1", "wsinv", 481, "To: sip:vivekg@chair-dnrc.example.com"},  // sound, of a dialog unknown here
    {"3.1.1.2", "intmeth", 405, "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual"},
    {"3.1.1.3", "esc01", 404, "INVITE sip:sips%3Auser%40example.com@example.net"},  // not a host of ours
    {"3.1.1.4", "escnull", 405, "REGISTER sip:example.com"},
    {"3.1.1.5", "esc02", 405, "RE%47IST%45R sip:registrar.example.com"},
    {"3.1.1.6", "lwsdisp", 200, "OPTIONS sip:user@example.com"},
    {"3.1.1.7", "longreq", 404, "INVITE sip:user@example.com"},
    {"3.1.1.8", "dblreq", 405, "REGISTER sip:example.com"},
    {"3.1.1.9", "semiuri", 200, "OPTIONS sip:user;par=u%40example.net@example.com"},
    {"3.1.1.10", "transports", 200, "OPTIONS sip:user@example.com"},
    {"3.1.1.11", "mpart01", 405, "MESSAGE sip:kumiko@example.org"},
    {"3.1.1.12", "unreason", kSilence, "stray response"},
    {"3.1.1.13", "noreason", kSilence, "stray response"},
    {"3.1.2.1", "badinv01", kSilence, "Via malformed"},  // answers go by the Via: there is no way to say 400
    {"3.1.2.2", "clerr", 400, "Content-Length and body differ"},
    {"3.1.2.3", "ncl", 400, "Content-Length malformed"},
    {"3.1.2.4", "scalar02", 400, "CSeq missing or malformed"},
    {"3.1.2.5", "scalarlg", kSilence, "CSeq missing or malformed"},
    {"3.1.2.6", "quotbal", 400, "To missing or malformed"},
    {"3.1.2.7", "ltgtruri", 400, "Request-URI malformed"},
    {"3.1.2.8", "lwsruri", 400, "blanks in the request line"},
    {"3.1.2.9", "lwsstart", 400, "blanks in the request line"},  // a choice: nothing is guessed there
    {"3.1.2.10", "trws", 400, "blanks in the request line"},     // a choice, the same
    {"3.1.2.11", "escruri", 400, "headers in the Request-URI"},
    {"3.1.2.12", "baddate", 404, "INVITE sip:user@example.com"},  // a choice: nothing needs the date
    {"3.1.2.13", "regbadct", 400, "Contact malformed"},
    {"3.1.2.14", "badaspec", 200, "OPTIONS sip:user@example.org"},  // a choice: it can only mean one thing
    {"3.1.2.15", "baddn", 400, "From missing or malformed"},
    {"3.1.2.16", "badvers", kSilence, "not SIP 2.0"},  // so is its Via, of which we cannot know what it means
    {"3.1.2.17", "mismatch01", 400, "CSeq names another method"},
    {"3.1.2.18", "mismatch02", 400, "CSeq names another method"},
    {"3.1.2.19", "bigcode", kSilence, "status line malformed"},
    {"3.2.1", "badbranch", 200, "OPTIONS sip:user@example.com"},
    {"3.3.1", "insuf", kSilence,
     "From missing or malformed"},  // nor To and Call-ID: an answer would be nobody's
    {"3.3.2", "unkscm", 416, "URI scheme not supported"},
    {"3.3.3", "novelsc", 416, "URI scheme not supported"},
    {"3.3.4", "unksm2", 405, "REGISTER sip:example.com"},
    {"3.3.5", "bext01", 420, "Unsupported: nothingSupportsThis, nothingSupportsThisEither"},
    {"3.3.6", "invut", 404, "INVITE sip:user@example.com"},  // not a host of ours: its body is not looked at
    {"3.3.7", "regaut01", 405, "REGISTER sip:example.com"},
    {"3.3.8", "multi01", 400, "CSeq twice"},
    {"3.3.9", "mcl01", 400, "Content-Length twice"},
    {"3.3.10", "bcast", kSilence, "response for another element"},
    {"3.3.11", "zeromf", 200, "OPTIONS sip:user@example.com"},  // we are its end; a proxy would say 483
    {"3.3.12", "cparam01", 405, "REGISTER sip:example.com"},
    {"3.3.13", "cparam02", 405, "REGISTER sip:example.com"},
    {"3.3.14", "regescrt", 405, "REGISTER sip:example.com"},
    {"3.3.15", "sdp01", 404, "INVITE sip:user@example.com"},  // as 3.3.6: what it accepts is not looked at
    {"3.4.1", "inv2543", 400, "SIP/2.0 400 Bad Request"},     // the door: without Contact there is no dialog
};

constexpr Row kRfc5118[] = {
    {"4.1", "ipv6-good", 405, "REGISTER sip:[2001:db8::10]"},
    {"4.2", "ipv6-bad", 400, "Request-URI malformed"},
    {"4.3", "port-ambiguous", 405, "REGISTER sip:[2001:db8::10:5070]"},
    {"4.4", "port-unambiguous", 405, "REGISTER sip:[2001:db8::10]:5070"},
    {"4.5", "via-received-param-with-delim", 481, "To: sip:user@example.com;tag=bd76ya"},
    {"4.5", "via-received-param-no-delim", 200, "OPTIONS sip:[2001:db8::10]"},
    {"4.6", "ipv6-in-sdp", 404, "INVITE sip:user@[2001:db8::10]"},
    {"4.7", "mult-ip-in-header", 481, "received=192.0.2.200"},
    {"4.8", "mult-ip-in-sdp", 404, "INVITE sip:user@[2001:db8::10]"},
    {"4.9", "ipv4-mapped-ipv6", 404, "INVITE sip:user@example.com"},
    {"4.10", "ipv6-bug-abnf-3-colons", 200, "OPTIONS sip:user@[2001:db8:::192.0.2.1]"},
    {"4.10", "ipv6-correct-abnf-2-colons", 200, "OPTIONS sip:user@[2001:db8::192.0.2.1]"},
};

template <typename Visit>
void for_each_row(Visit visit) {
  for (const auto& row : kRfc4475) visit("rfc4475/" + std::string(row.file), row);
  for (const auto& row : kRfc5118) visit("rfc5118/" + std::string(row.file), row);
}

// By name, how often a message was refused by the edge or came unasked for.
std::map<std::string, std::uint64_t> refusals() {
  std::map<std::string, std::uint64_t> out;
  for (const auto& metric : all_metrics()) {
    if (metric.name == "portico_sip_messages_refused_total")
      out[metric.labels.front().second] = metric.counter->value();
    if (metric.name == "portico_sip_stray_messages_total")
      out["stray " + metric.labels.front().second] = metric.counter->value();
  }
  return out;
}

// The one name that was counted since; empty: none was.
std::string refused_since(const std::map<std::string, std::uint64_t>& before) {
  std::string out;
  for (const auto& [name, times] : refusals()) {
    const auto earlier = before.find(name);
    if (times == (earlier == before.end() ? 0 : earlier->second)) continue;
    EXPECT_TRUE(out.empty()) << out << " and " << name;
    out = name;
  }
  return out;
}

struct Became {
  int answer = kSilence;
  std::string what;
};

const Endpoint kSender{.ip = IpAddress::v4(0xC6336407), .port = 5060};  // 198.51.100.7

Became what_becomes_of(const std::string& bytes) {
  async::ManualLoop loop;
  sim::Network network(loop, {}, 1);
  sim::Server server(loop, network, {}, 1);
  std::vector<sim::Datagram> answers;
  network.watch_sent([&](const sim::Datagram& one) {
    if (one.from == sim::Server::address()) answers.push_back(one);
  });
  const auto before = refusals();
  network.send({.from = kSender, .to = sim::Server::address(), .bytes = bytes});
  loop.run_for(1s);
  EXPECT_EQ(server.pump().agent().transactions() + server.pump().agent().sessions() + server.pump().calls(),
            0U)
      << "nothing is kept of a stranger";

  const auto sent = sip::parse_datagram(bytes).message;
  Became became{.what = refused_since(before)};
  if (became.what.empty())
    became.what = std::string(sent.method_text()) + " " + std::string(sent.request_uri());
  if (answers.empty()) return became;
  EXPECT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers.front().to.ip, kSender.ip) << "whatever Via says";
  const auto answer = sip::parse_datagram(answers.front().bytes).message;
  EXPECT_EQ(answer.value(sip::Header::call_id), sent.value(sip::Header::call_id));
  became.answer = answer.status();
  became.what += "\n" + answers.front().bytes;
  return became;
}

TEST(Torture, EachMessageEndsAsItsRowSays) {
  for_each_row([](const std::string& file, const Row& row) {
    SCOPED_TRACE(std::string(row.section) + " " + file);
    const auto became = what_becomes_of(test::torture_message(file));
    EXPECT_EQ(became.answer, row.answer);
    EXPECT_THAT(became.what, ::testing::HasSubstr(row.what));
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

}  // namespace
}  // namespace portico::signaling
