#include "sip/transaction/match.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "sip/message/headers.h"

namespace portico::sip {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
  return out;
}

std::string_view invite_for_ack(const Message& request) {
  const bool follows = request.method() == Method::ack || request.method() == Method::cancel;
  return follows ? method_name(Method::invite) : request.method_text();
}

struct Digits {
  char text[10];
  std::size_t size;
  explicit Digits(std::uint32_t number)
      : text{}, size(static_cast<std::size_t>(std::to_chars(text, text + sizeof text, number).ptr - text)) {}
  std::string_view view() const { return {text, size}; }
};

}  // namespace

std::optional<HashKey> server_key(const KeyedHash& hash, const Message& request) {
  const auto via = read_top_via(request);
  if (!via) return std::nullopt;
  if (via->has_magic_branch()) {
    return hash(
        {"server", via->branch(), lower(via->host), Digits(via->port).view(), invite_for_ack(request)});
  }
  const auto from = read_from(request);
  const auto cseq = read_cseq(request);
  if (!from || !cseq) return std::nullopt;
  return hash({"2543", request.request_uri(), from->tag(), request.value(Header::call_id),
               Digits(cseq->number).view(), request.values(Header::via).front(), invite_for_ack(request)});
}

std::optional<HashKey> merge_key(const KeyedHash& hash, const Message& request) {
  if (request.method() == Method::ack || request.method() == Method::cancel) return std::nullopt;
  const auto to = read_to(request);
  const auto from = read_from(request);
  const auto cseq = read_cseq(request);
  if (!to || !from || !cseq || !to->tag().empty()) return std::nullopt;
  return hash({"merge", request.value(Header::call_id), from->tag(), Digits(cseq->number).view(),
               request.method_text()});
}

HashKey client_key(const KeyedHash& hash, std::string_view branch, std::string_view method) {
  return hash({"client", branch, method});
}

std::optional<HashKey> client_key(const KeyedHash& hash, const Message& response) {
  const auto via = read_top_via(response);
  const auto cseq = read_cseq(response);
  if (!via || !cseq || via->branch().empty()) return std::nullopt;
  return client_key(hash, via->branch(), cseq->method_text);
}

}  // namespace portico::sip
