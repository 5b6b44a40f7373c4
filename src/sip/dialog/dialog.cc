#include "sip/dialog/dialog.h"

#include <algorithm>

#include "base/limits.h"
#include "sip/message/chars.h"
#include "sip/message/headers.h"
#include "sip/message/uri.h"

namespace portico::sip {
namespace {

// From and To go out as they came, without what follows the URI: the tag is ours to write.
std::string party(const NameAddr& address) { return name_addr(display_name(address), address.uri_text); }

std::vector<std::string> record_route(const Message& message) {
  std::vector<std::string> route;
  for (const auto value : message.values(Header::record_route)) route.emplace_back(value);
  return route;
}

bool loose(std::string_view route) {
  const auto address = parse_name_addr(route);
  return address && address->uri.params.has("lr");
}

std::string uri_of(std::string_view route) {
  const auto address = parse_name_addr(route);
  return address ? std::string(address->uri_text) : std::string(route);
}

// RFC 3261 section 19.1.1: a Request-URI has no headers. A '?' may be in the user part (section 25.1), and
// stays.
std::string as_request_uri(std::string_view uri) {
  const auto host = uri.find('@');
  return std::string(uri.substr(0, uri.find('?', host == std::string_view::npos ? 0 : host)));
}

// A start line with such a URI in it is one that we would take ourselves.
constexpr std::size_t kTargetBytesMax = limits::kSipStartLineBytesMax - 64;

std::string_view contact_fault(const Message& message) {
  const auto peer = read_contact(message);
  if (!peer || peer->is_star()) return "Contact is missing or cannot be read";
  if (!peer->uri.is_sip()) return "Contact is no SIP URI";
  if (peer->uri_text.size() > kTargetBytesMax) return "Contact is too long";
  return {};
}

std::string_view route_fault(const Message& message) {
  std::size_t routes = 0;
  std::size_t bytes = 0;
  for (const auto value : message.values(Header::record_route)) {
    ++routes;
    bytes += value.size();
    const auto address = parse_name_addr(value);
    if (!address || !address->uri.is_sip()) return "Record-Route is no SIP URI";
    if (!address->uri.params.has("lr") && address->uri_text.size() > kTargetBytesMax) {
      return "Record-Route is too long";
    }
  }
  return routes > limits::kSipRoutesMax || bytes > limits::kSipRouteSetBytesMax ? "Record-Route is too long"
                                                                                : std::string_view{};
}

}  // namespace

std::string_view dialog_fault(const Message& invite) {
  const auto fault = contact_fault(invite);
  return fault.empty() ? route_fault(invite) : fault;
}

Result<Dialog> dialog_from_request(const Message& invite, std::string local_tag, std::string contact) {
  const auto from = read_from(invite);
  const auto to = read_to(invite);
  const auto cseq = read_cseq(invite);
  if (!from || !to || !cseq) return fail(Code::invalid, "From, To or CSeq cannot be read");
  if (const auto fault = dialog_fault(invite); !fault.empty()) return fail(Code::invalid, std::string(fault));
  const auto peer = read_contact(invite);
  Dialog dialog;
  dialog.call_id = invite.value(Header::call_id);
  dialog.local_tag = std::move(local_tag);
  dialog.remote_tag = from->tag();
  dialog.local_party = party(*to);
  dialog.remote_party = party(*from);
  dialog.remote_target = as_request_uri(peer->uri_text);
  dialog.contact = std::move(contact);
  dialog.route_set = record_route(invite);
  dialog.remote_cseq = cseq->number;
  return dialog;
}

Result<void> apply_response(Dialog& dialog, const Message& response) {
  const auto to = read_to(response);
  if (!to) return fail(Code::invalid, "To cannot be read");
  // A 2xx without Contact breaks RFC 3261 section 13.3.1.4; the INVITE's own target is the best guess then.
  refresh_target(dialog, response);
  dialog.remote_tag = to->tag();
  // A route that cannot be gone by is left out too: an answer cannot be refused.
  auto route = route_fault(response).empty() ? record_route(response) : std::vector<std::string>();
  std::ranges::reverse(route);
  dialog.route_set = std::move(route);
  return {};
}

void refresh_target(Dialog& dialog, const Message& message) {
  if (contact_fault(message).empty()) dialog.remote_target = as_request_uri(read_contact(message)->uri_text);
}

Routing route(const Dialog& dialog) {
  if (dialog.route_set.empty()) return {dialog.remote_target, {}};
  const std::string& first = dialog.route_set.front();
  if (loose(first)) return {dialog.remote_target, dialog.route_set};
  Routing strict;
  strict.request_uri = as_request_uri(uri_of(first));
  strict.route.assign(dialog.route_set.begin() + 1, dialog.route_set.end());
  strict.route.push_back("<" + dialog.remote_target + ">");
  return strict;
}

std::string next_hop(const Dialog& dialog) {
  if (dialog.route_set.empty()) return dialog.remote_target;
  const std::string& first = dialog.route_set.front();
  return loose(first) ? uri_of(first) : as_request_uri(uri_of(first));
}

MessageWriter start_request(const Dialog& dialog, const RequestStart& start) {
  const Routing routing = route(dialog);
  auto writer = MessageWriter::request(start.method, routing.request_uri);
  writer.add_via(start.transport, start.sent_by, start.branch, true);
  for (const auto& value : routing.route) writer.add(Header::route, value);
  writer.add(Header::from, {dialog.local_party, ";tag=", dialog.local_tag});
  if (dialog.remote_tag.empty()) {
    writer.add(Header::to, dialog.remote_party);
  } else {
    writer.add(Header::to, {dialog.remote_party, ";tag=", dialog.remote_tag});
  }
  writer.add(Header::call_id, dialog.call_id).add_cseq(start.cseq, start.method);
  writer.add_number(Header::max_forwards, 70);
  return writer;
}

Flow next_flow(const Dialog& dialog, const Flow& arrival) {
  if (is_reliable(arrival.transport)) return arrival;
  const std::string next = next_hop(dialog);
  const auto uri = parse_uri(next);
  // Nothing of sips goes by UDP (RFC 3261 section 19.1): the way back is all there is.
  if (!uri || uri->scheme != Scheme::sip) return arrival;
  auto host = uri->param("maddr").value_or(uri->host);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  const auto ip = parse_ip(host);
  if (!ip || ip->is_v4() != arrival.remote.ip.is_v4() || ip->is_unspecified()) return arrival;
  const bool behind_nat = ip->is_private() && !arrival.remote.ip.is_private();
  if (behind_nat || !equal_nocase(uri->param("transport").value_or("udp"), "udp")) return arrival;
  Flow flow = arrival;
  flow.remote = {*ip, uri->port_or_default()};
  return flow;
}

}  // namespace portico::sip
