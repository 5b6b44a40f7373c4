#include "store/sqlite/store.h"

#include <gtest/gtest.h>

#include <new>

#include "store/samples.h"

namespace portico::store {
namespace {

// One for which there was no memory: whoever looks at what it holds throws.
account::Write broken_write() {
  struct Nothing {
    operator account::CallRecord() const { throw std::bad_alloc(); }
  };
  account::Write write;
  try {
    write.emplace<account::CallRecord>(Nothing{});
  } catch (const std::bad_alloc&) {
  }
  return write;
}

TEST(SqliteStore, ABatchThatThrowsIsRolledBackAndTheNextIsWritten) {
  const auto store = samples::open("sqlite::memory:");
  const std::vector<account::Write> batch{samples::call(1), broken_write()};
  EXPECT_ANY_THROW((void)store->write(batch));
  EXPECT_EQ(store->call("9900000", samples::call(1).call_id).error().code, Code::not_found);
  EXPECT_TRUE(store->write(std::vector<account::Write>{samples::call(2)}));
  EXPECT_TRUE(store->call("9900000", samples::call(2).call_id));
}

}  // namespace
}  // namespace portico::store
