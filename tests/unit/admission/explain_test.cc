#include "admission/explain.h"

#include <gtest/gtest.h>

namespace portico::admission {
namespace {

const account::Application kLobby{.id = "0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10",
                                  .inbound_sip_enabled = true,
                                  .password_auth_enabled = true,
                                  .allowed_sources = {Cidr{0xCB007100, 24}},
                                  .allowed_regions = {"US"},
                                  .sip_user = "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11"};

class Explain : public ::testing::Test {
 protected:
  Explain() { directory_.put(kLobby); }
  Answer ask(Question question) { return explain(question, *directory_.snapshot()); }
  account::Directory directory_;
};

TEST_F(Explain, AnswersAsAnInviteWouldBe) {
  const IpAddress inside = IpAddress::v4(0xCB007109);
  EXPECT_EQ(ask({.source = inside, .region = "US", .user = kLobby.sip_user}).decision.status, 407);
  EXPECT_TRUE(ask({.source = inside,
                   .region = "US",
                   .user = "7D9C1B52-3A57-4F0E-B0C6-5F4D9D3D8A11",
                   .credentials = Credentials::right})
                  .decision.admitted());
  EXPECT_EQ(ask({.source = IpAddress::v4(1), .region = "US", .user = kLobby.sip_user}).decision.step,
            Step::source);
  EXPECT_EQ(ask({.source = inside, .region = "EU", .user = kLobby.sip_user}).decision.step, Step::region);
  EXPECT_EQ(ask({.source = inside, .region = "US", .user = kLobby.id}).decision.step, Step::application);
  EXPECT_FALSE(ask({.source = inside, .region = "US", .user = "x"}).explanation.empty());
}

TEST_F(Explain, APasswordMadeForAnotherRealmIsWrong) {
  auto moved = kLobby;
  moved.digest.realm = "192.0.2.1";
  moved.version = 2;
  directory_.put(moved);
  const Question right{.source = IpAddress::v4(0xCB007109),
                       .region = "US",
                       .user = kLobby.sip_user,
                       .credentials = Credentials::right,
                       .realm = "sip.example.org"};
  const auto answer = ask(right);
  EXPECT_EQ(answer.decision.reason, Reason::wrong_password);
  EXPECT_NE(answer.explanation.find("another realm"), std::string::npos) << answer.explanation;
}

TEST(Transport, NamesAreReadBack) {
  for (Transport t : {Transport::udp, Transport::tcp, Transport::tls, Transport::ws, Transport::wss}) {
    EXPECT_EQ(parse_transport(transport_name(t)), t);
  }
  EXPECT_FALSE(parse_transport("sctp"));
}

}  // namespace
}  // namespace portico::admission
