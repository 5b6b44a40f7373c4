// room: sip
// A user agent under a script of messages, time and its owner's wishes. Whatever comes in: no session ends
// twice, no event follows an end, no request goes twice over a connection, and once the owner has hung up and
// time has passed nothing is left.
//
// Chunks are parted by a line "====". The first line of a chunk says what it is: chunk(), net() and wish().
// In messages %T is the local tag of the latest session, %C its Call-ID, %V the top Via of our latest
// request, %S its CSeq number, %R the RSeq of our latest answer.

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sip/dialog/user_agent.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/write.h"

namespace {

using namespace portico;
using namespace portico::sip;

class Script {
 public:
  void run(std::string_view text) {
    for (int chunks = 0; !text.empty() && chunks < 64; ++chunks) {
      const auto end = text.find("\n====\n");
      chunk(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 6);
    }
    finish();
  }

 private:
  void chunk(std::string_view text) {
    const auto line_end = text.find('\n');
    const auto what = text.substr(0, line_end);
    const auto rest = line_end == std::string_view::npos ? std::string_view{} : text.substr(line_end + 1);
    Actions out;
    if (what == "<") return feed(std::string(rest));
    if (what.starts_with("+"))
      return wait(std::chrono::seconds(std::atoi(std::string(what.substr(1, 4)).c_str())));
    net(what, out);
    wish(what, rest, out);
    take(out);
  }
  // What becomes of the ways that messages take: "tcp" and "udp" say how they come from now on.
  void net(std::string_view what, Actions& out) {
    if (what == "udp") flow_ = kDatagrams;
    if (what == "tcp") connect();
    if (what == "broken") {
      agent_.on_transport_error(now_, flow_, out);
      if (is_reliable(flow_.transport)) {
        agent_.on_transport_error(now_, without_connection(flow_), out);
        connect();
      }
    }
    const Flow* ours = agent_.flow(id_);
    if (ours == nullptr) return;
    if (what == "lost") agent_.on_transport_error(now_, Flow(*ours), out);
    if (what == "hops") {
      std::vector<Flow> hops(3, without_connection(*ours));
      for (std::uint16_t i = 0; i < hops.size(); ++i)
        hops[i].remote.port = static_cast<std::uint16_t>(5060 + i);
      (void)agent_.set_hops(id_, std::move(hops));
    }
  }
  void connect() {
    flow_ = kDatagrams;
    flow_.transport = Transport::tcp;
    flow_.connection = ++connections_;
  }
  static Flow without_connection(Flow flow) {
    flow.connection = 0;
    return flow;
  }
  void wish(std::string_view what, std::string_view rest, Actions& out) {
    const std::string sdp(rest);
    if (what == "invite") {
      const auto id = agent_.invite(now_,
                                    {.target = "sip:bob@198.51.100.7",
                                     .from = "<sip:us@192.0.2.1>",
                                     .to = "<sip:bob@198.51.100.7>",
                                     .sdp = sdp,
                                     .flow = without_connection(flow_)},
                                    out);
      if (id) begin(*id);
    }
    if (what == "busy") busy_ = !busy_;
    if (what == "trying") (void)agent_.trying(now_, id_, out);
    if (what == "ring") (void)agent_.ring(now_, id_, {.status = 183, .sdp = sdp, .reliable = true}, out);
    if (what == "answer") (void)agent_.answer(now_, id_, sdp, out);
    if (what == "reject") (void)agent_.reject(now_, id_, {.status = 486}, out);
    if (what == "cancel") (void)agent_.cancel(now_, id_, "", out);
    if (what == "bye") (void)agent_.bye(now_, id_, "", out);
    if (what == "reinvite") (void)agent_.reinvite(now_, id_, sdp, out);
    if (what == "update") (void)agent_.update(now_, id_, sdp, out);
    if (what == "offer") (void)agent_.answer_offer(now_, id_, sdp, out);
    if (what == "refuse") (void)agent_.refuse_offer(now_, id_, {.status = 488}, out);
    if (what == "retry") (void)agent_.retry_with(now_, id_, {{"Authorization", sdp}}, out);
    if (what == "abandon") (void)agent_.abandon(now_, id_, out);
    if (what == "respond") (void)agent_.respond(now_, id_, request_, {.status = 202}, out);
    if (what == "refer") (void)agent_.send_request(now_, id_, {.method = "REFER"}, out);
  }
  void begin(SessionId id) {
    id_ = id;
    live_.insert(id);
  }
  void feed(std::string text) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) {
        bytes += "\r\n";
      } else if (text[i] == '%' && i + 1 < text.size()) {
        bytes += placeholder(text[++i]);
      } else {
        bytes += text[i];
      }
    }
    if (bytes.find("\r\n\r\n") == std::string::npos) bytes += "\r\n\r\n";
    if (bytes.size() > kMessageBytesMax) return;
    auto parsed = parse_datagram(std::move(bytes));
    const bool request = parsed.message.is_request();
    if (!parsed.fault)
      parsed.fault = request ? validate_request(parsed.message) : validate_response(parsed.message);
    Actions out;
    if (parsed.ok()) {
      agent_.on_message(now_, flow_, std::move(parsed.message), out);
    } else if (parsed.answerable() && stamp_via(parsed.message, flow_.remote)) {
      (void)agent_.refuse_spoiled(now_, {std::move(parsed.message), flow_, 0, {}}, {.status = 400}, out);
    }
    take(out);
  }
  std::string placeholder(char c) const {
    const Dialog* dialog = agent_.dialog(id_);
    switch (c) {
      case 'T':
        return dialog == nullptr ? "t" : dialog->local_tag;
      case 'C':
        return dialog == nullptr ? "c" : dialog->call_id;
      case 'V':
        return via_;
      case 'S':
        return cseq_;
      case 'R':
        return rseq_;
      default:
        return std::string("%") + c;
    }
  }
  void wait(Duration time) {
    const auto until = now_ + time;
    while (agent_.next_deadline() <= until) {
      now_ = agent_.next_deadline();
      Actions out;
      agent_.on_time(now_, out);
      if (agent_.next_deadline() <= now_) std::abort();
      take(out, true);
    }
    now_ = until;
  }
  void take(Actions& out, bool by_clock = false) {
    for (const auto& send : out.sends) {
      const auto sent = parse_datagram(send.bytes);
      if (!sent.ok()) std::abort();  // what we say can be read
      if (sent.message.is_request()) {
        if (validate_request(sent.message)) std::abort();  // and taken
        if (read_top_via(sent.message)->transport_text != via_name(send.flow.transport)) std::abort();
        const bool anew = !is_reliable(send.flow.transport) || sent_.insert(send.bytes).second;
        if (by_clock && !anew) std::abort();  // RFC 3261 section 17.1: a connection loses nothing
        via_ = sent.message.value(Header::via);
        cseq_ = sent.message.value(Header::cseq).substr(0, sent.message.value(Header::cseq).find(' '));
      } else if (sent.message.has(Header::rseq)) {
        rseq_ = sent.message.value(Header::rseq);
      }
    }
    auto events = std::move(out.events);
    for (auto& event : events) std::visit([this](auto& e) { on(e); }, event);
  }
  void on(NewRequest& r) {
    Actions out;
    if (r.request.method() == Method::invite && (busy_ || r.fault != 0)) {
      agent_.refuse(now_, r, {.status = r.fault != 0 ? r.fault : 486}, out);
    } else if (r.request.method() == Method::invite) {
      if (const auto id = agent_.accept_invite(now_, r)) begin(*id);
    } else {
      out.sends.push_back(agent_.reply(r, {.status = 405}));
    }
    take(out);
  }
  void on(Terminated& t) {
    if (live_.erase(t.session) != 1) std::abort();
  }
  void on(PeerRequest& r) {
    if (!live_.contains(r.session)) std::abort();
    request_ = r.request;
  }
  template <typename Event>
  void on(Event& e) {
    if (!live_.contains(e.session)) std::abort();
  }
  void finish() {
    for (int round = 0; round < 3; ++round) {
      const auto live = live_;
      for (const auto id : live) {
        Actions out;
        (void)agent_.bye(now_, id, "", out);
        take(out);
      }
      wait(std::chrono::seconds(100));
    }
    if (!live_.empty() || agent_.sessions() != 0 || agent_.transactions() != 0) std::abort();
    if (agent_.next_deadline() != kNever) std::abort();
  }

  static constexpr std::size_t kMessageBytesMax = 12'000;  // so that an answer has room for more
  const Flow kDatagrams{.local = {IpAddress::v4(0xc0000201), 5060},
                        .remote = {IpAddress::v4(0xc6336407), 5060}};
  SeededRandomness random_{1};
  UserAgent agent_{{}, random_};
  Flow flow_ = kDatagrams;  // by which messages come
  std::uint64_t connections_ = 0;
  TimePoint now_{};
  SessionId id_ = SessionId::none;
  std::set<SessionId> live_;
  RequestId request_ = RequestId::none;
  bool busy_ = false;           // the owner takes no calls
  std::set<std::string> sent_;  // requests that went over connections
  std::string via_ = "SIP/2.0/UDP x;branch=z9hG4bKx";
  std::string cseq_ = "1";
  std::string rseq_ = "1";
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size > 16'384) return 0;
  Script script;
  script.run({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
