#include "store/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/samples.h"

namespace portico::store {
namespace {

using ::testing::HasSubstr;

void execute(const std::string& file, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
}

TEST(OpenStore, MakesAFileThatOnlyItsOwnerReads) {
  const samples::Folder folder;
  ASSERT_TRUE(open_store(folder.url()));
  struct stat status{};
  ASSERT_EQ(::stat(folder.file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(OpenStore, KeepsWhatWasWritten) {
  const samples::Folder folder;
  {
    const auto store = samples::open(folder.url());
    ASSERT_TRUE(store);
    ASSERT_TRUE(store->insert_application(samples::application()));
  }
  const auto again = open_store(folder.url());
  ASSERT_TRUE(again);
  const auto found = (*again)->application("9900000", samples::uuid(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, samples::application());
}

TEST(OpenStore, BringsAnOlderSchemaUpToDate) {
  const samples::Folder folder;
  account::CallRecord call = samples::call();
  call.state = "answered";
  call.tag.reset();
  {
    const auto store = samples::open(folder.url());
    ASSERT_TRUE(store->write(std::vector<account::Write>{call}));
  }
  execute(folder.file(),
          "ALTER TABLE calls DROP COLUMN tag; DROP INDEX calls_open; DROP INDEX recordings_open;"
          " DELETE FROM schema_version WHERE version >= 3");
  const auto again = open_store(folder.url());
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_THAT(*(*again)->open_calls("", 9), ::testing::ElementsAre(call));
}

TEST(OpenStore, RefusesASchemaOfANewerProgram) {
  const samples::Folder folder;
  ASSERT_TRUE(open_store(folder.url()));
  execute(folder.file(), "INSERT INTO schema_version VALUES (99, 0)");
  const auto opened = open_store(folder.url());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::unsupported);
  EXPECT_THAT(opened.error().what, HasSubstr("schema 99"));
}

TEST(OpenStore, SaysWhatItTakes) {
  const auto postgres = open_store("postgresql://localhost/portico");
  ASSERT_FALSE(postgres);
  EXPECT_EQ(postgres.error().code, Code::unsupported);
  EXPECT_THAT(postgres.error().what, HasSubstr("sqlite:PATH"));
  EXPECT_EQ(open_store("mysql://x").error().code, Code::invalid);
  EXPECT_EQ(open_store("sqlite:").error().code, Code::invalid);
  EXPECT_EQ(open_store("sqlite:/no/such/folder/x.db").error().code, Code::unavailable);
}

TEST(OpenStore, RefusesAFileThatIsNoDatabase) {
  const samples::Folder folder;
  std::FILE* file = std::fopen(folder.file().c_str(), "w");
  for (int i = 0; i < 1000; ++i) std::fputs("this is not a database\n", file);
  std::fclose(file);
  const auto opened = open_store(folder.url());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::unavailable);
}

}  // namespace
}  // namespace portico::store
