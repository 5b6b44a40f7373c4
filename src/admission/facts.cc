#include "admission/facts.h"

#include <array>
#include <utility>

namespace portico::admission {
namespace {

constexpr std::array kTransportNames{
    std::pair{Transport::udp, std::string_view("udp")}, std::pair{Transport::tcp, std::string_view("tcp")},
    std::pair{Transport::tls, std::string_view("tls")}, std::pair{Transport::ws, std::string_view("ws")},
    std::pair{Transport::wss, std::string_view("wss")},
};

}  // namespace

std::string_view transport_name(Transport transport) {
  for (const auto& [value, name] : kTransportNames) {
    if (value == transport) return name;
  }
  return {};
}

std::optional<Transport> parse_transport(std::string_view name) {
  for (const auto& [value, known] : kTransportNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace portico::admission
