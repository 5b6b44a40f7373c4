#include "sip/transaction/keyed_hash.h"

#include <gtest/gtest.h>

namespace portico::sip {
namespace {

TEST(KeyedHash, KeepsPartsApart) {
  SeededRandomness random(1);
  const KeyedHash hash(random);
  EXPECT_NE(hash({"ab", "c"}), hash({"a", "bc"}));
  EXPECT_NE(hash({"abc"}), hash({"abc", ""}));
  EXPECT_NE(hash({"abc"}), hash({std::string_view("abc\0", 4)}));
  EXPECT_EQ(hash({"ab", "c"}), hash({"ab", "c"}));
}

TEST(KeyedHash, DependsOnItsKey) {
  SeededRandomness one(1);
  SeededRandomness two(2);
  EXPECT_NE(KeyedHash(one)({"x"}), KeyedHash(two)({"x"}));
}

}  // namespace
}  // namespace portico::sip
