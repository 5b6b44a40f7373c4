#include "account/patch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account/samples.h"
#include "base/hash.h"
#include "base/limits.h"

namespace portico::account {
namespace {

using samples::deployment;
using samples::fresh;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> fields(const tl::expected<Changed, Faults>& result) {
  std::vector<std::string> names;
  if (!result) {
    for (const auto& fault : result.error()) names.push_back(fault.field);
  }
  return names;
}

TEST(CreateApplication, StartsDisabledWithDefaults) {
  const auto made = create("9900000", {.application_name = {"Lobby"}}, deployment(), fresh('1'));
  ASSERT_TRUE(made);
  const Application& app = made->application;
  EXPECT_EQ(app.name, "Lobby");
  EXPECT_EQ(app.account_id, "9900000");
  EXPECT_EQ(app.id, fresh('1').application_id);
  EXPECT_FALSE(app.inbound_sip_enabled);
  EXPECT_EQ(app.sip_uri("x"), "");
  EXPECT_THAT(app.allowed_regions, IsEmpty());
  EXPECT_EQ(app.callbacks.timeout, 15s);
  EXPECT_EQ(app.callbacks.initiated_method, Method::post);
  EXPECT_EQ(app.version, 1U);
  EXPECT_EQ(app.created, samples::kMonday);
  EXPECT_FALSE(made->one_time_password);
}

TEST(CreateApplication, NeedsAName) {
  EXPECT_THAT(fields(create("1", {}, deployment(), fresh('1'))), ElementsAre("applicationName"));
  EXPECT_THAT(fields(create("1", {.application_name = {std::string()}}, deployment(), fresh('1'))),
              ElementsAre("applicationName"));
  EXPECT_THAT(fields(create("1", {.application_name = {std::string(257, 'x')}}, deployment(), fresh('1'))),
              ElementsAre("applicationName"));
  std::string longest;
  for (int i = 0; i < 256; ++i) longest += "é";
  EXPECT_TRUE(create("1", {.application_name = {longest}}, deployment(), fresh('1')));
  EXPECT_THAT(fields(create("1", {.application_name = {longest + "é"}}, deployment(), fresh('1'))),
              ElementsAre("applicationName"));
}

TEST(CreateApplication, MayEnableInboundCallsAtOnce) {
  const Patch patch{.application_name = {"Lobby"},
                    .inbound_sip_calls_enabled = {true},
                    .password_auth_enabled = {true},
                    .allowed_regions = {std::vector<std::string>{"US"}}};
  const auto made = create("1", patch, deployment(), fresh('1'));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->application.sip_uri(deployment().domain),
            "sip:" + fresh('1').sip_user + "@sip.voice.example.org");
  EXPECT_EQ(made->one_time_password, fresh('1').password);
}

TEST(EnableInbound, GivesUriPasswordAndAllRegions) {
  const Patch patch{.inbound_sip_calls_enabled = {true}, .password_auth_enabled = {true}};
  const auto changed = merge(samples::disabled(), patch, deployment(), fresh('2', samples::kTuesday));
  ASSERT_TRUE(changed);
  const Application& app = changed->application;
  EXPECT_TRUE(app.inbound_sip_enabled);
  EXPECT_EQ(app.sip_user, fresh('2').sip_user);
  EXPECT_THAT(app.allowed_regions, ElementsAre("US", "EU"));
  EXPECT_EQ(changed->one_time_password, fresh('2').password);
  EXPECT_EQ(app.version, 2U);
  EXPECT_EQ(app.updated, samples::kTuesday);
  EXPECT_EQ(app.created, samples::kMonday);
}

TEST(EnableInbound, StoresOnlyTheDigestSecrets) {
  const Application app = samples::with_password();
  const std::string& user = app.sip_user;
  const std::string realm = "sip.voice.example.org";
  const std::string password(kPasswordLength, '2');
  EXPECT_EQ(app.digest.realm, realm);
  EXPECT_EQ(app.digest.ha1_md5, hash_hex(HashAlgorithm::md5, {user, ":", realm, ":", password}));
  EXPECT_EQ(app.digest.ha1_sha256, hash_hex(HashAlgorithm::sha256, {user, ":", realm, ":", password}));
}

TEST(EnableInbound, IsRefusedWithoutAnyMechanism) {
  const auto changed =
      merge(samples::disabled(), {.inbound_sip_calls_enabled = {true}}, deployment(), fresh('2'));
  EXPECT_THAT(fields(changed), ElementsAre("inboundSipCallsEnabled"));
  const Patch empty_list{.inbound_sip_calls_enabled = {true},
                         .password_auth_enabled = {false},
                         .allowed_source_ips = {std::vector<std::string>{}}};
  EXPECT_THAT(fields(merge(samples::disabled(), empty_list, deployment(), fresh('2'))),
              ElementsAre("inboundSipCallsEnabled"));
}

TEST(EnableInbound, TakesAnEmptyRegionListAsGiven) {
  const Patch patch{.inbound_sip_calls_enabled = {true},
                    .password_auth_enabled = {true},
                    .allowed_regions = {std::vector<std::string>{}}};
  const auto changed = merge(samples::disabled(), patch, deployment(), fresh('2'));
  ASSERT_TRUE(changed);
  EXPECT_THAT(changed->application.allowed_regions, IsEmpty());
  EXPECT_FALSE(changed->application.allows_region("US"));
}

TEST(EnableInbound, AgainKeepsUriAndPassword) {
  const Application before = samples::with_password();
  const auto changed = merge(before, {.inbound_sip_calls_enabled = {true}}, deployment(), fresh('9'));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->application, before);  // version and time too: nothing changed
  EXPECT_FALSE(changed->one_time_password);
}

TEST(RotatePassword, HappensWheneverTrueIsGiven) {
  const Application before = samples::with_password();
  const auto changed = merge(before, {.password_auth_enabled = {true}}, deployment(), fresh('9'));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->application.sip_user, before.sip_user);
  EXPECT_NE(changed->application.digest, before.digest);
  EXPECT_EQ(changed->one_time_password, fresh('9').password);
  EXPECT_EQ(changed->application.version, before.version + 1);
}

TEST(RotatePassword, DoesNotHappenWithoutTheField) {
  const Application before = samples::with_password();
  const auto changed = merge(before, {.application_name = {"Desk"}}, deployment(), fresh('9'));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->application.digest, before.digest);
  EXPECT_EQ(changed->application.name, "Desk");
  EXPECT_FALSE(changed->one_time_password);
}

TEST(PasswordOff, DestroysThePassword) {
  const Patch patch{.password_auth_enabled = {false},
                    .allowed_source_ips = {std::vector<std::string>{"203.0.113.0/24"}}};
  const auto changed = merge(samples::with_password(), patch, deployment(), fresh('9'));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->application.digest, DigestSecrets{});
}

TEST(PasswordOff, IsRefusedWhenItIsTheLastMechanism) {
  EXPECT_THAT(
      fields(merge(samples::with_password(), {.password_auth_enabled = {false}}, deployment(), fresh('9'))),
      ElementsAre("passwordAuthEnabled"));
}

TEST(EmptySourceList, IsRefusedWhenItIsTheLastMechanism) {
  const Patch patch{.allowed_source_ips = {std::vector<std::string>{}}};
  EXPECT_THAT(fields(merge(samples::with_sources({"203.0.113.0/24"}), patch, deployment(), fresh('9'))),
              ElementsAre("allowedSourceIps"));
}

TEST(Disable, ClearsUriAndEveryAccessSetting) {
  const auto changed =
      merge(samples::with_password(), {.inbound_sip_calls_enabled = {false}}, deployment(), fresh('9'));
  ASSERT_TRUE(changed);
  const Application& app = changed->application;
  EXPECT_EQ(app.sip_user, "");
  EXPECT_EQ(app.digest, DigestSecrets{});
  EXPECT_FALSE(app.password_auth_enabled);
  EXPECT_THAT(app.allowed_sources, IsEmpty());
  EXPECT_THAT(app.allowed_regions, IsEmpty());
}

TEST(Disable, ThenEnableGivesANewUri) {
  const Application before = samples::with_password();
  const auto off = merge(before, {.inbound_sip_calls_enabled = {false}}, deployment(), fresh('8'));
  const Patch on{.inbound_sip_calls_enabled = {true}, .password_auth_enabled = {true}};
  const auto again = merge(off->application, on, deployment(), fresh('9'));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->application.sip_user, fresh('9').sip_user);
  EXPECT_NE(again->application.sip_user, before.sip_user);
}

TEST(Disable, RefusesAccessSettingsInTheSameRequest) {
  const Patch patch{.inbound_sip_calls_enabled = {false},
                    .password_auth_enabled = {true},
                    .allowed_source_ips = {std::vector<std::string>{"203.0.113.0/24"}},
                    .allowed_regions = {std::vector<std::string>{"US"}}};
  EXPECT_THAT(fields(merge(samples::with_password(), patch, deployment(), fresh('9'))),
              ElementsAre("passwordAuthEnabled", "allowedSourceIps", "allowedRegions"));
}

TEST(Disabled, RefusesAccessSettingsButTakesEmptyOnes) {
  EXPECT_THAT(fields(merge(samples::disabled(), {.password_auth_enabled = {true}}, deployment(), fresh('9'))),
              ElementsAre("passwordAuthEnabled"));
  const Patch empty{.password_auth_enabled = {false}, .allowed_source_ips = {std::vector<std::string>{}}};
  EXPECT_TRUE(merge(samples::disabled(), empty, deployment(), fresh('9')));
}

TEST(Merge, ReportsEveryFaultOfOneRequest) {
  Patch patch;
  patch.application_name = Given<std::string>::null();
  patch.inbound_sip_calls_enabled = Given<bool>::wrong_type();
  patch.sip_uri = {"sip:me@here"};
  patch.sip_auth_password = Given<std::string>::null();
  patch.allowed_regions = Given<std::vector<std::string>>::null();
  patch.callback_timeout = {26.0};
  patch.call_initiated_method = {"PUT"};
  EXPECT_THAT(fields(merge(samples::with_password(), patch, deployment(), fresh('9'))),
              ::testing::UnorderedElementsAre("sipUri", "sipAuthPassword", "applicationName",
                                              "inboundSipCallsEnabled", "allowedRegions", "callbackTimeout",
                                              "callInitiatedMethod"));
}

TEST(Merge, NamesNoMoreThanAHundredFaults) {
  const std::vector<std::string> wrong(10'000, deployment().regions.front());
  const auto refused = create("9900000",
                              {.application_name = {"Lobby"},
                               .inbound_sip_calls_enabled = {true},
                               .password_auth_enabled = {true},
                               .allowed_regions = {wrong}},
                              deployment(), fresh('1'));
  EXPECT_THAT(fields(refused), SizeIs(limits::kFaultsMax));
}

TEST(Merge, TakesTheApplicationsOwnIdButNoOther) {
  const Application app = samples::disabled();
  EXPECT_TRUE(merge(app, {.application_id = {app.id}}, deployment(), fresh('9')));
  EXPECT_THAT(fields(merge(app, {.application_id = {"x"}}, deployment(), fresh('9'))),
              ElementsAre("applicationId"));
}

TEST(Regions, MustBeKnown) {
  const Patch patch{.allowed_regions = {std::vector<std::string>{"US", "MOON"}}};
  const auto changed = merge(samples::with_password(), patch, deployment(), fresh('9'));
  ASSERT_FALSE(changed);
  ASSERT_THAT(changed.error(), SizeIs(1));
  EXPECT_THAT(changed.error()[0].description, HasSubstr("'MOON'"));
  EXPECT_THAT(changed.error()[0].description, HasSubstr("US, EU"));
}

TEST(MakeFresh, GivesADifferentPasswordEachTime) {
  const Fresh one = make_fresh(samples::kMonday);
  const Fresh two = make_fresh(samples::kMonday);
  EXPECT_EQ(one.password.size(), kPasswordLength);
  EXPECT_NE(one.password, two.password);
  EXPECT_NE(one.sip_user, two.sip_user);
  EXPECT_EQ(one.password.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
            std::string::npos);
}

}  // namespace
}  // namespace portico::account
