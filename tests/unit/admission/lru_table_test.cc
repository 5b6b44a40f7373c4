#include "admission/lru_table.h"

#include <gtest/gtest.h>

#include <new>

namespace portico::admission {
namespace {

// A key whose copies need memory, which there is for so many more of them.
struct Costly {
  explicit Costly(int n) : number(n) {}
  Costly(const Costly& other) : number(other.number) {
    if (left-- == 0) throw std::bad_alloc();
  }
  Costly& operator=(const Costly&) = default;
  friend bool operator==(const Costly&, const Costly&) = default;

  int number;
  static inline int left = -1;
};
struct CostlyHash {
  std::size_t operator()(const Costly& key) const { return std::hash<int>{}(key.number); }
};

TEST(LruTable, ReplacesWhatWasTouchedLongestAgo) {
  LruTable<int, int> table(2);
  table.touch(1) = 10;
  table.touch(2) = 20;
  table.touch(1);
  table.touch(3) = 30;
  EXPECT_EQ(table.peek(2), nullptr);
  ASSERT_NE(table.peek(1), nullptr);
  EXPECT_EQ(*table.peek(1), 10);
  EXPECT_EQ(table.size(), 2U);
}

// An entry in the order alone could be replaced by nobody.
TEST(LruTable, KeepsNothingOfAKeyThatThereWasNoMemoryFor) {
  LruTable<Costly, int, CostlyHash> table(1);
  for (int copies = 0; copies < 2; ++copies) {
    Costly::left = copies;
    EXPECT_THROW(table.touch(Costly(1)), std::bad_alloc);
  }
  Costly::left = -1;
  for (int i = 2; i < 10; ++i) table.touch(Costly(i)) = i;
  EXPECT_EQ(table.size(), 1U);
  ASSERT_NE(table.peek(Costly(9)), nullptr);
  EXPECT_EQ(*table.peek(Costly(9)), 9);
}

}  // namespace
}  // namespace portico::admission
