#pragma once
// The whole API without sockets: a store in memory, one client of one account, and each answer checked
// against the OpenAPI document.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <memory>
#include <string>

#include "api/json_answer.h"
#include "api/openapi_spec.h"
#include "api/routes.h"
#include "base/bytes.h"
#include "store/open.h"

namespace portico::api {

inline constexpr WallTime kNoon{Millis{1'785'000'000'000}};

class ApiTest : public ::testing::Test {
 protected:
  ApiTest()
      : store_(std::move(*store::open_store("sqlite::memory:"))),
        services_{.store = *store_,
                  .directory = directory_,
                  .deployment = {.domain = "sip.voice.example.org",
                                 .realm = "sip.voice.example.org",
                                 .regions = {"US", "EU"}},
                  .clock = [this] { return Now{TimePoint{}, now_}; }},
        router_(error_page) {
    (void)store_->put_account({.id = "9900000", .name = "Acme", .created = kNoon});
    (void)store_->put_account({.id = "1234567", .name = "Other", .created = kNoon});
    (void)directory_.refresh(*store_);
    using account::Role;
    auto made = account::make_client("9900000", "test", {Role::voice_applications, Role::voice}, kNoon);
    client_ = made.client;
    secret_ = made.secret;
    (void)store_->put_client(client_);
    add_routes(router_, services_);
  }

  static std::string basic(const std::string& id, const std::string& secret) {
    return "Basic " + to_base64(as_bytes(id + ":" + secret));
  }

  http::Request request(std::string method, std::string target, std::string body = {}) {
    http::Request out{.method = std::move(method), .target = target, .path = target, .body = std::move(body)};
    if (const auto mark = target.find('?'); mark != std::string::npos) {
      out.path = target.substr(0, mark);
      out.query = split_query(target.substr(mark + 1));
    }
    out.headers.set("Host", "voice.example.org");
    out.headers.set("Authorization", basic(client_.id, secret_));
    if (!out.body.empty()) out.headers.set("Content-Type", "application/json");
    return out;
  }

  http::Response send(const http::Request& asked) {
    auto response = serve(router_, services_, asked);
    // 401, 404 and 405 of operations that do not exist have no place in the document.
    if (spec().has_operation(asked.method, router_.pattern_of(asked.path))) {
      EXPECT_THAT(spec().faults(asked.method, asked.path, response), ::testing::IsEmpty())
          << asked.method << " " << asked.path << " -> " << response.status << " " << response.body;
      if (response.status < 300 && !asked.body.empty()) {
        EXPECT_THAT(spec().request_faults(asked), ::testing::IsEmpty()) << asked.path << " " << asked.body;
      }
    }
    return response;
  }
  http::Response send(std::string method, std::string target, std::string body = {}) {
    return send(request(std::move(method), std::move(target), std::move(body)));
  }

  static boost::json::value parsed(const http::Response& response) {
    boost::json::error_code error;
    auto value = boost::json::parse(response.body, error);
    EXPECT_FALSE(error) << response.body;
    return value;
  }
  // Member by JSON pointer ("/data/sipUri"); null when absent.
  static boost::json::value at(const http::Response& response, std::string_view pointer) {
    const auto value = parsed(response);
    boost::json::error_code error;
    const auto* found = value.find_pointer(pointer, error);
    return found == nullptr ? boost::json::value() : *found;
  }
  static std::string text(const http::Response& response, std::string_view pointer) {
    const auto value = at(response, pointer);
    return value.is_string() ? std::string(value.get_string()) : "";
  }

  std::string applications() const { return "/v2/accounts/9900000/voice-applications"; }
  std::string application(const std::string& id) const { return applications() + "/" + id; }
  // Creates one and returns its id.
  std::string create(const std::string& body = R"({"applicationName":"Lobby"})") {
    const auto response = send("POST", applications(), body);
    EXPECT_EQ(response.status, 201) << response.body;
    return text(response, "/data/applicationId");
  }
  void write(std::vector<account::Write> batch) { ASSERT_TRUE(store_->write(batch)); }

  static const OpenapiSpec& spec() {
    static const OpenapiSpec spec;
    return spec;
  }

  WallTime now_ = kNoon;
  std::unique_ptr<account::Store> store_;
  account::Directory directory_;
  Services services_;
  http::Router router_;
  account::Client client_;
  std::string secret_;

 private:
  static http::NamedValues split_query(std::string_view query) {
    http::NamedValues out;
    while (!query.empty()) {
      const auto part = query.substr(0, query.find('&'));
      query.remove_prefix(std::min(query.size(), part.size() + 1));
      out.emplace_back(part.substr(0, part.find('=')), part.substr(part.find('=') + 1));
    }
    return out;
  }
};

}  // namespace portico::api
