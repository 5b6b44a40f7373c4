#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "store/samples.h"
#include "store/sqlite/store.h"

namespace portico::store {
namespace {

TEST(Concurrency, ManyThreadsReadWhileOneWrites) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  ASSERT_TRUE(store->insert_application(samples::application()));
  std::vector<std::thread> readers;
  std::atomic<int> failures{0};
  for (int i = 0; i < 6; ++i) {
    readers.emplace_back([&] {
      for (int n = 0; n < 100; ++n) {
        if (!store->application("9900000", samples::uuid(1))) ++failures;
      }
    });
  }
  for (int n = 0; n < 100; ++n) {
    const std::vector<account::Write> batch{samples::call(n)};
    if (!store->write(batch)) ++failures;
  }
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(failures, 0);
}

TEST(Concurrency, AWriteToALockedFileIsBusyAndChangesNothing) {
  const samples::Folder folder;
  ASSERT_TRUE(samples::open(folder.url()));
  const auto store = sqlite::SqliteStore::open({.path = folder.file(), .busy_timeout = 1ms});
  ASSERT_TRUE(store);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder.file().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);

  const std::vector<account::Write> batch{samples::call()};
  const auto locked = (*store)->write(batch);
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code, Code::busy);
  EXPECT_TRUE((*store)->account("9900000"));  // reading goes on

  sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(other);
  EXPECT_EQ((*store)->call("9900000", samples::call().call_id).error().code, Code::not_found);
  EXPECT_TRUE((*store)->write(batch));
}

// Asked by a process of its own: nobody is in the way of his own locks.
bool shares_the_file(const std::string& file) {
  const pid_t child = ::fork();
  if (child == 0) {
    struct flock shared{};  // where SQLite locks a file that is in use
    shared.l_type = F_WRLCK;
    shared.l_start = 0x40000002;
    shared.l_len = 510;
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    const bool held = ::fcntl(descriptor, F_GETLK, &shared) == 0 && shared.l_type != F_UNLCK;
    ::_exit(held ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

// Without them `portico client` beside a running server, being the last to close the file as it thinks, takes
// the log of writes away: the server reads and writes on in a file without a name.
TEST(Concurrency, OpeningAReaderKeepsTheLocksThatOtherProcessesSee) {
  const samples::Folder folder;
  EXPECT_FALSE(shares_the_file(folder.file()));
  const auto store = samples::open(folder.url());
  ASSERT_TRUE(store);
  EXPECT_TRUE(shares_the_file(folder.file()));
  ASSERT_TRUE(store->account("9900000"));
  EXPECT_TRUE(shares_the_file(folder.file()));
}

TEST(Batch, IsAllOrNothing) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder.file().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "DROP TABLE outbox", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  const std::vector<account::Write> batch{samples::call(), samples::item(1, "a")};
  EXPECT_FALSE(store->write(batch));
  EXPECT_EQ(store->call("9900000", samples::call().call_id).error().code, Code::not_found);
  EXPECT_EQ(store->outbox_size().value(), 0U);
}

}  // namespace
}  // namespace portico::store
