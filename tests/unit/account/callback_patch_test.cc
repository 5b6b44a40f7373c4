#include "account/callback_patch.h"

#include <gtest/gtest.h>

#include "account/samples.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace portico::account {
namespace {

Application merged(Application app, const Patch& patch) {
  FaultList faults;
  merge_callbacks(patch, samples::deployment(), app, faults);
  EXPECT_TRUE(faults.empty());
  return app;
}

std::string first_fault(const Patch& patch, Application app = {}) {
  FaultList faults;
  merge_callbacks(patch, samples::deployment(), app, faults);
  auto all = faults.take();
  return all.empty() ? "" : all[0].field;
}

TEST(CallbackUrl, MustBeHttpWithAHost) {
  EXPECT_FALSE(url_fault("https://example.org/hook?x=1"));
  EXPECT_FALSE(url_fault("http://127.0.0.1:9000/"));
  EXPECT_FALSE(url_fault("http://[::1]:9000/a"));
  EXPECT_FALSE(url_fault("http://example.org:65535/"));
  EXPECT_FALSE(url_fault("http://example.org:/"));
  EXPECT_FALSE(url_fault("https://203.0.113.7.sslip.io/hook"));
  EXPECT_FALSE(url_fault("https://203.0.113.7.sslip.io:8443"));
  for (const char* bad :
       {"", "/relative", "ftp://example.org/", "https://", "https:///x", "http://exa mple.org/",
        "https://user:secret@example.org/", "http://example.org:0/", "https://example.org:8443hooks",
        "http://203.0.113.7.8/", "http://[::1]hooks", "http://example.org:65536/",
        "http://example.org:80000/", "https://example.org:99999/", "https://example.org/#f",
        "http://example.org/\r\nX: y", "javascript:alert(1)"}) {
    EXPECT_TRUE(url_fault(bad)) << bad;
  }
  EXPECT_TRUE(url_fault("http://example.org/" + std::string(2048, 'a')));
}

TEST(CallbackFields, AreTakenAndResetByNull) {
  Patch patch{.call_initiated_callback_url = {"https://example.org/in"}, .call_initiated_method = {"GET"}};
  patch.callback_timeout = {2.5};
  Application app = merged({}, patch);
  EXPECT_EQ(app.callbacks.initiated_url, "https://example.org/in");
  EXPECT_EQ(app.callbacks.initiated_method, Method::get);
  EXPECT_EQ(app.callbacks.timeout, 2500ms);

  Patch reset;
  reset.call_initiated_callback_url = Given<std::string>::null();
  reset.call_initiated_method = Given<std::string>::null();
  reset.callback_timeout = Given<double>::null();
  app = merged(app, reset);
  EXPECT_EQ(app.callbacks, Callbacks{});
}

TEST(CallbackTimeout, IsBetween1And25Seconds) {
  EXPECT_EQ(first_fault({.callback_timeout = {0.99}}), "callbackTimeout");
  EXPECT_EQ(first_fault({.callback_timeout = {25.01}}), "callbackTimeout");
  EXPECT_EQ(first_fault({.callback_timeout = {25.0}}), "");
  EXPECT_EQ(first_fault({.callback_timeout = Given<double>::wrong_type()}), "callbackTimeout");
}

TEST(CallbackCredentials, AreMergedMemberByMember) {
  Application app = merged({}, {.callback_creds = {CredentialsPatch{.user_id = {"u"}, .password = {"p"}}}});
  EXPECT_EQ(app.callbacks.credentials, (BasicCredentials{"u", "p"}));
  app = merged(app, {.callback_creds = {CredentialsPatch{.user_id = {"v"}}}});
  EXPECT_EQ(app.callbacks.credentials, (BasicCredentials{"v", "p"}));
  app = merged(app, {.callback_creds = Given<CredentialsPatch>::null()});
  EXPECT_FALSE(app.callbacks.credentials);
}

TEST(CallbackCredentials, NeedBothMembersAndNoColon) {
  EXPECT_EQ(first_fault({.callback_creds = {CredentialsPatch{.user_id = {"u"}}}}), "callbackCreds.password");
  EXPECT_EQ(first_fault({.callback_creds = {CredentialsPatch{.password = {"p"}}}}), "callbackCreds.userId");
  EXPECT_EQ(first_fault({.callback_creds = {CredentialsPatch{.user_id = {"a:b"}, .password = {"p"}}}}),
            "callbackCreds.userId");
  EXPECT_EQ(first_fault({.callback_creds = {CredentialsPatch{.user_id = {"a\r\n"}, .password = {"p"}}}}),
            "callbackCreds.userId");
  std::string longest;
  while (count_characters(longest) < limits::kCredentialCharactersMax) longest += "é";
  EXPECT_EQ(first_fault({.callback_creds = {CredentialsPatch{.user_id = {longest}, .password = {longest}}}}),
            "");
  EXPECT_EQ(
      first_fault({.callback_creds = {CredentialsPatch{.user_id = {"u"}, .password = {longest + "x"}}}}),
      "callbackCreds.password");
}

TEST(InlineBxml, StandsInForTheUrlButNotBesideIt) {
  const Application app = merged({}, {.inline_bxml = {"<Response/>"}});
  EXPECT_EQ(app.inline_bxml, "<Response/>");
  EXPECT_EQ(first_fault({.call_initiated_callback_url = {"https://example.org/"}}, app), "inlineBxml");
  Patch swap{.call_initiated_callback_url = {"https://example.org/"}};
  swap.inline_bxml = Given<std::string>::null();
  EXPECT_EQ(first_fault(swap, app), "");
  EXPECT_EQ(first_fault({.inline_bxml = {std::string(65'537, ' ')}}), "inlineBxml");
}

TEST(InlineBxml, IsCheckedByTheDeploymentsParser) {
  auto deployment = samples::deployment();
  deployment.bxml_fault = [](std::string_view document) -> std::optional<std::string> {
    if (document == "<Response/>") return std::nullopt;
    return "line 1, column 1: not a Response";
  };
  Application app;
  FaultList faults;
  merge_callbacks({.inline_bxml = {"<Nope/>"}}, deployment, app, faults);
  const Faults all = faults.take();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].description, "inlineBxml: line 1, column 1: not a Response");
  EXPECT_EQ(app.inline_bxml, "");
}

}  // namespace
}  // namespace portico::account
