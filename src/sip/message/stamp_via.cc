// Where a request really came from, noted in its top Via: RFC 3261 section 18.2.1, RFC 3581 section 4.

#include "sip/message/chars.h"
#include "sip/message/headers.h"
#include "sip/message/write.h"

namespace portico::sip {
namespace {

bool is_stamp(std::string_view name) { return equal_nocase(name, "received") || equal_nocase(name, "rport"); }

// An earlier look at the same message has stamped it, and nothing contradicts that.
bool is_stamped(const Via& via, const Endpoint& source) {
  bool received = false;
  auto rest = via.params.raw();
  while (const auto param = Params::next(rest)) {
    if (equal_nocase(param->name, "rport") && param->value != std::to_string(source.port)) return false;
    if (!equal_nocase(param->name, "received")) continue;
    if (received || param->value != source.ip.to_string()) return false;
    received = true;
  }
  return received;
}

// `element` is the Via value, `via` what it says.
std::string stamped(std::string_view element, const Via& via, const Endpoint& source) {
  const bool rport = via.wants_rport();
  const auto params_at = via.params.empty()
                             ? element.size()
                             : static_cast<std::size_t>(via.params.raw().data() - element.data()) - 1;
  std::string out;
  out.reserve(element.size() + 72);
  out += trim(element.substr(0, params_at));
  auto rest = via.params.raw();
  while (const auto param = Params::next(rest)) {
    if (is_stamp(param->name)) continue;
    out.append(";").append(param->name);
    if (param->has_value) out.append("=").append(param->value);
  }
  if (rport) out.append(";rport=").append(std::to_string(source.port));
  // RFC 3581: with rport always, else where sent-by does not say it already.
  if (rport || host_address(via.host) != source.ip) out.append(";received=").append(source.ip.to_string());
  return out;
}

}  // namespace

class ViaStamp {
 public:
  static bool put(Message& message, const Endpoint& source) {
    const auto via = read_top_via(message);
    if (!via) return false;
    if (is_stamped(*via, source)) return true;
    for (auto& entry : message.fields_) {
      if (entry.id != Header::via) continue;
      auto rest = message.value_of(entry);
      const auto element = next_value(rest);
      if (element.empty()) continue;
      replace(message, entry, element, stamped(element, *via, source));
      return true;
    }
    return false;
  }

 private:
  static void replace(Message& message, Message::Entry& entry, std::string_view element,
                      const std::string& by) {
    const auto at = static_cast<std::size_t>(element.data() - message.buffer_.data());
    // Unsigned arithmetic wraps, so this also moves things towards the front.
    const auto shift = static_cast<std::uint32_t>(by.size() - element.size());
    message.buffer_.replace(at, element.size(), by);
    entry.value_size = static_cast<std::uint16_t>(entry.value_size + shift);
    for (auto& other : message.fields_) {
      if (other.name_offset > at) other.name_offset += shift;
    }
    // Of a message with a fault there may be no body, which lies at the front.
    if (message.body_.offset > at) message.body_.offset += shift;
    message.readings_.drop();
  }
};

bool stamp_via(Message& request, const Endpoint& source) { return ViaStamp::put(request, source); }

}  // namespace portico::sip
