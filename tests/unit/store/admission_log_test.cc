#include "store/admission_log.h"

#include <gtest/gtest.h>

#include "account/scripted_store.h"
#include "store/samples.h"

namespace portico::store {
namespace {

class RecordingStore : public account::ScriptedStore {
 public:
  Result<void> write(std::span<const account::Write> batch) override {
    for (const auto& write : batch) taken.push_back(std::get<account::AdmissionRow>(write));
    return {};
  }
  std::vector<account::AdmissionRow> taken;  // read after WriteBehind::flush(), which orders it
};

class AdmissionLogTest : public ::testing::Test {
 protected:
  void give(AdmissionLog& log, std::string application, std::size_t from, std::size_t upto) {
    for (auto n = from; n < upto; ++n) {
      auto row = samples::admission();
      row.application_id = application;
      row.sip_call_id = std::to_string(n);
      log.add(std::move(row));
    }
  }
  std::vector<std::size_t> stored(std::string_view application) {
    EXPECT_TRUE(writes.flush(10s));
    std::vector<std::size_t> out;
    for (const auto& row : store.taken) {
      if (row.application_id == application) out.push_back(std::stoul(row.sip_call_id));
    }
    return out;
  }
  static std::vector<std::size_t> numbers(std::size_t from, std::size_t upto) {
    std::vector<std::size_t> out;
    for (auto n = from; n < upto; ++n) out.push_back(n);
    return out;
  }

  RecordingStore store;
  WriteBehind writes{store};
};

TEST_F(AdmissionLogTest, HandsFewDecisionsOverAtOnce) {
  AdmissionLog log(writes);
  give(log, "a", 0, AdmissionLog::kAtOnce);
  give(log, "b", 0, 1);
  EXPECT_EQ(stored("a"), numbers(0, AdmissionLog::kAtOnce));
  EXPECT_EQ(stored("b"), numbers(0, 1));
}

TEST_F(AdmissionLogTest, HandsTheNewestOfAFloodOverInOrder) {
  AdmissionLog log(writes);
  const std::size_t given = AdmissionLog::kAtOnce + 2 * limits::kAdmissionLogRowsMax + 7;
  give(log, "flooded", 0, given);
  give(log, "quiet", 0, 1);
  EXPECT_EQ(stored("flooded"), numbers(0, AdmissionLog::kAtOnce));
  EXPECT_EQ(stored("quiet"), numbers(0, 1));
  log.flush();
  auto expected = numbers(0, AdmissionLog::kAtOnce);
  for (const auto n : numbers(given - limits::kAdmissionLogRowsMax, given)) expected.push_back(n);
  EXPECT_EQ(stored("flooded"), expected);
}

TEST_F(AdmissionLogTest, HandsEachDecisionOverOnce) {
  AdmissionLog log(writes);
  const auto given = AdmissionLog::kAtOnce + 3;
  give(log, "a", 0, given);
  log.flush();
  log.flush();
  EXPECT_EQ(stored("a"), numbers(0, given));
  give(log, "a", given, given + 1);
  EXPECT_EQ(stored("a"), numbers(0, given + 1));
}

TEST_F(AdmissionLogTest, IsBoundedForAllApplicationsTogether) {
  AdmissionLog log(writes, 10);
  give(log, "a", 0, AdmissionLog::kAtOnce + 7);
  give(log, "b", 0, AdmissionLog::kAtOnce + 7);
  log.flush();
  EXPECT_EQ(stored("a").size() + stored("b").size(), 2 * AdmissionLog::kAtOnce + 10);
}

}  // namespace
}  // namespace portico::store
