#include "sdp/payload_format.h"

#include <gtest/gtest.h>

#include "sdp/samples.h"

namespace portico::sdp {
namespace {

using Kind = PayloadFormat::Kind;

std::string told(const std::string& text) {
  const auto described = parse(text);
  std::string out;
  for (const auto& format : read_formats(described->media[0])) {
    out += (out.empty() ? "" : " ") + std::to_string(format.payload_type) + ":";
    if (format.kind == Kind::audio) out += codec_name(format.codec);
    if (format.kind == Kind::telephone_event) out += "events/" + std::to_string(format.clock_rate);
    if (format.kind == Kind::other) out += "other";
  }
  return out;
}

TEST(PayloadFormat, KnowsStaticTypesWithoutRtpmap) {
  EXPECT_EQ(told(peer({"m=audio 1 RTP/AVP 0 8 9 18 4 96"})),
            "0:PCMU 8:PCMA 9:G722 18:other 4:other 96:other");
}

TEST(PayloadFormat, FollowsRtpmap) {
  const std::pair<const char*, const char*> rows[] = {
      {"96 PCMU/8000", "96:PCMU"},
      {"96 pcma/8000/1", "96:PCMA"},
      {"96 PCMU/16000", "96:other"},
      {"96 PCMU/8000/2", "96:other"},
      {"96 G722/8000", "96:G722"},
      {"96 G722/16000", "96:G722"},  // a common mistake
      {"96 opus/48000/2", "96:opus"},
      {"96 OPUS/48000", "96:opus"},
      {"96 opus/16000/2", "96:other"},
      {"96 telephone-event/8000", "96:events/8000"},
      {"96 Telephone-Event/48000/1", "96:events/48000"},
      {"96 telephone-event/0", "96:other"},
      {"96 telephone-event", "96:other"},
      {"96 iLBC/8000", "96:other"},
      {"97 PCMU/8000", "96:other"},
      {"nonsense", "96:other"},
      {"", "96:other"},
  };
  for (const auto& [rtpmap, expected] : rows) {
    EXPECT_EQ(told(peer({"m=audio 1 RTP/AVP 96", "a=rtpmap:" + std::string(rtpmap)})), expected) << rtpmap;
  }
}

TEST(PayloadFormat, LetsRtpmapSayWhatAStaticTypeIs) {
  EXPECT_EQ(told(peer({"m=audio 1 RTP/AVP 0", "a=rtpmap:0 GSM/8000"})), "0:other");
}

TEST(PayloadFormat, LeavesOutWhatIsNoPayloadTypeOrComesTwice) {
  EXPECT_EQ(told(peer({"m=audio 1 RTP/AVP 8 128 * 8 webrtc 0 300"})), "8:PCMA 0:PCMU");
}

TEST(PayloadFormat, ReadsOpusParameters) {
  EXPECT_EQ(read_opus_parameters("minptime=10;useinbandfec=1; maxaveragebitrate=24000"),
            (OpusParameters{.inband_fec = true, .bitrate_max = 24'000}));
  EXPECT_EQ(read_opus_parameters("useinbandfec=0"), OpusParameters{});
  EXPECT_EQ(read_opus_parameters(";;=;maxaveragebitrate=lots"), OpusParameters{});
}

}  // namespace
}  // namespace portico::sdp
