#include "sdp/refusal.h"

namespace portico::sdp {

std::string warning_header(const Refusal& refusal, std::string_view agent) {
  std::string out = std::to_string(static_cast<int>(refusal.warn)) + " " + std::string(agent) + " \"";
  for (const char c : refusal.error.what) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

Refused refuse(Warn warn, std::string what) {
  return Refused(Refusal{.error = {Code::unsupported, std::move(what)}, .warn = warn});
}

Refused refuse(Error error) { return Refused(Refusal{.error = std::move(error), .sip_status = 400}); }

}  // namespace portico::sdp
