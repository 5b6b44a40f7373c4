#include "sip/message/method.h"

#include <array>

namespace portico::sip {
namespace {

constexpr std::array<std::string_view, 15> kNames{"",          "INVITE",   "ACK",   "BYE",     "CANCEL",
                                                  "OPTIONS",   "REGISTER", "INFO",  "PRACK",   "UPDATE",
                                                  "SUBSCRIBE", "NOTIFY",   "REFER", "MESSAGE", "PUBLISH"};
static_assert(kNames[static_cast<std::size_t>(Method::publish)] == "PUBLISH");

}  // namespace

Method find_method(std::string_view text) {
  for (std::size_t i = 1; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<Method>(i);
  }
  return Method::other;
}

std::string_view method_name(Method method) { return kNames[static_cast<std::size_t>(method)]; }

}  // namespace portico::sip
