// The examples of RFC 4317, each as a row, with us on the side that is named. Their host names are addresses
// here, as we look none up for media. iLBC is no codec of ours: where an example has no other, the row with
// its own text is refused and a second one speaks opus in its place. Video is refused with port 0.

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "sdp/samples.h"

namespace portico::sdp {
namespace {

using Lines = std::vector<std::string>;

struct Exchange {
  enum class By : std::uint8_t { peer, us } offer_by = By::peer;
  Lines theirs;          // the peer's description from c= on: the offer, or the answer to ours
  const char* becomes;   // "488"; our answer from m= on; or what our offer has come to
  unsigned version = 1;  // of our description
  Direction ours = Direction::send_receive;
};

struct Example {
  const char* section;
  std::vector<Exchange> exchanges;
};

constexpr auto kPeer = Exchange::By::peer;
constexpr auto kUs = Exchange::By::us;

const std::string kHost = "c=IN IP4 192.0.2.20";
const std::string kPcmu = "a=rtpmap:0 PCMU/8000";
const std::string kIlbc = "a=rtpmap:97 iLBC/8000";
const std::string kOpus = "a=rtpmap:97 opus/48000/2";
const std::string kH261 = "a=rtpmap:31 H261/90000";
const std::string kMpv = "a=rtpmap:32 MPV/90000";
const std::string kEvents = "a=rtpmap:98 telephone-event/8000";

constexpr const char* kOurPcmu = "m=audio 16384 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n";
constexpr const char* kOurPcmuNoVideo =
    "m=audio 16384 RTP/AVP 0\na=rtpmap:0 PCMU/8000\nm=video 0 RTP/AVP 31\n";
constexpr const char* kOurPcmuNoEvents =
    "m=audio 16384 RTP/AVP 0\na=rtpmap:0 PCMU/8000\nm=audio 0 RTP/AVP 98\n";
constexpr const char* kOurOpus =
    "m=audio 16384 RTP/AVP 97\na=rtpmap:97 opus/48000/2\na=fmtp:97 useinbandfec=1\n";
constexpr const char* kOurOpusNoVideo =
    "m=audio 16384 RTP/AVP 97\na=rtpmap:97 opus/48000/2\na=fmtp:97 useinbandfec=1\nm=video 0 RTP/AVP 31\n";
constexpr const char* kOurOpusAgain =  // after our own offer had 111 for it
    "m=audio 16384 RTP/AVP 97\na=rtpmap:97 opus/48000/2\na=fmtp:97 useinbandfec=1\n";

std::vector<Example> examples() {
  const Lines av{kHost, "m=audio 49170 RTP/AVP 0 8 97", kPcmu, "a=rtpmap:8 PCMA/8000",
                 kIlbc, "m=video 51372 RTP/AVP 31 32",  kH261, kMpv};
  const Lines two{
      kHost, "m=audio 49170 RTP/AVP 0 97", kPcmu, kIlbc, "m=audio 49172 RTP/AVP 98", kEvents, "a=sendonly"};
  return {
      {"2.1 Bob", {{kPeer, av, kOurPcmuNoVideo}}},
      {"2.2 Bob",
       {{kPeer, av, kOurPcmuNoVideo},
        {kPeer, {kHost, "m=audio 51372 RTP/AVP 0", kPcmu, "m=video 0 RTP/AVP 31", kH261}, kOurPcmuNoVideo}}},
      {"2.3 Alice", {{kUs, {kHost, "m=audio 49172 RTP/AVP 99", "a=rtpmap:99 iLBC/8000"}, "488"}}},
      {"2.3 Alice, opus",
       {{kUs,
         {kHost, "m=audio 49172 RTP/AVP 99", "a=rtpmap:99 opus/48000/2"},
         "opus send 99 take 111 to 192.0.2.20:49172 sendrecv"}}},
      {"2.4 Bob", {{kPeer, two, kOurPcmuNoEvents}}},
      {"2.5 Bob",
       {{kPeer, {kHost, "m=audio 49170 RTP/AVP 97", kIlbc, "m=video 51372 RTP/AVP 31", kH261}, "488"}}},
      {"2.5 Alice, opus",
       {{kUs,
         {kHost, "m=audio 49174 RTP/AVP 97", kOpus},
         "opus send 97 take 111 to 192.0.2.20:49174 sendrecv"},
        {kPeer, {"c=IN IP4 192.0.2.21", "m=audio 49178 RTP/AVP 97", kOpus}, kOurOpusAgain, 2}}},
      {"2.6 Bob",
       {{kPeer,
         {kHost, "m=audio 49170 RTP/AVP 0", kPcmu, "m=audio 51372 RTP/AVP 97 101", kIlbc,
          "a=rtpmap:101 telephone-event/8000"},
         "m=audio 16384 RTP/AVP 0\na=rtpmap:0 PCMU/8000\nm=audio 0 RTP/AVP 97\n"}}},
      {"2.7 Bob",
       {{kPeer, {kHost, "m=audio 49170 RTP/AVP 97", kIlbc, "m=video 51372 RTP/AVP 31", kH261}, "488"}}},
      {"2.7 Bob, opus",
       {{kPeer,
         {kHost, "m=audio 49170 RTP/AVP 97", kOpus, "m=video 51372 RTP/AVP 31", kH261},
         kOurOpusNoVideo},
        {kPeer,
         {kHost, "m=audio 49170 RTP/AVP 97", kOpus, "m=video 51372 RTP/AVP 31 32", kH261, kMpv},
         kOurOpusNoVideo}}},
      {"2.8 Bob", {{kPeer, av, kOurPcmuNoVideo}}},
      {"3.1 Alice, opus",
       {{kUs,
         {kHost, "m=audio 49172 RTP/AVP 97", kOpus, "a=sendonly"},
         "opus send 97 take 111 to 192.0.2.20:49172 recvonly"},
        {kPeer, {kHost, "m=audio 49170 RTP/AVP 97", kOpus}, kOurOpusAgain, 2}}},
      {"3.2 Bob",
       {{kPeer, two, kOurPcmuNoEvents},
        // Alice's second answer breaks RFC 3264 section 6.1: the stream stays held all the same.
        {kUs,
         {kHost, "m=audio 49170 RTP/AVP 0 97", kPcmu, kIlbc, "m=audio 0 RTP/AVP 98"},
         "PCMU send 0 take 0 to 192.0.2.20:49170 sendonly",
         2,
         Direction::send_only}}},
      {"4.1 Alice, opus",
       {{kUs,
         {kHost, "m=audio 49170 RTP/AVP 97", kOpus},
         "opus send 97 take 111 to 192.0.2.20:49170 sendrecv"},
        {kPeer,
         {kHost, "m=audio 49170 RTP/AVP 97", kOpus, "m=audio 48282 RTP/AVP 98", "c=IN IP4 192.0.2.22",
          kEvents, "a=recvonly"},
         "m=audio 16384 RTP/AVP 97\na=rtpmap:97 opus/48000/2\na=fmtp:97 useinbandfec=1\n"
         "m=audio 0 RTP/AVP 98\n",
         2}}},
      {"4.2 Bob",
       {{kPeer, {kHost, "m=audio 49170 RTP/AVP 0", kPcmu}, kOurPcmu},
        {kPeer,
         {kHost, "m=audio 49170 RTP/AVP 0", kPcmu, "m=video 49172 RTP/AVP 31", kH261},
         kOurPcmuNoVideo,
         2}}},
      {"4.3 Bob",
       {{kPeer, {kHost, "m=audio 49170 RTP/AVP 97", kIlbc, "m=video 51372 RTP/AVP 31", kH261}, "488"}}},
      {"4.3 Bob, opus",
       {{kPeer,
         {kHost, "m=audio 49174 RTP/AVP 97", kOpus, "m=video 49170 RTP/AVP 31", kH261},
         kOurOpusNoVideo},
        {kPeer, {kHost, "m=audio 49174 RTP/AVP 97", kOpus, "m=video 0 RTP/AVP 31", kH261}, kOurOpusNoVideo}}},
      // A call without media is of no use to an application (contract voice-applications.md 5.2 step 12).
      {"5.1 Bob", {{kPeer, {kHost}, "488"}, {kPeer, {kHost, "m=audio 49170 RTP/AVP 97", kOpus}, kOurOpus}}},
      {"5.2 Bob", {{kPeer, {"c=IN IP4 0.0.0.0", "m=audio 23442 RTP/AVP 97", kIlbc}, "488"}}},
      {"5.2 Bob, opus",
       {{kPeer,
         {"c=IN IP4 0.0.0.0", "m=audio 23442 RTP/AVP 97", kOpus},
         "m=audio 16384 RTP/AVP 97\na=rtpmap:97 opus/48000/2\na=fmtp:97 useinbandfec=1\na=recvonly\n"},
        {kPeer, {kHost, "m=audio 49170 RTP/AVP 97", kOpus}, kOurOpus, 2}}},
      {"5.3 Alice, opus",
       {{kUs,
         {"c=IN IP4 0.0.0.0", "m=audio 9322 RTP/AVP 97", kOpus},
         "opus send 97 take 111 to 0.0.0.0:9322 recvonly"},
        {kPeer, {kHost, "m=audio 49172 RTP/AVP 97", kOpus}, kOurOpusAgain, 2}}},
  };
}

std::string described(const Lines& from_connection) {
  std::string text = lines({"v=0", "o=bob 2808844564 2808844564 IN IP4 192.0.2.20", "s= "});
  text += from_connection.front() + "\r\nt=0 0\r\n";
  for (std::size_t i = 1; i < from_connection.size(); ++i) text += from_connection[i] + "\r\n";
  return text;
}

std::string told(const Negotiated& agreed) {
  return std::string(codec_name(agreed.audio.codec)) + " send " +
         std::to_string(agreed.audio.send_payload_type) + " take " +
         std::to_string(agreed.audio.receive_payload_type) + " to " + agreed.remote_rtp.to_string() + " " +
         std::string(direction_name(agreed.direction));
}

std::string media_of(std::string text) {
  const auto at = text.find("m=");
  text = at == std::string::npos ? std::string() : text.substr(at);
  std::erase(text, '\r');
  return text;
}

// What the exchange comes to; `agreed` goes on to the next one.
std::string carry_out(const Exchange& exchange, std::optional<Negotiated>& agreed) {
  auto local = local_media();
  local.keys.clear();
  local.rtcp_mux = false;
  local.direction = exchange.ours;
  const auto* previous = agreed ? &*agreed : nullptr;
  if (exchange.offer_by == Exchange::By::us) {
    const auto offer = make_offer(local, {}, previous);
    auto applied = apply_answer(offer, described(exchange.theirs), {});
    if (!applied) return std::to_string(applied.error().sip_status);
    agreed = std::move(*applied);
    return told(*agreed);
  }
  auto answered = make_answer(described(exchange.theirs), local, {}, previous);
  if (!answered) return std::to_string(answered.error().sip_status);
  agreed = std::move(answered->negotiated);
  return media_of(answered->text);
}

TEST(Rfc4317, EachExampleEndsAsItsRowSays) {
  for (const auto& example : examples()) {
    std::optional<Negotiated> agreed;
    for (const auto& exchange : example.exchanges) {
      EXPECT_EQ(carry_out(exchange, agreed), exchange.becomes) << example.section;
      if (!agreed) continue;
      const auto origin = " " + std::to_string(exchange.version) + " IN IP4 203.0.113.5\r\n";
      EXPECT_TRUE(contains(agreed->local_sdp, origin)) << example.section << " " << agreed->local_sdp;
    }
  }
}

}  // namespace
}  // namespace portico::sdp
