#include <gtest/gtest.h>

#include "base/limits.h"
#include "sdp/samples.h"
#include "sdp/session_description.h"

namespace portico::sdp {
namespace {

TEST(Parse, ReadsTheExampleOfRfc8866) {
  const auto text = lines(
      {"v=0", "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1", "s=Call to John Smith", "i=SDP Offer #1",
       "u=http://www.jdoe.example.com/home.html", "e=Jane Doe <jane@jdoe.example.com>", "p=+1 617 555-6011",
       "c=IN IP4 198.51.100.1", "t=0 0", "m=audio 49170 RTP/AVP 0", "m=audio 49180 RTP/AVP 0",
       "m=video 51372 RTP/AVP 99", "c=IN IP6 2001:db8::2", "a=rtpmap:99 h263-1998/90000"});
  const auto described = parse(text);
  ASSERT_TRUE(described) << described.error().what;
  EXPECT_EQ(described->origin.username, "jdoe");
  EXPECT_EQ(described->origin.session_id, "3724394400");
  EXPECT_EQ(described->origin.version, "3724394405");
  EXPECT_EQ(described->name, "Call to John Smith");
  EXPECT_EQ(described->connection->ip, *parse_ip("198.51.100.1"));
  ASSERT_EQ(described->media.size(), 3U);
  EXPECT_EQ(described->media[1].port, 49180);
  EXPECT_FALSE(described->media[0].connection);
  EXPECT_EQ(described->media[2].connection->ip, *parse_ip("2001:db8::2"));
  EXPECT_EQ(described->media[2].line, 12U);
  ASSERT_EQ(described->media[2].attributes.size(), 1U);
  EXPECT_EQ(described->media[2].attributes[0].name, "rtpmap");
  EXPECT_EQ(described->media[2].attributes[0].value, "99 h263-1998/90000");
  EXPECT_EQ(find_attribute(described->attributes, "rtpmap"), nullptr);
}

TEST(Parse, TakesWhatRealPbxsSend) {
  const std::pair<const char*, std::string> rows[] = {
      {"LF only", "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 8\n"},
      {"no line end at the end",
       "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 8"},
      {"no s= and t=", "v=0\no=- 1 1 IN IP4 10.0.0.1\nc=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 8\n"},
      {"no o=", "v=0\nc=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 8\n"},
      {"c= before o=", "v=0\nc=IN IP4 10.0.0.1\no=- 1 1 IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 8\n"},
      {"blank lines", "\r\nv=0\r\n\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 8\r\n\r\n"},
      {"spaces around", "v=0 \nc= IN  IP4 10.0.0.1 \nm=audio  4000 RTP/AVP 8 \n"},
      {"unknown lines",
       "v=0\ny=0100000001\nc=IN IP4 10.0.0.1\nb=AS:84\nm=audio 4000 RTP/AVP 8\nf=v/////a/1/8/1\n"},
      {"NUL behind", std::string("v=0\nc=IN IP4 10.0.0.1\nm=audio 4000 RTP/AVP 8\n") + '\0'},
      {"doubled CR", "v=0\r\r\nc=IN IP4 10.0.0.1\r\r\nm=audio 4000 RTP/AVP 8\r\r\n"},
      {"port count", "v=0\nc=IN IP4 10.0.0.1\nm=audio 4000/2 RTP/AVP 8\n"},
      {"multicast ttl", "v=0\nc=IN IP4 10.0.0.1/127\nm=audio 4000 RTP/AVP 8\n"},
  };
  for (const auto& [what, text] : rows) {
    const auto described = parse(text);
    ASSERT_TRUE(described) << what << ": " << described.error().what;
    ASSERT_EQ(described->media.size(), 1U) << what;
    EXPECT_EQ(described->media[0].port, 4000) << what;
    EXPECT_EQ(described->media[0].formats, std::vector<std::string_view>{"8"}) << what;
    EXPECT_EQ(described->connection->ip, *parse_ip("10.0.0.1")) << what;
  }
}

TEST(Parse, KeepsAHostNameAsItIs) {
  const auto text = std::string("v=0\nc=IN IP4 media.example.com\nm=audio 4000 RTP/AVP 8\n");
  const auto described = parse(text);
  ASSERT_TRUE(described);
  EXPECT_EQ(described->connection->host, "media.example.com");
  EXPECT_FALSE(described->connection->ip);
}

TEST(Parse, SaysInWhichLineTheFaultIs) {
  const std::pair<std::string, const char*> rows[] = {
      {"", "line 1: session description is empty"},
      {"\r\n\r\n", "line 1: session description is empty"},
      {"INVITE sip:a SIP/2.0\r\n", "line 1: expected a letter and '='"},
      {"o=- 1 1 IN IP4 10.0.0.1\r\n", "line 1: expected v=0"},
      {"v=1\r\n", "line 1: expected v=0"},
      {"v=0\r\nv=0\r\n", "line 2: a second v="},
      {"v=0\r\no=- 1 IN IP4 10.0.0.1\r\n",
       "line 2: o= needs a user name, session id, version, IN, IP4 or IP6, and an address"},
      {"v=0\r\ns=-\r\nc=IN IP5 10.0.0.1\r\n", "line 3: c= needs IN, IP4 or IP6, and an address"},
      {"v=0\r\ns=-\r\nc=ATM IP4 10.0.0.1\r\n", "line 3: c= needs IN, IP4 or IP6, and an address"},
      {"v=0\r\ns=-\r\nc=IN IP4\r\n", "line 3: c= needs IN, IP4 or IP6, and an address"},
      {"v=0\nm=audio 65536 RTP/AVP 0\n", "line 2: the port of m= must be a number from 0 to 65535"},
      {"v=0\nm=audio -1 RTP/AVP 0\n", "line 2: the port of m= must be a number from 0 to 65535"},
      {"v=0\nm=audio\n", "line 2: the port of m= must be a number from 0 to 65535"},
      {"v=0\nm=audio 4000 RTP/AVP\n", "line 2: m= needs a type, port, protocol and at least one format"},
      {"v=0\na=\n", "line 2: a= needs a name"},
      {"v=0\nm=" + std::string(65, 'a') + " 1 RTP/AVP 0\n", "line 2: m= has a field that is too long"},
      {"v=0\nm=audio 1 " + std::string(65, 'a') + " 0\n", "line 2: m= has a field that is too long"},
      {"v=0\nm=audio 1 RTP/AVP 0 " + std::string(65, '1') + "\n", "line 2: m= has a field that is too long"},
      {"v=0\na=:x\n", "line 2: a= needs a name"},
      {"v=0\nhello\n", "line 2: expected a letter and '='"},
      {std::string("v=0\ns=a\0b\n", 10), "line 2: control character"},
      {"v=0\ns=a\rb\n", "line 2: control character"},
      {"v=0\n\n\nm=audio x RTP/AVP 0\n", "line 4: the port of m= must be a number from 0 to 65535"},
  };
  for (const auto& [text, what] : rows) {
    const auto described = parse(text);
    ASSERT_FALSE(described) << text;
    EXPECT_EQ(described.error(), (Error{Code::invalid, what}));
  }
}

TEST(Parse, KeepsToItsLimits) {
  std::string media = "v=0\n";
  for (std::size_t i = 0; i < limits::kSdpMediaMax; ++i) media += "m=audio 1 RTP/AVP 0\n";
  EXPECT_TRUE(parse(media));
  EXPECT_EQ(parse(media + "m=audio 1 RTP/AVP 0\n").error(),
            (Error{Code::too_large, "line 18: more than 16 m-lines"}));

  std::string formats = "v=0\nm=audio 1 RTP/AVP";
  for (std::size_t i = 0; i < limits::kSdpFormatsMax; ++i) formats += " 0";
  EXPECT_TRUE(parse(formats));
  EXPECT_EQ(parse(formats + " 0").error(), (Error{Code::too_large, "line 2: more than 64 formats"}));

  std::string attributes = "v=0\n";
  for (std::size_t i = 0; i < limits::kSdpAttributesMax; ++i) attributes += "a=x\n";
  EXPECT_TRUE(parse(attributes));
  EXPECT_EQ(parse(attributes + "a=x\n").error().code, Code::too_large);

  const std::string longest(limits::kSdpTokenBytesMax, 'x');
  for (const auto& [before, after] :
       {std::pair{"v=0\nm=", " 1 RTP/AVP 0\n"}, std::pair{"v=0\nm=audio 1 ", " 0\n"},
        std::pair{"v=0\nm=audio 1 RTP/AVP 0 ", "\n"}}) {
    EXPECT_TRUE(parse(before + longest + after));
    EXPECT_EQ(parse(before + longest + "x" + after).error().what, "line 2: m= has a field that is too long");
  }

  const std::string big = "v=0\ns=" + std::string(limits::kSdpBytesMax, 'x');
  EXPECT_EQ(parse(big).error().code, Code::too_large);
}

TEST(Parse, SurvivesEveryPrefix) {
  const auto text =
      peer({"m=audio 49170 RTP/SAVP 0 101", "a=rtpmap:101 telephone-event/8000",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x|2^20|1:4", "a=rtcp:1 IN IP4 10.0.0.1"});
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const auto cut = text.substr(0, length);
    (void)make_answer(cut, local_media(), {});
    (void)apply_answer(make_offer(local_media(), {}), cut, {});
  }
}

}  // namespace
}  // namespace portico::sdp
