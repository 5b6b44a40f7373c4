#pragma once
// A Loop whose time moves only when it is told to: unit tests and the simulation run on it.

#include <deque>
#include <map>
#include <thread>
#include <utility>

#include "async/loop.h"

namespace portico::async {

class ManualLoop final : public Loop {
 public:
  explicit ManualLoop(TimePoint start = TimePoint(1h), WallTime wall_start = WallTime(Millis(1785574800000)));

  void post(Job job) override { jobs_.push_back(std::move(job)); }
  TimePoint now() const override { return now_; }
  WallTime wall() const override;
  TimerId call_at(TimePoint when, Job job) override;
  void cancel(TimerId id) override;
  bool on_owner_thread() const override { return true; }

  void run_ready();                // jobs, until none is left; time stands still
  void run_until(TimePoint when);  // moves time from timer to timer up to `when`
  void run_for(Duration span) { run_until(now_ + span); }
  TimePoint next_timer() const;  // kNever when there is none

 private:
  TimePoint now_;
  TimePoint start_;
  WallTime wall_start_;
  std::deque<Job> jobs_;
  std::map<std::pair<TimePoint, TimerId>, Job> timers_;
  std::map<TimerId, TimePoint> when_;
  TimerId next_id_ = 1;
};

}  // namespace portico::async
