#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <string>

#include "store/samples.h"

namespace {
std::atomic<int> synced_logs{0};

// Only a power cut would show what has been synced.
void note(int fd) {
  std::array<char, 4'096> path{};
  if (::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path.data(), path.size() - 1) <= 0) return;
  if (std::string_view(path.data()).ends_with("-wal")) ++synced_logs;
}
}  // namespace

// In place of the C library's.
extern "C" int fsync(int fd) {
  note(fd);
  return static_cast<int>(::syscall(SYS_fsync, fd));
}
extern "C" int fdatasync(int fd) {
  note(fd);
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace portico::store {
namespace {

class Synced : public ::testing::Test {
 protected:
  bool syncs(const std::function<Result<void>()>& change) const {
    const int before = synced_logs;
    const auto done = change();
    EXPECT_TRUE(done) << done.error().what;
    return synced_logs != before;
  }

  samples::Folder folder_;
  std::unique_ptr<account::Store> store_ = samples::open(folder_.url());
};

TEST_F(Synced, WhatAnAdministratorChangesIsBeforeItIsConfirmed) {
  auto application = samples::application();
  EXPECT_TRUE(syncs([&] { return store_->put_account(samples::account("9900001")); }));
  EXPECT_TRUE(syncs([&] { return store_->put_client(samples::client()); }));
  EXPECT_TRUE(syncs([&] { return store_->delete_client("CLI-1"); }));
  EXPECT_TRUE(syncs([&] { return store_->insert_application(application); }));
  const auto version = application.version++;
  EXPECT_TRUE(syncs([&] { return store_->update_application(application, version); }));
  EXPECT_TRUE(syncs(
      [&] { return store_->delete_application(application.account_id, application.id, std::nullopt); }));
}

TEST_F(Synced, WhatNobodyWaitsForIsNot) {
  ASSERT_TRUE(store_->put_client(samples::client()));
  const auto token = account::Token{.sha256 = "t", .client_id = "CLI-1", .expires = samples::kNoon};
  EXPECT_FALSE(syncs([&] { return store_->put_token(token); })) << "also after one that is";
}

}  // namespace
}  // namespace portico::store
