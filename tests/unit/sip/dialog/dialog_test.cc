#include "sip/dialog/dialog.h"

#include "base/limits.h"
#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Dialog from_invite(std::string headers = {}) {
  Caller alice;
  return *dialog_from_request(parsed(alice.invite(std::move(headers))), "us", "sip:app@192.0.2.1");
}

TEST(Dialog, OfACalledSideKeepsTheOrderOfRecordRoute) {
  const auto dialog = from_invite("Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>\n");
  EXPECT_THAT(dialog.route_set, ElementsAre("<sip:p2.example.com;lr>", "<sip:p1.example.com;lr>"));
  EXPECT_EQ(dialog.local_tag, "us");
  EXPECT_EQ(dialog.remote_tag, "alice");
  EXPECT_EQ(dialog.remote_cseq, 1U);
  EXPECT_EQ(dialog.remote_target, "sip:alice@198.51.100.7");
  EXPECT_EQ(dialog.remote_party, "\"Alice\" <sip:alice@example.com>");
}

TEST(Dialog, NeedsAContactThatIsASipUri) {
  Caller alice;
  EXPECT_EQ(dialog_fault(parsed(alice.invite())), "");
  alice.contact = "<tel:+15551234>";
  EXPECT_EQ(dialog_fault(parsed(alice.invite())), "Contact is no SIP URI");
  alice.contact = "*";
  EXPECT_NE(dialog_fault(parsed(alice.invite())), "");
}

TEST(Dialog, WantsNoTargetThatMakesAStartLineNobodyTakes) {
  Caller alice;
  const std::string too_long = "<sip:" + std::string(limits::kSipStartLineBytesMax, 'h') + "@198.51.100.7>";
  auto dialog = from_invite();
  refresh_target(dialog, parsed(alice.next("UPDATE", "Contact: " + too_long + "\n")));
  EXPECT_EQ(dialog.remote_target, "sip:alice@198.51.100.7");
  alice.contact = too_long;
  EXPECT_EQ(dialog_fault(parsed(alice.invite())), "Contact is too long");
}

// It is kept, and written into each request of ours.
TEST(Dialog, TakesNoMoreRecordRouteThanALongPathHas) {
  const auto fault_of = [](std::size_t routes, const std::string& route) {
    std::string headers;
    for (std::size_t i = 0; i < routes; ++i) headers += "Record-Route: " + route + "\n";
    return dialog_fault(parsed(Caller().invite(headers)));
  };
  const std::string long_route = "<sip:" + std::string(200, 'p') + ";lr>";
  EXPECT_EQ(fault_of(limits::kSipRoutesMax, "<sip:p1.example.com;lr>"), "");
  EXPECT_EQ(fault_of(limits::kSipRoutesMax + 1, "<sip:p1.example.com;lr>"), "Record-Route is too long");
  EXPECT_EQ(fault_of(limits::kSipRouteSetBytesMax / long_route.size(), long_route), "");
  EXPECT_EQ(fault_of(limits::kSipRouteSetBytesMax / long_route.size() + 1, long_route),
            "Record-Route is too long");
}

// The first one may become our Request-URI.
TEST(Dialog, TakesNoRecordRouteThatCannotBeARequestUri) {
  const auto fault_of = [](const std::string& route) {
    Caller alice;
    return dialog_fault(parsed(alice.invite("Record-Route: " + route + "\n")));
  };
  EXPECT_EQ(fault_of("<mailto:a@b>"), "Record-Route is no SIP URI");
  EXPECT_EQ(fault_of("<sip:p1.example.com;lr>, <tel:+15551234>"), "Record-Route is no SIP URI");
  const auto parameter = ";x=" + std::string(limits::kSipRouteSetBytesMax - 64, 'x');
  EXPECT_EQ(fault_of("<sip:p1.example.com" + parameter + ">"), "Record-Route is too long");
  EXPECT_EQ(fault_of("<sip:p1.example.com;lr" + parameter + ">"), "");
}

TEST(Dialog, OfACallingSideReversesRecordRoute) {
  auto dialog = from_invite();
  const auto ok =
      parsed(response_to(Caller().invite(), 200,
                         {.headers = "Record-Route: <sip:a;lr>\nRecord-Route: <sip:b;lr>, <sip:c;lr>\n"}));
  ASSERT_TRUE(apply_response(dialog, ok));
  EXPECT_THAT(dialog.route_set, ElementsAre("<sip:c;lr>", "<sip:b;lr>", "<sip:a;lr>"));
  EXPECT_EQ(dialog.remote_tag, "peer");
  EXPECT_EQ(dialog.remote_target, "sip:bob@198.51.100.7");
}

// It became the Request-URI of our ACK.
TEST(Dialog, OfACallingSideLeavesOutARecordRouteThatCannotBeARequestUri) {
  auto dialog = from_invite();
  const auto ok =
      parsed(response_to(Caller().invite(), 200, {.headers = "Record-Route: <sip:a;lr>, <mailto:a@b>\n"}));
  ASSERT_TRUE(apply_response(dialog, ok));
  EXPECT_THAT(dialog.route_set, IsEmpty());
  EXPECT_EQ(dialog.remote_target, "sip:bob@198.51.100.7");
}

struct RouteRow {
  const char* name;
  std::vector<std::string> route_set;
  std::string request_uri;
  std::vector<std::string> route;
  std::string next_hop;
};
class RouteSet : public ::testing::TestWithParam<RouteRow> {};

// RFC 3261 section 12.2.1.1.
TEST_P(RouteSet, GivesRequestUriAndRoute) {
  Dialog dialog;
  dialog.remote_target = "sip:user@remote";
  dialog.route_set = GetParam().route_set;
  const auto routing = route(dialog);
  EXPECT_EQ(routing.request_uri, GetParam().request_uri);
  EXPECT_EQ(routing.route, GetParam().route);
  EXPECT_EQ(next_hop(dialog), GetParam().next_hop);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc3261, RouteSet,
    ::testing::Values(RouteRow{"empty", {}, "sip:user@remote", {}, "sip:user@remote"},
                      RouteRow{"loose",
                               {"<sip:p1;lr>", "<sip:p2;lr>"},
                               "sip:user@remote",
                               {"<sip:p1;lr>", "<sip:p2;lr>"},
                               "sip:p1;lr"},
                      // The RFC's own example of a strict router.
                      RouteRow{"strict",
                               {"<sip:proxy1>", "<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>"},
                               "sip:proxy1",
                               {"<sip:proxy2>", "<sip:proxy3;lr>", "<sip:proxy4>", "<sip:user@remote>"},
                               "sip:proxy1"},
                      RouteRow{"strict_with_headers",
                               {"<sip:proxy1?Subject=x>"},
                               "sip:proxy1",
                               {"<sip:user@remote>"},
                               "sip:proxy1"}),
    [](const auto& row) { return row.param.name; });

TEST(Dialog, TakesANewTargetOnlyFromAUsableContact) {
  auto dialog = from_invite();
  Caller alice;
  refresh_target(dialog, parsed(alice.next("UPDATE", "Contact: <mailto:x@example.com>\n")));
  EXPECT_EQ(dialog.remote_target, "sip:alice@198.51.100.7");
  refresh_target(dialog, parsed(alice.next("UPDATE", "Contact: <sip:new@198.51.100.8>\n")));
  EXPECT_EQ(dialog.remote_target, "sip:new@198.51.100.8");
}

// RFC 3261 section 19.1.1: neither a Request-URI nor the Contact within a dialog has them.
TEST(Dialog, LeavesTheHeadersOfAContactOutOfTheTarget) {
  Caller alice;
  alice.contact = "<sip:what?@198.51.100.7;lr?Subject=x>";
  auto dialog = dialog_from_request(parsed(alice.invite()), "us", "sip:app@192.0.2.1");
  ASSERT_TRUE(dialog);
  EXPECT_EQ(dialog->remote_target, "sip:what?@198.51.100.7;lr");
  refresh_target(*dialog, parsed(alice.next("UPDATE", "Contact: <sip:198.51.100.8?Subject=x>\n")));
  EXPECT_EQ(dialog->remote_target, "sip:198.51.100.8");
}

TEST(Dialog, NeedsATagOnlyOfThoseWhoKnowTags) {
  Caller old;
  auto text = old.invite();
  text.replace(text.find(";tag=alice"), 10, "");
  const auto dialog = dialog_from_request(parsed(text), "us", "sip:app@192.0.2.1");
  ASSERT_TRUE(dialog) << "RFC 2543 peers have none";
  EXPECT_EQ(dialog->remote_tag, "");
}

std::string next(std::string target, Flow arrival = udp_flow()) {
  Dialog dialog;
  dialog.remote_target = std::move(target);
  return next_flow(dialog, arrival).remote.to_string();
}

TEST(NextFlow, GoesToALiteralContact) {
  EXPECT_EQ(next("sip:a@198.51.100.44:5080"), "198.51.100.44:5080");
  EXPECT_EQ(next("sip:a@198.51.100.44"), "198.51.100.44:5060");
  EXPECT_EQ(next("sip:a@198.51.100.44;transport=Udp"), "198.51.100.44:5060");
}

TEST(NextFlow, StaysWithTheSourceOfAPeerBehindNat) {
  Flow arrival = udp_flow();
  arrival.remote = *parse_endpoint("8.8.8.8:31000");
  EXPECT_EQ(next("sip:a@192.168.1.5:5060", arrival), "8.8.8.8:31000");
}

TEST(NextFlow, StaysWithTheSourceWhereAddressOrTransportIsNotOurs) {
  EXPECT_EQ(next("sips:a@198.51.100.44"), "198.51.100.7:5060") << "not in the clear";
  EXPECT_EQ(next("sip:a@pbx.example.com"), "198.51.100.7:5060") << "the owner resolves names";
  EXPECT_EQ(next("sip:a@198.51.100.44;transport=tcp"), "198.51.100.7:5060");
  EXPECT_EQ(next("sip:a@[2001:db8::1]"), "198.51.100.7:5060");
  EXPECT_EQ(next("sip:a@198.51.100.44", tcp_flow()), "198.51.100.7:40000") << "a stream is reused";
}

}  // namespace
}  // namespace portico::sip
