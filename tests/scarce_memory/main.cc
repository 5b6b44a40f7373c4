// Every parser over the saved inputs of its fuzz target, once with memory counted and then once for each of
// its allocations, with that one failing: std::bad_alloc or a result, no crash, nothing kept, and never more
// memory than a small multiple of what came in.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "api/applications/application_json.h"
#include "audio/decode_audio.h"
#include "base/bytes.h"
#include "base/log_line.h"
#include "base/utf8.h"
#include "bxml/parse.h"
#include "http/json.h"
#include "http/url.h"
#include "net/dns_answer.h"
#include "rtp/event_receiver.h"
#include "rtp/packet.h"
#include "rtp/rtcp.h"
#include "scarce_memory/memory.h"
#include "sdp/negotiation.h"
#include "sdp/session_description.h"
#include "signaling/caller.h"
#include "sip/dialog/user_agent.h"
#include "sip/digest/challenge.h"
#include "sip/digest/credentials.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/stream_framer.h"
#include "sip/message/write.h"
#include "sip/transaction/randomness.h"
#include "speech/ssml_text.h"

namespace portico::scarce {
namespace {

constexpr std::size_t kFailuresMax = 200;  // allocations of one input that are made to fail
constexpr std::size_t kFixedBytes = 4'096;

struct Parser {
  const char* corpus;    // fuzz/<corpus>/corpus
  std::size_t multiple;  // of the input, that it may take at one time
  void (*run)(std::string_view);
};

void sip_message(std::string_view text) {
  auto parsed = sip::parse_datagram(std::string(text));
  if (parsed.answerable()) (void)sip::respond(parsed.message, {.status = 400, .to_tag = "t"}).finish();
  if (!parsed.ok() || !parsed.message.is_request()) return;
  if (sip::validate_request(parsed.message)) return;
  (void)sip::read_from(parsed.message);
  (void)sip::read_session_expires(parsed.message);
  (void)sip::stamp_via(parsed.message, {.ip = IpAddress::v4(1), .port = 5060});
}
void sip_stream(std::string_view text) {
  sip::StreamFramer framer;
  framer.push(text);
  while (true) {
    const auto frame = framer.pop();
    if (frame.kind == sip::Frame::Kind::none || frame.kind == sip::Frame::Kind::broken) return;
  }
}
void digest(std::string_view text) {
  (void)sip::parse_credentials(text);
  (void)sip::parse_challenge(text);
}
void sdp_body(std::string_view text) {
  (void)sdp::parse(text);
  const sdp::LocalMedia local{.rtp = {.ip = IpAddress::v4(0x7F000001), .port = 16384},
                              .rtcp = {.ip = IpAddress::v4(0x7F000001), .port = 16385}};
  (void)sdp::make_answer(text, local, {});
}
void bxml_document(std::string_view text) {
  (void)bxml::parse(text, {bxml::DocumentKind::call, "https://app.example/hooks/answer", true});
}
void rtp_packet(std::string_view text) { (void)rtp::parse_packet(as_bytes(text)); }
void rtcp_compound(std::string_view text) { (void)rtp::parse_compound(as_bytes(text)); }
void json_body(std::string_view text) { (void)http::parse_json_object(text); }
void http_fields(std::string_view text) {
  (void)http::parse_url(text);
  (void)http::parse_query(text);
}
void dns_answer(std::string_view text) {
  (void)net::parse_srv_answer(as_bytes(text));
  (void)net::parse_naptr_answer(as_bytes(text));
}
void wav(std::string_view text) {
  if (!text.empty()) (void)audio::decode_audio(as_bytes(text.substr(1)), "audio/wav", "");
}
void application_patch(std::string_view text) {
  static const account::Deployment deployment{
      .domain = "sip.example.org", .realm = "sip.example.org", .regions = {"US"}};
  const auto body = http::parse_json_object(text);
  if (!body) return;
  (void)account::create("1", api::patch_from_json(*body), deployment,
                        {.application_id = "a", .sip_user = "u", .password = "p"});
}
void caller(std::string_view text) {
  const auto parsed = sip::parse_datagram(std::string(text));
  if (!parsed.ok() || !parsed.message.is_request() || sip::validate_request(parsed.message)) return;
  (void)signaling::initiate_extras(parsed.message);
  (void)signaling::caller_identity(parsed.message);
  (void)signaling::called_uri(parsed.message);
}
void ssml_text(std::string_view text) { (void)speech::sanitise_ssml(text); }
void log_line(std::string_view text) {
  const std::string value(text);
  for (const auto format : {log::Format::text, log::Format::json}) {
    (void)log::write_line(format, WallTime(Millis(0)), log::Level::info, "said", {{"a", value}});
  }
  (void)mend_utf8(value);
}
void telephone_event(std::string_view text) {
  rtp::EventReceiver receiver(8'000);
  for (std::int64_t n = 0; text.size() >= 4; ++n, text.remove_prefix(4)) {
    const rtp::Header header{.payload_type = 101, .timestamp = static_cast<std::uint32_t>(n / 3 * 160)};
    (void)receiver.on_packet({.header = header, .payload = as_bytes(text.substr(0, 4))}, n, TimePoint(1s));
  }
}

// A verb of one tag is kept in as much room as the largest verb takes (135 times its text, of which the
// document keeps 107; 225 times <a/>, which is none); a query without values is two strings each; a control
// character is six letters of JSON, in strings that double as they grow.
constexpr Parser kParsers[] = {{"sip_message", 8, sip_message},
                               {"sip_stream", 8, sip_stream},
                               {"sip_digest", 4, digest},
                               {"sdp", 32, sdp_body},
                               {"bxml", 232, bxml_document},
                               {"rtp", 2, rtp_packet},
                               {"rtcp", 16, rtcp_compound},
                               {"json_body", 64, json_body},
                               {"http_fields", 96, http_fields},
                               {"dns_answer", 32, dns_answer},
                               {"wav", 4, wav},
                               {"application_patch", 64, application_patch},
                               {"caller", 32, caller},
                               {"ssml_text", 4, ssml_text},
                               {"log_line", 32, log_line},
                               {"telephone_event", 1, telephone_event}};

// False: the parser let std::bad_alloc through, as it may.
bool run(const Parser& parser, const std::string& input) {
  try {
    parser.run(input);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

bool hold(const Parser& parser, const std::string& input, const std::string& name) {
  run(parser, input);  // what is made once and for ever: tables, counters
  watch();
  run(parser, input);
  const auto whole = stop_watching();
  const auto allowed = kFixedBytes + parser.multiple * input.size();
  bool good = whole.peak_bytes <= allowed && whole.left_bytes == 0;
  if (!good) {
    std::printf("%s: %zu bytes in, %zu taken at one time of %zu allowed, %zu kept\n", name.c_str(),
                input.size(), whole.peak_bytes, allowed, whole.left_bytes);
  }
  for (std::size_t n = 1; n <= whole.allocations && n <= kFailuresMax; ++n) {
    watch(n);
    run(parser, input);
    const auto use = stop_watching();
    if (use.left_bytes == 0) continue;
    good = false;
    std::printf("%s: %zu bytes kept when allocation %zu fails\n", name.c_str(), use.left_bytes, n);
  }
  return good;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string times(std::size_t n, std::string_view text) {
  std::string out;
  while (n-- > 0) out += text;
  return out;
}

// What no saved input is: as large as the limits allow and made to swell.
std::vector<std::string> swellers(std::string_view corpus) {
  if (corpus == "sip_message" || corpus == "sip_stream" || corpus == "caller") {
    const std::string head =
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
        "To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n";
    return {head + times(250, "a:\r\n") + "\r\n", head + times(60, "Via: SIP/2.0/UDP h\r\n") + "\r\n",
            head + "X: " + times(8'000, "\r\n ") + "\r\n\r\n"};
  }
  if (corpus == "sdp") {
    const std::string head = "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\n";
    return {head + times(16, "m=audio 9 RTP/AVP 0\r\n"),
            head + "m=audio 9 RTP/AVP 0\r\n" + times(1'000, "a=x\r\n")};
  }
  if (corpus == "bxml") {
    return {"<Response>" + times(9'359, "<Ring/>") + "</Response>",
            "<Response>" + times(7'279, "<Record/>") + "</Response>",
            "<Response>" + times(5'900, "<Pause/>") + "</Response>",
            "<Response>" + times(16'378, "<a/>") + "</Response>",
            "<Response><Gather>" + times(5'900, "<PlayAudio/>") + "</Gather></Response>",
            "<Response><SpeakSentence>" + times(4'000, "<s>a</s>") + "</SpeakSentence></Response>",
            "<Response><Hangup " + times(3'000, "a=\"\" ") + "/></Response>"};
  }
  if (corpus == "json_body" || corpus == "application_patch") {
    return {"{\"a\":[" + times(30'000, "1,") + "1]}", "{" + times(30'000, "\"\":1,") + "\"\":1}",
            "{\"a\":" + times(31, "[") + times(31, "]") + "}"};
  }
  if (corpus == "ssml_text") return {times(8'000, "<s>"), times(3'000, "<s a='<'>"), times(8'000, "\1")};
  if (corpus == "log_line") return {times(60'000, "\1"), times(60'000, "\xff"), times(30'000, "\"\\")};
  if (corpus == "http_fields") return {times(20'000, "a&"), times(2'000, "%")};
  return {};
}

sip::NewRequest invite_of(const std::string& call) {
  std::string text =
      "INVITE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK" + call +
      ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:b@192.0.2.9>;tag=1\r\nTo: <sip:a@192.0.2.1>\r\nCall-ID: " +
      call +
      "@192.0.2.9\r\nCSeq: 1 INVITE\r\n"
      "Contact: <sip:b@192.0.2.9>\r\nSession-Expires: 1800\r\nSupported: timer, 100rel\r\n\r\n";
  const sip::Flow flow{.local = {.ip = IpAddress::v4(0xC0000201), .port = 5060},
                       .remote = {.ip = IpAddress::v4(0xC0000209), .port = 5060}};
  return {sip::parse_datagram(std::move(text)).message, flow, 0, {}};
}

// An INVITE that is taken on has its session and its transaction; one for which there is no memory has
// neither, and when it comes again there is room for it.
bool hold_sessions() {
  for (std::size_t n = 1;; ++n) {
    sip::SystemRandomness randomness;
    sip::UserAgent agent({}, randomness);
    const auto invite = invite_of("1");
    bool failed = false;
    watch(n);
    try {
      failed = !agent.accept_invite(TimePoint(1s), invite);
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    (void)stop_watching();
    if (!failed) return n > 10;
    const bool nothing =
        agent.sessions() == 0 && agent.transactions() == 0 && agent.next_deadline() == kNever;
    if (nothing && agent.accept_invite(TimePoint(1s), invite) && agent.sessions() == 1) continue;
    std::printf("an INVITE leaves something behind when allocation %zu fails\n", n);
    return false;
  }
}

// Sessions whose BYE nobody answers end all the same when memory runs out while they do, each of them once.
bool hold_ends() {
  constexpr std::size_t kSessions = 40;
  for (std::size_t n = 1;; ++n) {
    sip::SystemRandomness randomness;
    sip::UserAgent agent({}, randomness);
    sip::Actions before;
    for (std::size_t i = 0; i < kSessions; ++i) {
      const auto session = agent.accept_invite(TimePoint(1s), invite_of(std::to_string(i)));
      (void)agent.answer(TimePoint(1s), *session, "v=0", before);
      (void)agent.bye(TimePoint(1s), *session, {}, before);
    }
    agent.on_time(TimePoint(33s), before);  // no ACK came, so BYE goes out, to be given up at 65 s
    agent.on_time(TimePoint(64s), before);
    sip::Actions out;
    bool failed = false;
    watch(n);
    try {
      agent.on_time(TimePoint(65s), out);
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    (void)stop_watching();
    if (!failed) return n > 5;
    agent.on_time(TimePoint(65s), out);
    if (agent.sessions() == 0 && agent.transactions() == 0 && out.events.size() == kSessions) continue;
    std::printf("sessions stay, or end twice, when allocation %zu fails\n", n);
    return false;
  }
}

}  // namespace
}  // namespace portico::scarce

int main() {
  using namespace portico::scarce;
  bool good = hold_sessions() && hold_ends();
  std::size_t inputs = 0;
  for (const auto& parser : kParsers) {
    const std::string folder = std::string(PORTICO_FUZZ_DIR) + "/" + parser.corpus + "/corpus";
    std::size_t here = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      good = hold(parser, read_file(file.path()), file.path().string()) && good;
      ++here;
    }
    for (const auto& text : swellers(parser.corpus)) {
      good = hold(parser, text, std::string(parser.corpus) + " " + text.substr(0, 24)) && good;
      ++here;
    }
    if (here == 0) std::printf("%s is empty: nothing was tested\n", folder.c_str());
    good = good && here > 0;
    inputs += here;
  }
  std::printf("%zu inputs\n", inputs);
  std::fflush(stdout);  // a leak that the sanitizer finds at the end would take it along
  return good ? 0 : 1;
}
