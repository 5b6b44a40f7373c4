#include "api/json_answer.h"

#include "api/fixture.h"
#include "http/status.h"

namespace portico::api {
namespace {

class ErrorPage : public ApiTest {
 protected:
  static http::Response page(const std::string& path, int status) {
    return error_page({.path = path}, status, "Why not");
  }
};

TEST_F(ErrorPage, HasTheShapeOfTheRequestsApi) {
  for (const int status : {400, 404, 405, 413, 431, 500, 503}) {
    for (const auto* path : {"/v1/accounts/9900000/webhooks", "/v2/accounts/9900000/voice-applications"}) {
      EXPECT_EQ(text(page(path, status), "/errors/0/code"), std::to_string(status)) << path;
      EXPECT_TRUE(is_uuid(text(page(path, status), "/errors/0/id"))) << path << " " << status;
    }
    for (const auto* path : {"/api/v2/accounts/9900000/calls", "/api/v1/oauth2/token", "/else", ""}) {
      EXPECT_EQ(text(page(path, status), "/type"), http::error_type(status)) << path;
    }
  }
}

TEST_F(ErrorPage, NamesWhatIsTooLarge) {
  EXPECT_EQ(text(page("/v2/accounts/9900000/voice-applications", 413), "/errors/0/type"),
            "request_too_large");
  EXPECT_EQ(text(page("/v2/accounts/9900000/voice-applications", 431), "/errors/0/type"),
            "request_too_large");
}

TEST_F(ErrorPage, OurFaultHasTheIdUnderWhichItIsLogged) {
  EXPECT_TRUE(is_uuid(text(page("/api/v2/accounts/9900000/calls", 500), "/id")));
  EXPECT_TRUE(is_uuid(text(page("/api/v2/accounts/9900000/calls", 503), "/id")));
  EXPECT_TRUE(at(page("/api/v2/accounts/9900000/calls", 413), "/id").is_null());
  EXPECT_TRUE(at(page("", 503), "/id").is_null()) << "refused before he asked: fills no log";
}

TEST_F(ErrorPage, OurFaultSaysNothingOfOurInsides) {
  const Error error{Code::internal, "disk I/O error"};
  EXPECT_THAT(problem_of(error).body, ::testing::Not(::testing::HasSubstr("disk")));
  EXPECT_THAT(voice_error_of(error).body, ::testing::Not(::testing::HasSubstr("disk")));
}

}  // namespace
}  // namespace portico::api
