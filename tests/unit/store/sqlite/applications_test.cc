#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account/directory.h"
#include "base/limits.h"
#include "store/samples.h"

namespace portico::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Applications : public ::testing::Test {
 protected:
  Applications() : store_(samples::open(folder_.url())) {}
  samples::Folder folder_;
  std::unique_ptr<account::Store> store_;
};

TEST_F(Applications, ComeBackAsTheyWere) {
  ASSERT_TRUE(store_->insert_application(samples::application()));
  EXPECT_EQ(store_->application("9900000", samples::uuid(1)).value(), samples::application());

  account::Application plain{.id = samples::uuid(2), .account_id = "9900000", .name = "plain"};
  ASSERT_TRUE(store_->insert_application(plain));
  EXPECT_EQ(store_->application("9900000", samples::uuid(2)).value(), plain);
}

// Less of the list than was configured would let in others than were meant.
TEST_F(Applications, WithAListThatCannotBeReadAreDisabled) {
  auto app = samples::application();
  app.inbound_sip_enabled = true;
  app.allowed_sources = {Cidr{0xCB007100, 24}, Cidr{0xCB007109, 99}};
  ASSERT_TRUE(store_->insert_application(app));
  const auto read = store_->application(app.account_id, app.id);
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->inbound_sip_enabled);
  EXPECT_THAT(read->allowed_sources, IsEmpty());
}

TEST_F(Applications, OfAnotherAccountAreNotFound) {
  ASSERT_TRUE(store_->insert_application(samples::application()));
  EXPECT_EQ(store_->application("1234567", samples::uuid(1)).error().code, Code::not_found);
  EXPECT_EQ(store_->delete_application("1234567", samples::uuid(1), {}).error().code, Code::not_found);
}

TEST_F(Applications, AreUpdatedOnlyFromTheVersionThatWasRead) {
  account::Application app = samples::application();
  ASSERT_TRUE(store_->insert_application(app));
  app.name = "Desk";
  app.version = 2;
  EXPECT_TRUE(store_->update_application(app, 1));
  app.version = 3;
  EXPECT_EQ(store_->update_application(app, 1).error().code, Code::conflict);
  EXPECT_EQ(store_->application("9900000", app.id)->version, 2U);
  app.id = samples::uuid(77);
  EXPECT_EQ(store_->update_application(app, 1).error().code, Code::not_found);
}

TEST_F(Applications, AreDeletedOnce) {
  ASSERT_TRUE(store_->insert_application(samples::application()));
  EXPECT_EQ(store_->delete_application("9900000", samples::uuid(1), 9).error().code, Code::conflict);
  EXPECT_TRUE(store_->delete_application("9900000", samples::uuid(1), 1));
  EXPECT_EQ(store_->delete_application("9900000", samples::uuid(1), {}).error().code, Code::not_found);
}

TEST_F(Applications, WithNumbersAreNotDeleted) {
  ASSERT_TRUE(store_->insert_application(samples::application()));
  const account::Number number{"+15551230000", "9900000", samples::uuid(1)};
  ASSERT_TRUE(store_->put_number(number));
  EXPECT_EQ(store_->delete_application("9900000", samples::uuid(1), {}).error().code, Code::conflict);
  EXPECT_THAT(store_->numbers("9900000").value(), ElementsAre(number));
  ASSERT_TRUE(store_->delete_number("+15551230000"));
  EXPECT_TRUE(store_->delete_application("9900000", samples::uuid(1), {}));
}

TEST_F(Applications, AreListedPageByPage) {
  for (int n = 1; n <= 5; ++n) ASSERT_TRUE(store_->insert_application(samples::application(n)));
  std::vector<std::string> ids;
  account::PageRequest request{.limit = 2};
  do {
    const auto page = store_->list_applications("9900000", request);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->total, 5U);
    for (const auto& app : page->items) ids.push_back(app.id);
    request.after = page->next;
  } while (!request.after.empty());
  EXPECT_THAT(ids, ElementsAre(samples::uuid(1), samples::uuid(2), samples::uuid(3), samples::uuid(4),
                               samples::uuid(5)));
  EXPECT_EQ(store_->list_applications("9900000", {.after = "1 OR 1"}).error().code, Code::invalid);
}

TEST_F(Applications, OfManyBytesMakeShortPages) {
  constexpr int kApplications = 3;
  for (int n = 1; n <= kApplications; ++n) {
    auto app = samples::application(n);
    app.inline_bxml = std::string(limits::kApplicationPageBytesMax / 2, ' ');
    ASSERT_TRUE(store_->insert_application(app));
  }
  const auto first = store_->list_applications("9900000", {.limit = 100});
  ASSERT_TRUE(first);
  EXPECT_THAT(first->items, SizeIs(2));
  const auto rest = store_->list_applications("9900000", {.limit = 100, .after = first->next});
  ASSERT_TRUE(rest);
  EXPECT_THAT(rest->items, SizeIs(1));
  EXPECT_EQ(rest->next, "");
}

TEST_F(Applications, OfOneAccountAreBounded) {
  const auto store = samples::open("sqlite::memory:");
  for (std::size_t n = 1; n <= limits::kApplicationsPerAccountMax; ++n) {
    ASSERT_TRUE(store->insert_application({.id = std::to_string(n), .account_id = "9900000", .name = "x"}));
  }
  EXPECT_EQ(store->insert_application({.id = samples::uuid(0), .account_id = "9900000"}).error().code,
            Code::conflict);
  ASSERT_TRUE(store->put_account({.id = "1234567", .name = "Other"}));
  EXPECT_TRUE(store->insert_application({.id = samples::uuid(0), .account_id = "1234567"}));
}

TEST_F(Applications, DeletedLongAgoAreForgotten) {
  ASSERT_TRUE(store_->insert_application(samples::application()));
  ASSERT_TRUE(store_->delete_application("9900000", samples::uuid(1), {}));
  const auto deletions = [&] { return store_->changes_since(1)->deleted_application_ids; };
  const auto now = read_clocks().wall;
  ASSERT_TRUE(store_->expire({.calls_ended_before = now - 1h}));
  EXPECT_THAT(deletions(), ElementsAre(samples::uuid(1)));
  ASSERT_TRUE(store_->expire({.calls_ended_before = now + 1h}));
  EXPECT_THAT(deletions(), IsEmpty());
}

TEST_F(Applications, ChangesAreSeenByAnotherProcess) {
  const auto other = open_store(folder_.url());
  ASSERT_TRUE(other);
  account::Directory directory;
  ASSERT_TRUE(directory.refresh(**other));
  EXPECT_EQ(directory.refresh(**other), false);

  account::Application app = samples::application();
  ASSERT_TRUE(store_->insert_application(app));
  EXPECT_EQ(directory.refresh(**other), true);
  ASSERT_TRUE(directory.by_sip_user(app.sip_user));

  app.name = "Desk";
  app.version = 2;
  ASSERT_TRUE(store_->update_application(app, 1));
  EXPECT_EQ(directory.refresh(**other), true);
  EXPECT_EQ(directory.by_id(app.id)->name, "Desk");

  ASSERT_TRUE(store_->delete_application("9900000", app.id, {}));
  EXPECT_EQ(directory.refresh(**other), true);
  EXPECT_FALSE(directory.by_id(app.id));
  EXPECT_NE(directory.snapshot()->account("9900000"), nullptr);
}

TEST_F(Applications, ARefusedWriteDoesNotMoveTheCounter) {
  ASSERT_TRUE(store_->insert_application(samples::application()));
  const auto before = store_->change_counter().value();
  EXPECT_EQ(store_->insert_application(samples::application()).error().code, Code::conflict);
  EXPECT_EQ(store_->change_counter().value(), before);
}

TEST(MemoryStore, IsAStoreToo) {
  const auto store = samples::open("sqlite::memory:");
  ASSERT_TRUE(store);
  ASSERT_TRUE(store->insert_application(samples::application()));
  EXPECT_THAT(store->changes_since(0)->applications, SizeIs(1));
  EXPECT_THAT(store->changes_since(0)->deleted_application_ids, IsEmpty());
}

}  // namespace
}  // namespace portico::store
