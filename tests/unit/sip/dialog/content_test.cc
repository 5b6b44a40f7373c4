// RFC 3261 sections 8.2.3 and 21.4.7.
#include "sip/dialog/content.h"

#include <tuple>

#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;

std::optional<Refusal> refusal_of(const char* headers) {
  return refuse_content(parsed(Caller().invite(headers)));
}

TEST(Content, ThatCannotBeReadOrAnsweredIsRefused) {
  using Line = std::tuple<int, std::string, std::string>;
  const std::pair<const char*, Line> rows[] = {
      {"Content-Type: text/plain\n", {415, "Accept", "application/sdp"}},
      {"Content-Type: application/sdp\nContent-Encoding: gzip\n", {415, "Accept-Encoding", "identity"}},
      {"Accept: text/plain, application/pidf+xml\n", {406, "", ""}},
      {"Accept:\n", {406, "", ""}}};
  for (const auto& [headers, expected] : rows) {
    const auto refusal = refusal_of(headers);
    ASSERT_TRUE(refusal) << headers;
    const auto line = refusal->headers.empty() ? HeaderLine{} : refusal->headers.front();
    EXPECT_EQ((Line{refusal->status, line.name, line.value}), expected) << headers;
  }
}

TEST(Content, ThatMayBePassedOverOrWillDoIsTaken) {
  for (const auto* headers :
       {"", "Accept: text/plain, application/sdp\n", "Accept: */*\n", "Accept: application/*;q=0.5\n",
        "Content-Type: text/plain\nContent-Disposition: render;handling=optional\n",
        "Content-Type: application/sdp\nContent-Encoding: identity\n"}) {
    EXPECT_FALSE(refusal_of(headers)) << headers;
  }
}

}  // namespace
}  // namespace portico::sip
