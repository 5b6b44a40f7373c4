#include "bxml/read/decimal.h"

#include <algorithm>

#include "bxml/xml/element.h"

namespace portico::bxml {
namespace {

constexpr std::int64_t kHuge = 1'000'000'000'000;  // far over every bound, far below overflow

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  text = trim(text);
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() && fraction.empty()) return std::nullopt;
  if (!all_digits(whole) || !all_digits(fraction)) return std::nullopt;

  std::int64_t magnitude = 0;
  for (const char c : whole) magnitude = std::min(magnitude * 10 + (c - '0'), kHuge);
  for (std::size_t i = 0; i < 3; ++i)
    magnitude = magnitude * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  const std::string_view rest = fraction.substr(std::min<std::size_t>(3, fraction.size()));
  const bool exact = rest.find_first_not_of('0') == std::string_view::npos;
  if (negative) magnitude = -magnitude - (exact ? 0 : 1);
  return Decimal{magnitude, exact};
}

std::string decimal_text(std::int64_t thousandths) {
  std::string text = std::to_string(thousandths / 1000);
  std::string fraction = std::to_string(1000 + thousandths % 1000).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace portico::bxml
