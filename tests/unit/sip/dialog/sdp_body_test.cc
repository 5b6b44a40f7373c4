#include "sip/dialog/sdp_body.h"

#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;

std::string sdp_of(std::string content_type, std::string body) {
  Caller alice;
  const auto message = parsed(alice.invite("Content-Type: " + content_type + "\n", std::move(body)));
  return std::string(find_sdp(message));
}

TEST(SdpBody, IsTheWholeBodyOrOnePartOfIt) {
  EXPECT_EQ(sdp_of("Application/SDP", "v=0"), "v=0");
  EXPECT_EQ(
      sdp_of(
          "multipart/mixed;boundary=b1",
          "preamble\r\n--b1\r\nContent-Type: application/isup\r\n\r\nxx\r\n--b1\r\nc: application/sdp\r\n\r\n"
          "v=0\r\no=1\r\n\r\n--b1--\r\n"),
      "v=0\r\no=1\r\n");
  EXPECT_EQ(sdp_of("multipart/mixed; boundary=\"a b\"",
                   "--a b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--a b--"),
            "v=0");
}

TEST(SdpBody, IsEmptyWhereThereIsNone) {
  EXPECT_EQ(sdp_of("text/plain", "v=0"), "");
  EXPECT_EQ(sdp_of("multipart/mixed;boundary=b1", "--b1\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b1--"),
            "");
  EXPECT_EQ(sdp_of("multipart/mixed;boundary=b1", "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0"), "");
  EXPECT_EQ(sdp_of("multipart/mixed", "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b1--"), "");
  EXPECT_EQ(sdp_of("multipart/mixed;boundary=b1", "--b1"), "");
}

// RFC 2046 section 5.1.1.
TEST(SdpBody, TakesNoBoundaryOver70Characters) {
  for (const std::size_t length : {70U, 71U}) {
    const std::string mark(length, 'b');
    EXPECT_EQ(sdp_of("multipart/mixed;boundary=" + mark,
                     "--" + mark + "\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--" + mark + "--"),
              length == 70 ? "v=0" : "");
  }
}

}  // namespace
}  // namespace portico::sip
