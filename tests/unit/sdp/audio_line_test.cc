#include "sdp/audio_line.h"

#include <gtest/gtest.h>

#include "sdp/samples.h"

namespace portico::sdp {
namespace {

// The first m-line of a description that must live as long as the result.
Outcome<AudioLine> first_line(const std::string& text) {
  const auto described = parse(text);
  return read_audio_line(*described, described->media.at(0));
}

TEST(AudioLine, TakesTheMediaAddressBeforeTheSessions) {
  const auto text = peer({"m=audio 4000 RTP/AVP 0", "c=IN IP6 2001:db8::7"});
  EXPECT_EQ(first_line(text)->rtp.to_string(), "[2001:db8::7]:4000");
  EXPECT_EQ(first_line(text)->rtcp.to_string(), "[2001:db8::7]:4001");
}

TEST(AudioLine, ReadsWhereRtcpGoes) {
  const std::pair<const char*, const char*> rows[] = {
      {"a=rtcp:53020", "192.0.2.20:53020"},
      {"a=rtcp:53020 IN IP4 126.16.64.4", "126.16.64.4:53020"},
      {"a=rtcp:53020 IN IP6 ::1", "[::1]:53020"},
      {"a=rtcp:x", "192.0.2.20:4001"}};
  for (const auto& [line, endpoint] : rows) {
    EXPECT_EQ(first_line(peer({"m=audio 4000 RTP/AVP 0", line}))->rtcp.to_string(), endpoint) << line;
  }
  EXPECT_EQ(first_line(peer({"m=audio 65535 RTP/AVP 0"}))->rtcp.port, 0);
}

TEST(AudioLine, TakesDirectionFromItselfBeforeTheSession) {
  EXPECT_EQ(first_line(peer({"m=audio 4000 RTP/AVP 0"}))->direction, Direction::send_receive);
  EXPECT_FALSE(first_line(peer({"m=audio 4000 RTP/AVP 0"}))->direction_written);
  EXPECT_EQ(first_line(peer({"a=inactive", "m=audio 4000 RTP/AVP 0"}))->direction, Direction::inactive);
  EXPECT_EQ(first_line(peer({"a=inactive", "m=audio 4000 RTP/AVP 0", "a=sendonly"}))->direction,
            Direction::send_only);
}

TEST(AudioLine, BoundsThePacketLength) {
  const std::tuple<const char*, const char*, int> rows[] = {
      {"a=x", "a=x", 20},           {"a=ptime:30", "a=x", 30},        {"a=ptime:5", "a=x", 10},
      {"a=ptime:200", "a=x", 60},   {"a=ptime:25", "a=x", 20},        {"a=ptime:60", "a=maxptime:40", 40},
      {"a=x", "a=maxptime:10", 10}, {"a=ptime:20.0", "a=x", 20},      {"a=ptime:0", "a=x", 20},
      {"a=ptime:long", "a=x", 20},  {"a=ptime:4294967316", "a=x", 20}};
  for (const auto& [ptime, maxptime, millis] : rows) {
    EXPECT_EQ(send_ptime(*first_line(peer({"m=audio 4000 RTP/AVP 0", ptime, maxptime}))), Millis(millis))
        << ptime << maxptime;
  }
}

TEST(AudioLine, SaysWhyItIsOfNoUse) {
  const std::tuple<std::string, Warn, Code> rows[] = {
      {peer({"m=video 4000 RTP/AVP 31"}), Warn::media_type_not_available, Code::unsupported},
      {peer({"m=audio 0 RTP/AVP 0"}), Warn::media_type_not_available, Code::unsupported},
      {peer({"m=audio 4000 UDP/TLS/RTP/SAVPF 0"}), Warn::incompatible_transport, Code::unsupported},
      {peer({"m=audio 4000 udp 0"}), Warn::incompatible_transport, Code::unsupported},
      {peer({"m=audio 4000 RTP/AVP 0", "c=IN IP4 pbx.example.com"}), Warn::incompatible_address,
       Code::unsupported},
      {"v=0\nm=audio 4000 RTP/AVP 0\n", Warn::miscellaneous, Code::invalid},
  };
  for (const auto& [text, warn, code] : rows) {
    const auto line = first_line(text);
    ASSERT_FALSE(line) << text;
    EXPECT_EQ(line.error().warn, warn) << text;
    EXPECT_EQ(line.error().error.code, code) << text;
  }
  EXPECT_EQ(first_line("v=0\nm=audio 4000 RTP/AVP 0\n").error().error.what, "line 2: no c= for this m=");
}

}  // namespace
}  // namespace portico::sdp
