#pragma once
// Numbers as applications write them: "5", "5.0", "2.50", ".5" (XML Schema decimal, no exponent). Kept
// exactly enough to compare with bounds: thousandths, and whether anything is left behind them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portico::bxml {

struct Decimal {
  std::int64_t thousandths = 0;  // rounded down; huge numbers saturate
  bool exact = true;             // false: the number is a little more than `thousandths` says

  bool is_whole() const { return exact && thousandths % 1000 == 0; }
  // min <= number <= max, in thousandths.
  bool within(std::int64_t min, std::int64_t max) const {
    return thousandths >= min && (thousandths < max || (thousandths == max && exact));
  }
};

std::optional<Decimal> parse_decimal(std::string_view text);  // surrounding white space is allowed

std::string decimal_text(std::int64_t thousandths);  // 100 -> "0.1", 5000 -> "5"

}  // namespace portico::bxml
