#include "speech/child_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

namespace portico::speech {
namespace {

using namespace std::chrono_literals;
constexpr ProcessLimits kRoomy{.time = 30s, .output_bytes_max = 10'000'000};

TEST(ChildProcess, GivesInputAndTakesOutput) {
  const auto end = run_process({"cat"}, std::string(1'000'000, 'x'), kRoomy, -1);
  ASSERT_TRUE(end) << end.error().what;
  EXPECT_TRUE(end->good());
  EXPECT_EQ(end->output, std::string(1'000'000, 'x'));
}

TEST(ChildProcess, PassesArgumentsWithoutAShell) {
  const auto end = run_process({"printf", "%s", "$HOME; `id` *"}, "", kRoomy, -1);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->output, "$HOME; `id` *");
}

TEST(ChildProcess, TellsHowItEnded) {
  EXPECT_EQ(run_process({"sh", "-c", "exit 3"}, "", kRoomy, -1)->exit_status, 3);
  const auto killed = run_process({"sh", "-c", "kill -9 $$"}, "unread input", kRoomy, -1);
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->signal, SIGKILL);
  EXPECT_FALSE(killed->good());
  EXPECT_EQ(run_process({"/nonexistent/engine"}, "", kRoomy, -1).error().code, Code::unavailable);
}

TEST(ChildProcess, SurvivesAProcessThatDoesNotRead) {
  const auto end = run_process({"true"}, std::string(5'000'000, 'x'), kRoomy, -1);
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->good());
}

TEST(ChildProcess, KillsWhatIsOverALimit) {
  EXPECT_EQ(run_process({"sleep", "60"}, "", {.time = 30ms, .output_bytes_max = 10}, -1).error().code,
            Code::timeout);
  EXPECT_EQ(run_process({"yes"}, "", {.time = 30s, .output_bytes_max = 100'000}, -1).error().code,
            Code::too_large);
  const int stop = ::eventfd(1, EFD_CLOEXEC);
  EXPECT_EQ(run_process({"sleep", "60"}, "", kRoomy, stop).error().code, Code::cancelled);
  ::close(stop);
}

TEST(ChildProcess, KillsWhatClosesItsOutputAndStays) {
  const std::vector<std::string> deaf{"sh", "-c", "exec >&-; sleep 1000"};
  EXPECT_EQ(run_process(deaf, "", {.time = 100ms, .output_bytes_max = 10}, -1).error().code, Code::timeout);
  const int stop = ::eventfd(0, EFD_CLOEXEC);
  std::thread stopper([stop] { ::eventfd_write(stop, 1); });
  EXPECT_EQ(run_process(deaf, "", {.time = 1h, .output_bytes_max = 10}, stop).error().code, Code::cancelled);
  stopper.join();
  ::close(stop);
}

TEST(ChildProcess, InheritsNothingButItsStreams) {
  const int leak = ::dup(STDOUT_FILENO);  // not close-on-exec
  const auto end = run_process({"sh", "-c", "ls /proc/self/fd | wc -l; env | sort"}, "", kRoomy, -1);
  ::close(leak);
  ASSERT_TRUE(end);
  // 0, 1, 2 and the directory that ls reads.
  EXPECT_EQ(end->output.substr(0, end->output.find('\n')), "4");
  EXPECT_NE(end->output.find("LC_ALL=C.UTF-8"), std::string::npos);
  EXPECT_EQ(end->output.find("HOME="), std::string::npos);
}

}  // namespace
}  // namespace portico::speech
