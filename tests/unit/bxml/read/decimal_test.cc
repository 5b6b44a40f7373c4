#include "bxml/read/decimal.h"

#include <gtest/gtest.h>

namespace portico::bxml {
namespace {

TEST(Decimal, ReadsTheFormsApplicationsWrite) {
  struct Row {
    std::string_view text;
    std::int64_t thousandths;
    bool exact;
  };
  for (const auto& [text, thousandths, exact] : std::initializer_list<Row>{{"5", 5'000, true},
                                                                           {"5.0", 5'000, true},
                                                                           {"2.50", 2'500, true},
                                                                           {".5", 500, true},
                                                                           {"5.", 5'000, true},
                                                                           {" 5\n", 5'000, true},
                                                                           {"+5", 5'000, true},
                                                                           {"-5", -5'000, true},
                                                                           {"0.0001", 0, false},
                                                                           {"1.9999", 1'999, false},
                                                                           {"1.0000", 1'000, true},
                                                                           {"-0.0001", -1, false},
                                                                           {"0", 0, true},
                                                                           {"-0", 0, true},
                                                                           {"007", 7'000, true}}) {
    const auto number = parse_decimal(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(number->thousandths, thousandths) << text;
    EXPECT_EQ(number->exact, exact) << text;
  }
}

TEST(Decimal, RefusesEverythingElse) {
  for (const std::string_view text :
       {"", " ", ".", "-", "+", "+-1", "1e3", "0x10", "1,5", "1 5", "1.2.3", "NaN", "INF", "5s"}) {
    EXPECT_FALSE(parse_decimal(text)) << text;
  }
}

TEST(Decimal, ComparesExactlyWithBounds) {
  EXPECT_TRUE(parse_decimal("0.1")->within(100, 5'000));
  EXPECT_FALSE(parse_decimal("0.0999999")->within(100, 5'000));
  EXPECT_TRUE(parse_decimal("4.9999")->within(100, 5'000));
  EXPECT_TRUE(parse_decimal("5.000")->within(100, 5'000));
  EXPECT_FALSE(parse_decimal("5.00000000000000000001")->within(100, 5'000));
  EXPECT_FALSE(parse_decimal(std::string(500, '9'))->within(0, 86'400'000));
  EXPECT_FALSE(parse_decimal("-" + std::string(500, '9'))->within(0, 86'400'000));
}

TEST(Decimal, KnowsWholeNumbers) {
  EXPECT_TRUE(parse_decimal("5.000")->is_whole());
  EXPECT_FALSE(parse_decimal("5.5")->is_whole());
  EXPECT_FALSE(parse_decimal("5.0001")->is_whole());
}

TEST(Decimal, WritesBoundsWithoutTrailingZeros) {
  EXPECT_EQ(decimal_text(100), "0.1");
  EXPECT_EQ(decimal_text(5'000), "5");
  EXPECT_EQ(decimal_text(1'025), "1.025");
  EXPECT_EQ(decimal_text(86'400'000), "86400");
  EXPECT_EQ(decimal_text(0), "0");
}

}  // namespace
}  // namespace portico::bxml
