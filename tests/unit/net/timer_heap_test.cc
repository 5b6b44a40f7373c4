#include "net/timer_heap.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::net {
namespace {

const TimePoint kStart(1h);

std::string run_all(TimerHeap& heap, TimePoint now, const std::string& log) {
  while (auto job = heap.take(now)) (*job)();
  return log;
}

TEST(TimerHeap, GivesTimersInTheOrderOfTheirDeadlines) {
  TimerHeap heap;
  std::string log;
  heap.add(kStart + 3s, [&] { log += 'c'; });
  heap.add(kStart + 1s, [&] { log += 'a'; });
  heap.add(kStart + 1s, [&] { log += 'b'; });
  EXPECT_EQ(heap.next(), kStart + 1s);
  run_all(heap, kStart + 2s, log);
  EXPECT_EQ(log, "ab") << "c is not due";
  run_all(heap, kStart + 3s, log);
  EXPECT_EQ(log, "abc");
  EXPECT_EQ(heap.next(), kNever);
}

TEST(TimerHeap, ForgetsCancelledTimersAndTheirMemory) {
  TimerHeap heap;
  int ran = 0;
  const auto kept = heap.add(kStart + 5s, [&] { ran += 100; });
  for (int round = 0; round < 50; ++round) {
    std::vector<async::TimerId> ids;
    for (int i = 0; i < 100; ++i) ids.push_back(heap.add(kStart + 32s, [&] { ++ran; }));
    for (const auto id : ids) heap.cancel(id);
  }
  EXPECT_EQ(heap.size(), 1U);
  EXPECT_LE(heap.heap_entries(), 128U) << "5,000 were made and cancelled";
  while (auto job = heap.take(kStart + 60s)) (*job)();
  EXPECT_EQ(ran, 100);
  heap.cancel(kept);
}

TEST(TimerHeap, AJobMayCancelOthersWhileItIsDestroyed) {
  struct CancelsOther {
    TimerHeap* heap;
    async::TimerId other;
    ~CancelsOther() { heap->cancel(other); }
  };
  TimerHeap heap;
  const auto other = heap.add(kStart, [] {});
  auto owned = std::make_shared<CancelsOther>(&heap, other);
  const auto id = heap.add(kStart, [owned = std::move(owned)] {});
  heap.cancel(id);
  EXPECT_EQ(heap.size(), 0U);
}

}  // namespace
}  // namespace portico::net
