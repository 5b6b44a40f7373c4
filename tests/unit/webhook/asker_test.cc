#include "webhook/asker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json/parse.hpp>

#include "http/tcp_peer.h"
#include "webhook/event_waiter.h"
#include "webhook/test_backend.h"

namespace portico::webhook {
namespace {

using http::ClosedPort;
using http::ScriptedServer;
using http::TcpPeer;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kBxml = "<Response><Hangup/></Response>";

class AskerTest : public testing::Test {
 protected:
  call::WebhookAnswer ask(call::Webhook webhook) {
    asker_.ask(7, std::move(webhook), waiter_.sender());
    return waiter_.wait<call::WebhookAnswer>();
  }
  static call::Webhook about(call::Callback target, std::optional<call::Callback> fallback = std::nullopt) {
    return {
        .account_id = "1000001",
        .application_id = "app",
        .call_id = "c-1",
        .event =
            boost::json::parse(R"({"eventType":"initiate","from":"+15551230001","tag":null})").as_object(),
        .target = std::move(target),
        .fallback = std::move(fallback),
        .timeout = 5s};
  }
  std::vector<account::WebhookExchange> log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

  std::mutex mutex_;
  std::vector<account::WebhookExchange> log_;
  EventWaiter waiter_;
  http::Client client_;
  Asker asker_{client_,
               std::make_shared<Exchanges>([this](account::Write write) {
                 const std::lock_guard lock(mutex_);
                 log_.push_back(std::get<account::WebhookExchange>(std::move(write)));
                 return true;
               }),
               {.min = Millis(1), .max = Millis(20'000)}};
};

TEST_F(AskerTest, PostsJsonWithCredentialsAndGivesTheReply) {
  TestBackend backend([](const http::Request&) { return http::Response{.body = kBxml}; });
  auto webhook = about({.url = backend.url("/voice?key=1"), .username = "app", .password = "pw"});
  const auto answer = ask(webhook);
  ASSERT_TRUE(answer.reply) << answer.reply.error().what;
  EXPECT_EQ(answer.request, 7U);
  EXPECT_EQ(answer.reply->body, kBxml);
  EXPECT_EQ(answer.reply->url, backend.url("/voice?key=1"));
  const auto request = backend.wait_for(1).at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/voice?key=1");
  EXPECT_EQ(request.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(request.headers.get("Authorization"), "Basic YXBwOnB3");
  EXPECT_EQ(request.headers.get("User-Agent"), "Portico/" PORTICO_VERSION);
  EXPECT_EQ(boost::json::parse(request.body), boost::json::value(webhook.event));
}

TEST_F(AskerTest, SendsTheEventAsParametersWithGet) {
  TestBackend backend([](const http::Request&) { return http::Response{.body = kBxml}; });
  auto webhook = about({.url = backend.url("/voice?key=1#top"), .method = "GET"});
  ASSERT_TRUE(ask(webhook).reply);
  const auto request = backend.wait_for(1).at(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/voice?key=1&eventType=initiate&from=%2B15551230001");
  EXPECT_EQ(request.body, "");
  EXPECT_FALSE(request.headers.has("Content-Type"));
  EXPECT_FALSE(request.headers.has("Authorization"));
}

TEST_F(AskerTest, TakesEvery2xxAndEmptyReplies) {
  for (const int status : {200, 201, 202, 204, 299}) {
    TestBackend backend([status](const http::Request&) { return http::Response{.status = status}; });
    auto webhook = about({.url = backend.url()});
    const auto answer = ask(webhook);
    ASSERT_TRUE(answer.reply) << status;
    EXPECT_EQ(answer.reply->body, "");
  }
}

// The call has ended, or was sent elsewhere: `disconnect` is the last that a backend hears of it.
TEST_F(AskerTest, AsksNoFallbackOnceNobodyWaitsForTheAnswer) {
  TestBackend fallback;
  auto wanted = std::make_shared<std::atomic<bool>>(true);
  ScriptedServer primary([&](TcpPeer& peer) {
    peer.read_until("}");
    *wanted = false;
    peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
  });
  auto webhook = about({.url = primary.url()}, call::Callback{.url = fallback.url()});
  webhook.wanted = wanted;
  const auto answer = ask(webhook);
  ASSERT_FALSE(answer.reply);
  EXPECT_THAT(answer.reply.error().what, HasSubstr("503"));
  EXPECT_EQ(fallback.requests(), 0U);
}

TEST_F(AskerTest, AsksTheFallbackOnceWhenThePrimaryFails) {
  struct Row {
    const char* name;
    ScriptedServer::Script script;
    Millis timeout = 5s;
  };
  const auto says = [](std::string text) {
    return [text](TcpPeer& peer) {
      peer.read_until("}");
      peer.send(text);
    };
  };
  const Row rows[] = {
      {"302", says("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")},
      {"304", says("HTTP/1.1 304 Not Modified\r\n\r\n")},
      {"401",
       says("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")},
      {"404", says("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")},
      {"500", says("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")},
      {"too large a refusal",
       says("HTTP/1.1 500 Oops\r\n\r\n" + std::string(limits::kWebhookReplyBytesMax + 1, 'x'))},
      {"not HTTP", says("hello\r\n")},
      {"closes", says("")},
      {"never answers", [](TcpPeer& peer) { peer.read_to_end(); }, 1s},
      {"one octet at a time",
       [](TcpPeer& peer) {
         peer.read_until("}");
         peer.send("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
         while (peer.send("x")) std::this_thread::sleep_for(1ms);
       },
       1s},
  };
  for (const auto& row : rows) {
    ScriptedServer primary(row.script);
    TestBackend fallback([](const http::Request&) { return http::Response{.body = kBxml}; });
    auto webhook = about(
        {.url = primary.url("/a"), .username = "primary", .password = "one"},
        call::Callback{.url = fallback.url("/b"), .method = "GET", .username = "second", .password = "two"});
    webhook.timeout = row.timeout;
    const auto answer = ask(webhook);
    ASSERT_TRUE(answer.reply) << row.name << ": " << answer.reply.error().what;
    EXPECT_EQ(answer.reply->url, fallback.url("/b")) << row.name;
    const auto requests = fallback.wait_for(1);
    ASSERT_EQ(requests.size(), 1U) << row.name;
    EXPECT_EQ(requests[0].method, "GET");
    EXPECT_EQ(requests[0].headers.get("Authorization"), "Basic c2Vjb25kOnR3bw==") << row.name;
    EXPECT_EQ(primary.connections(), 1) << row.name << ": the primary is asked once";
  }
}

// webhooks.md W3: an invalid document is final, and so is one beyond any length.
TEST_F(AskerTest, AsksNoFallbackForADocumentThatIsTooLong) {
  TestBackend fallback([](const http::Request&) { return http::Response{.body = kBxml}; });
  for (const std::string& length : {"", "Content-Length: 65537\r\n"}) {
    ScriptedServer primary([&](TcpPeer& peer) {
      peer.read_until("}");
      peer.send("HTTP/1.1 200 OK\r\n" + length + "\r\n" +
                std::string(limits::kWebhookReplyBytesMax + 1, 'x'));
    });
    const auto answer = ask(about({.url = primary.url("/a")}, call::Callback{.url = fallback.url("/b")}));
    ASSERT_FALSE(answer.reply);
    EXPECT_EQ(answer.reply.error(),
              (Error{Code::too_large, primary.url("/a") + ": the answer is longer than 65536 bytes"}));
  }
  EXPECT_EQ(fallback.wait_for(0).size(), 0U);
}

TEST_F(AskerTest, SendsNoCredentialsToAFallbackThatHasNone) {
  ClosedPort closed;
  TestBackend fallback([](const http::Request&) { return http::Response{.body = kBxml}; });
  auto webhook = about({.url = closed.url(), .username = "app", .password = "pw"},
                       call::Callback{.url = fallback.url()});
  ASSERT_TRUE(ask(webhook).reply);
  EXPECT_FALSE(fallback.wait_for(1).at(0).headers.has("Authorization"));
}

TEST_F(AskerTest, FailsWithBothReasonsWhenBothFail) {
  ClosedPort closed;
  TestBackend broken([](const http::Request&) { return http::Response{.status = 503}; });
  auto webhook = about({.url = closed.url("/one")}, call::Callback{.url = broken.url("/two")});
  const auto answer = ask(webhook);
  ASSERT_FALSE(answer.reply);
  EXPECT_THAT(answer.reply.error().what, HasSubstr(closed.url("/one") + " could not be asked (connect)"));
  EXPECT_THAT(answer.reply.error().what,
              HasSubstr("fallback: " + broken.url("/two") + " answered with status 503"));
}

TEST_F(AskerTest, SaysTimeoutWhenTheBackendIsSilent) {
  ScriptedServer silent([](TcpPeer& peer) { peer.read_to_end(); });
  auto webhook = about({.url = silent.url()});
  webhook.timeout = Millis(60);
  const auto answer = ask(webhook);
  ASSERT_FALSE(answer.reply);
  EXPECT_EQ(answer.reply.error().code, Code::timeout);
}

TEST_F(AskerTest, ReusesConnectionsToOneBackend) {
  TestBackend backend([](const http::Request&) { return http::Response{.body = kBxml}; });
  for (int i = 0; i < 20; ++i) {
    auto webhook = about({.url = backend.url("/n" + std::to_string(i))});
    ASSERT_TRUE(ask(webhook).reply);
  }
  EXPECT_EQ(client_.connections_opened(), 1U);
}

TEST_F(AskerTest, LogsEachAttemptWithoutCredentials) {
  TestBackend broken([](const http::Request&) { return http::Response{.status = 500, .body = "oops"}; });
  TestBackend good([](const http::Request&) { return http::Response{.body = kBxml}; });
  auto with_user = broken.url("/a");
  with_user.insert(7, "me:hidden@");
  auto webhook =
      about({.url = with_user}, call::Callback{.url = good.url("/b"), .method = "GET", .password = "secret"});
  ASSERT_TRUE(ask(webhook).reply);
  const auto rows = log();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].account_id, "1000001");
  EXPECT_EQ(rows[0].application_id, "app");
  EXPECT_EQ(rows[0].call_id, "c-1");
  EXPECT_EQ(rows[0].event, "initiate");
  EXPECT_EQ(rows[0].url, broken.url("/a"));
  EXPECT_EQ(rows[0].status, 500);
  EXPECT_EQ(rows[0].attempt, 1U);
  EXPECT_FALSE(rows[0].fallback);
  EXPECT_EQ(rows[0].response_body, "oops");
  EXPECT_THAT(rows[0].request_body, HasSubstr("\"eventType\":\"initiate\""));
  EXPECT_THAT(rows[0].error, HasSubstr("answered with status 500"));
  EXPECT_THAT(rows[0].error, Not(HasSubstr("hidden")));
  EXPECT_EQ(rows[1].status, 200);
  EXPECT_EQ(rows[1].method, account::Method::get);
  EXPECT_EQ(rows[1].attempt, 2U);
  EXPECT_TRUE(rows[1].fallback);
  EXPECT_EQ(rows[1].error, "");
}

TEST_F(AskerTest, LogsDocumentsWithoutTheirPasswords) {
  const std::string document =
      R"(<Response><Redirect redirectUrl="/x" username="u" password="geheim"/></Response>)";
  TestBackend backend([&](const http::Request&) { return http::Response{.body = document}; });
  auto webhook = about({.url = backend.url()});
  const auto answer = ask(webhook);
  ASSERT_TRUE(answer.reply);
  EXPECT_EQ(answer.reply->body, document);
  EXPECT_THAT(log().at(0).response_body, testing::AllOf(HasSubstr("redirectUrl"), Not(HasSubstr("geheim"))));
}

// A call waits for the answer, for ever if need be.
TEST_F(AskerTest, AnswersThoughItsRowCannotBeKept) {
  TestBackend backend([](const http::Request&) { return http::Response{.body = kBxml}; });
  Asker asker(client_,
              std::make_shared<Exchanges>([](const account::Write&) -> bool { throw std::bad_alloc(); }),
              {.min = Millis(1), .max = Millis(20'000)});
  auto webhook = about({.url = backend.url()});
  asker.ask(1, webhook, waiter_.sender());
  const auto answer = waiter_.wait<call::WebhookAnswer>();
  ASSERT_TRUE(answer.reply);
  EXPECT_EQ(answer.reply->body, kBxml);
}

TEST_F(AskerTest, AnswersThoughTheFallbackCannotBeAsked) {
  struct Scarce final : http::Fetcher {
    void fetch(http::Fetch, http::FetchDone done) override {
      if (++asked == 2) throw std::bad_alloc();
      done({.answer = tl::unexpected(http::FetchError{.kind = http::FetchFailure::connect})});
    }
    void after(Millis, std::function<void()>) override {}
    int asked = 0;
  } scarce;
  Asker asker(scarce, std::make_shared<Exchanges>([](const account::Write&) { return true; }), {});
  asker.ask(1, about({.url = "http://a.example/"}, call::Callback{.url = "http://b.example/"}),
            waiter_.sender());
  const auto answer = waiter_.wait<call::WebhookAnswer>();
  ASSERT_FALSE(answer.reply);
  EXPECT_EQ(answer.reply.error().code, Code::internal);
  EXPECT_EQ(scarce.asked, 2);
}

TEST_F(AskerTest, NamesNoQueryInWhatItSays) {
  TestBackend broken([](const http::Request&) { return http::Response{.status = 503}; });
  ClosedPort closed;
  auto webhook =
      about({.url = broken.url("/a?token=geheim")}, call::Callback{.url = closed.url("/b?token=geheim")});
  const auto answer = ask(webhook);
  ASSERT_FALSE(answer.reply);
  EXPECT_THAT(answer.reply.error().what, HasSubstr(broken.url("/a?...") + " answered with status 503"));
  EXPECT_THAT(answer.reply.error().what, HasSubstr(closed.url("/b?...")));
}

TEST_F(AskerTest, KeepsTheTimeoutWithinItsBounds) {
  Asker bounded(client_, std::make_shared<Exchanges>([](account::Write) { return true; }),
                {.min = Millis(1), .max = Millis(40)});
  ScriptedServer silent([](TcpPeer& peer) { peer.read_to_end(); });
  auto webhook = about({.url = silent.url()});
  webhook.timeout = Millis(3'600'000);
  bounded.ask(1, webhook, waiter_.sender());
  EXPECT_FALSE(waiter_.wait<call::WebhookAnswer>().reply);
}

}  // namespace
}  // namespace portico::webhook
