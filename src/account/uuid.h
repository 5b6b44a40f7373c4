#pragma once
// A UUID as the 128 bits it is, for tables keyed by it: either case gives the same key, and parsing does not
// allocate.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace portico::account {

struct Uuid {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

std::optional<Uuid> parse_uuid(std::string_view text);  // 8-4-4-4-12 hex, nothing around it

}  // namespace portico::account

template <>
struct std::hash<portico::account::Uuid> {
  // Version 4 UUIDs that we made are random already; the multiplication spreads those that are not.
  std::size_t operator()(const portico::account::Uuid& id) const noexcept {
    return static_cast<std::size_t>((id.high * 0x9e3779b97f4a7c15ULL) ^ id.low);
  }
};
