#include "admission/decide.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "base/time.h"

namespace portico::admission {
namespace {

const IpAddress kInside = IpAddress::v4(0xCB007109);   // 203.0.113.9
const IpAddress kOutside = IpAddress::v4(0xC6336401);  // 198.51.100.1

account::Application application(bool password, std::vector<Cidr> sources) {
  return {.id = "0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10",
          .inbound_sip_enabled = true,
          .password_auth_enabled = password,
          .allowed_sources = std::move(sources),
          .allowed_regions = {"US"},
          .sip_user = "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11"};
}

const Cidr kBlock{0xCB007100, 24};  // 203.0.113.0/24
const Cidr kEverybody{0, 0};

Facts facts(const account::Application& app, IpAddress source, Credentials credentials) {
  return {.application = &app,
          .region = "US",
          .source = source,
          .transport = Transport::udp,
          .credentials = credentials,
          .nonce_was_given = true};
}

// Contract voice-applications.md 5.1, row by row.
TEST(AdmissionTable, PasswordOnly) {
  const auto app = application(true, {});
  EXPECT_EQ(decide(facts(app, kOutside, Credentials::absent)).status, 407);
  EXPECT_TRUE(decide(facts(app, kOutside, Credentials::right)).admitted());
  EXPECT_EQ(decide(facts(app, kOutside, Credentials::wrong)).status, 407);
}

TEST(AdmissionTable, PasswordAndSourceBoth) {
  const auto app = application(true, {kBlock});
  EXPECT_EQ(decide(facts(app, kOutside, Credentials::right)).status, 403);
  EXPECT_EQ(decide(facts(app, kOutside, Credentials::absent)).status, 403);
  EXPECT_EQ(decide(facts(app, kInside, Credentials::absent)).status, 407);
  EXPECT_TRUE(decide(facts(app, kInside, Credentials::right)).admitted());
}

TEST(AdmissionTable, SourceOnlyIsNeverChallenged) {
  const auto app = application(false, {kBlock});
  EXPECT_TRUE(decide(facts(app, kInside, Credentials::absent)).admitted());
  EXPECT_TRUE(decide(facts(app, kInside, Credentials::wrong)).admitted());
  EXPECT_EQ(decide(facts(app, kOutside, Credentials::absent)).status, 403);
}

TEST(AdmissionTable, EverybodyIsAnExplicitChoice) {
  const auto app = application(false, {kEverybody});
  EXPECT_TRUE(decide(facts(app, kOutside, Credentials::absent)).admitted());
}

// It cannot be configured; a store that lost the list could have it.
TEST(AdmissionTable, NeitherPasswordNorListAdmitsNobody) {
  const auto app = application(false, {});
  const auto decision = decide(facts(app, kInside, Credentials::right));
  EXPECT_EQ(decision.reason, Reason::source_not_allowed);
  EXPECT_EQ(decision.status, 403);
}

TEST(AdmissionTable, DisabledLooksLikeUnknown) {
  auto app = application(true, {});
  Facts unknown = facts(app, kInside, Credentials::right);
  unknown.application = nullptr;
  const Decision to_unknown = decide(unknown);
  app.inbound_sip_enabled = false;
  const Decision to_disabled = decide(facts(app, kInside, Credentials::right));
  EXPECT_EQ(to_unknown.status, 404);
  EXPECT_EQ(to_unknown.status, to_disabled.status);
  EXPECT_EQ(to_unknown.phrase, to_disabled.phrase);
  EXPECT_EQ(to_unknown.reason, to_disabled.reason);
}

TEST(AdmissionTable, NoRegionAdmitsNobody) {
  auto app = application(false, {kEverybody});
  app.allowed_regions.clear();
  EXPECT_EQ(decide(facts(app, kInside, Credentials::absent)).reason, Reason::region_not_allowed);
}

// One fact that makes a step hold, and what the step answers. In the order of 5.2.
struct StepCase {
  Step step;
  std::function<void(Facts&)> make;
  std::uint16_t status;
  Reason reason;
};

const std::vector<StepCase>& steps() {
  static const std::vector<StepCase> cases{
      {Step::request, [](Facts& f) { f.fault = RequestFault::malformed; }, 400, Reason::bad_request},
      {Step::request, [](Facts& f) { f.fault = RequestFault::missing_header; }, 400, Reason::bad_request},
      {Step::request, [](Facts& f) { f.fault = RequestFault::too_large; }, 413, Reason::message_too_large},
      {Step::request, [](Facts& f) { f.fault = RequestFault::uri_too_long; }, 414, Reason::uri_too_long},
      {Step::request, [](Facts& f) { f.fault = RequestFault::version; }, 505, Reason::bad_version},
      {Step::request, [](Facts& f) { f.fault = RequestFault::too_many_hops; }, 483, Reason::too_many_hops},
      {Step::request, [](Facts& f) { f.fault = RequestFault::loop; }, 482, Reason::loop_detected},
      {Step::request, [](Facts& f) { f.fault = RequestFault::unknown_extension; }, 420,
       Reason::bad_extension},
      {Step::source_rate, [](Facts& f) { f.over_source_rate = true; }, 0, Reason::source_rate},
      {Step::scheme, [](Facts& f) { f.scheme = Scheme::other; }, 416, Reason::unsupported_scheme},
      {Step::host, [](Facts& f) { f.host_is_ours = false; }, 404, Reason::foreign_host},
      {Step::application, [](Facts& f) { f.application = nullptr; }, 404, Reason::unknown_application},
      {Step::region, [](Facts& f) { f.region = "EU"; }, 403, Reason::region_not_allowed},
      {Step::source, [](Facts& f) { f.source = kOutside; }, 403, Reason::source_not_allowed},
      {Step::source, [](Facts& f) { f.require_tls = true; }, 403, Reason::tls_required},
      {Step::challenge, [](Facts& f) { f.credentials = Credentials::absent; }, 407, Reason::challenge},
      {Step::challenge, [](Facts& f) { f.credentials = Credentials::other_realm; }, 407, Reason::challenge},
      {Step::stale, [](Facts& f) { f.credentials = Credentials::stale; }, 407, Reason::stale_nonce},
      {Step::stale, [](Facts& f) { f.credentials = Credentials::replayed; }, 407, Reason::replayed_nonce},
      {Step::malformed_credentials, [](Facts& f) { f.credentials = Credentials::malformed; }, 400,
       Reason::malformed_credentials},
      {Step::wrong_credentials, [](Facts& f) { f.locked_out = true; }, 403, Reason::auth_lockout},
      {Step::wrong_credentials, [](Facts& f) { f.credentials = Credentials::wrong; }, 407,
       Reason::wrong_password},
      {Step::media, [](Facts& f) { f.sdp = SdpFit::unreadable; }, 415, Reason::unsupported_body},
      {Step::media, [](Facts& f) { f.sdp = SdpFit::unwanted; }, 406, Reason::answer_unwanted},
      {Step::media, [](Facts& f) { f.sdp = SdpFit::unparseable; }, 488, Reason::bad_sdp},
      {Step::media, [](Facts& f) { f.sdp = SdpFit::no_common_codec; }, 488, Reason::no_common_codec},
      {Step::media, [](Facts& f) { f.sdp = SdpFit::no_srtp; }, 488, Reason::srtp_required},
      {Step::media, [](Facts& f) { f.short_interval = true; }, 422, Reason::session_interval},
      {Step::account_limit, [](Facts& f) { f.account = AccountUse::too_many_calls; }, 503,
       Reason::concurrent_calls},
      {Step::account_limit, [](Facts& f) { f.account = AccountUse::too_fast; }, 503,
       Reason::calls_per_second},
      {Step::capacity, [](Facts& f) { f.capacity = Capacity::full; }, 503, Reason::node_full},
      {Step::capacity, [](Facts& f) { f.capacity = Capacity::draining; }, 503, Reason::node_draining},
      {Step::admitted, [](Facts&) {}, 100, Reason::admitted},
  };
  return cases;
}

const account::Application& strict() {
  static const account::Application app = application(true, {kBlock});
  return app;
}

TEST(DecisionProcedure, EachStepGivesItsAnswer) {
  for (const StepCase& c : steps()) {
    Facts f = facts(strict(), kInside, Credentials::right);
    c.make(f);
    const Decision decision = decide(f);
    EXPECT_EQ(decision.step, c.step) << reason_code(c.reason);
    EXPECT_EQ(decision.status, c.status) << reason_code(c.reason);
    EXPECT_EQ(decision.reason, c.reason) << reason_code(c.reason);
  }
}

TEST(DecisionProcedure, OfAnyTwoFactsTheEarlierStepWins) {
  for (std::size_t i = 0; i < steps().size(); ++i) {
    for (std::size_t j = i + 1; j < steps().size(); ++j) {
      if (steps()[i].step == steps()[j].step) continue;
      Facts f = facts(strict(), kInside, Credentials::right);
      steps()[j].make(f);
      steps()[i].make(f);  // last, where both set the same fact
      // The one exception: in a lockout nobody is told that a password was right (see decide.cc).
      const bool stale_in_lockout =
          steps()[i].step == Step::stale && steps()[j].reason == Reason::auth_lockout;
      const StepCase& expected = stale_in_lockout ? steps()[j] : steps()[i];
      EXPECT_EQ(decide(f).reason, expected.reason)
          << reason_code(steps()[i].reason) << " before " << reason_code(steps()[j].reason);
    }
  }
}

TEST(DecisionProcedure, EveryStepIsInTheTable) {
  std::set<Step> seen;
  for (const StepCase& c : steps()) seen.insert(c.step);
  EXPECT_EQ(seen.size(), 15U);
}

TEST(SourceRateStep, DropsDatagramsAndAnswersStreams) {
  Facts f = facts(strict(), kInside, Credentials::right);
  f.over_source_rate = true;
  EXPECT_TRUE(decide(f).dropped());
  f.transport = Transport::tcp;
  EXPECT_EQ(decide(f).status, 503);
  EXPECT_EQ(decide(f).retry_after_seconds, 1);
}

TEST(Challenge, IsMadeOnlyByThe407s) {
  for (const StepCase& c : steps()) {
    Facts f = facts(strict(), kInside, Credentials::right);
    c.make(f);
    const Decision decision = decide(f);
    EXPECT_EQ(decision.challenge, decision.status == 407) << reason_code(c.reason);
    EXPECT_EQ(decision.stale, decision.step == Step::stale) << reason_code(c.reason);
  }
}

TEST(WrongPassword, CountsOnlyWithANonceThatWeGaveToThatAddress) {
  Facts f = facts(strict(), kInside, Credentials::wrong);
  EXPECT_TRUE(decide(f).counts_as_failure);
  f.nonce_was_given = false;
  EXPECT_FALSE(decide(f).counts_as_failure);
  EXPECT_EQ(decide(f).status, 407);
}

TEST(Lockout, RefusesTheRightPasswordTooAndDoesNotCount) {
  Facts f = facts(strict(), kInside, Credentials::right);
  f.locked_out = true;
  EXPECT_EQ(decide(f).reason, Reason::auth_lockout);
  EXPECT_FALSE(decide(f).counts_as_failure);
  EXPECT_FALSE(decide(f).challenge);
}

TEST(Lockout, DoesNotConcernApplicationsWithoutPassword) {
  const auto app = application(false, {kBlock});
  Facts f = facts(app, kInside, Credentials::absent);
  f.locked_out = true;
  EXPECT_TRUE(decide(f).admitted());
}

TEST(Record, IsMadeFromStepThirteenOn) {
  for (const StepCase& c : steps()) {
    Facts f = facts(strict(), kInside, Credentials::right);
    c.make(f);
    const Decision decision = decide(f);
    EXPECT_EQ(decision.makes_record, c.step >= Step::account_limit) << reason_code(c.reason);
    EXPECT_EQ(!decision.cause.empty(), c.step == Step::account_limit || c.step == Step::capacity);
  }
}

TEST(RequireTls, OfTheApplicationIsAsGoodAsOfTheDeployment) {
  auto app = application(true, {});
  app.require_tls = true;
  Facts f = facts(app, kInside, Credentials::right);
  EXPECT_EQ(decide(f).reason, Reason::tls_required);
  f.transport = Transport::tcp;
  EXPECT_EQ(decide(f).reason, Reason::tls_required);
  f.transport = Transport::tls;
  EXPECT_TRUE(decide(f).admitted());
  f.transport = Transport::wss;
  EXPECT_TRUE(decide(f).admitted());
}

// RFC 5630, contract N42.
TEST(RequireTls, OfASipsUriIsAsGoodAsOfAnApplication) {
  const auto app = application(true, {});
  Facts f = facts(app, kInside, Credentials::right);
  f.scheme = Scheme::sips;
  EXPECT_EQ(decide(f).reason, Reason::tls_required);
  f.transport = Transport::tcp;
  EXPECT_EQ(decide(f).reason, Reason::tls_required);
  f.transport = Transport::tls;
  EXPECT_TRUE(decide(f).admitted());
}

TEST(HideApplications, MakesStepsSixAndSevenLookLikeFive) {
  Facts f = facts(strict(), kOutside, Credentials::absent);
  f.hide_applications = true;
  EXPECT_EQ(decide(f).status, 404);
  EXPECT_EQ(decide(f).phrase, "Not Found");
  EXPECT_EQ(decide(f).reason, Reason::source_not_allowed);
  f.region = "EU";
  EXPECT_EQ(decide(f).status, 404);
  EXPECT_EQ(decide(f).reason, Reason::region_not_allowed);
}

TEST(Phrase, TellsNoMoreThanTheStatus) {
  for (const StepCase& c : steps()) {
    Facts f = facts(strict(), kInside, Credentials::right);
    c.make(f);
    const Decision decision = decide(f);
    if (decision.status == 403) EXPECT_EQ(decision.phrase, "Forbidden");
    if (decision.status == 404) EXPECT_EQ(decision.phrase, "Not Found");
    if (decision.status == 407) EXPECT_EQ(decision.phrase, "Proxy Authentication Required");
    EXPECT_EQ(decision.phrase.empty(), decision.dropped());
  }
}

}  // namespace
}  // namespace portico::admission
