#include "webhook/attempt.h"

#include <gtest/gtest.h>

namespace portico::webhook {
namespace {

http::FetchOutcome failed(http::FetchFailure kind, int status) {
  return {.answer = tl::unexpected(http::FetchError{kind, "it is compressed", status}), .timings = {}};
}

TEST(Judge, AnErrorStatusBesideABodyThatCannotBeReadIsAnAnswer) {
  for (const int status : {302, 404, 503}) {
    const auto outcome = judge(failed(http::FetchFailure::protocol, status), "https://b.example/status");
    EXPECT_EQ(outcome.verdict, Verdict::refused) << "so it is not repeated";
    EXPECT_EQ(outcome.status, status);
    EXPECT_NE(outcome.error.what.find("answered with status " + std::to_string(status)), std::string::npos);
  }
  for (const int status : {0, 200}) {
    EXPECT_EQ(judge(failed(http::FetchFailure::protocol, status), "https://b.example/").verdict,
              Verdict::unreachable);
  }
  EXPECT_EQ(judge(failed(http::FetchFailure::timeout, 500), "https://b.example/").error.code, Code::timeout);
}

}  // namespace
}  // namespace portico::webhook
