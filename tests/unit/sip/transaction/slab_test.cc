#include "sip/transaction/slab.h"

#include <gtest/gtest.h>

namespace portico::sip {
namespace {

TEST(Slab, NeverFindsByANumberOfBefore) {
  Slab<int> slab;
  const auto first = slab.emplace(1).first;
  slab.erase(first);
  const auto second = slab.emplace(2).first;
  EXPECT_NE(first, 0U);
  EXPECT_NE(first, second);
  EXPECT_EQ(slab.find(first), nullptr);
  EXPECT_EQ(*slab.find(second), 2);
  EXPECT_EQ(slab.find(0), nullptr);
  slab.erase(first);
  EXPECT_EQ(slab.size(), 1U);
}

}  // namespace
}  // namespace portico::sip
