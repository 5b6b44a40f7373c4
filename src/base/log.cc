#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <new>

#include "base/log_line.h"
#include "base/time.h"

namespace portico::log {
namespace {

constexpr std::size_t kQueueLines = 8192;

struct State {
  std::shared_ptr<spdlog::logger> logger;
  Format format = Format::text;
  std::atomic<Level> level{Level::off};
};
State& state() {
  static auto* const instance = new State;
  return *instance;
}

}  // namespace

void start(Level level, Format format) {
  spdlog::init_thread_pool(kQueueLines, 1);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto& s = state();
  s.logger = std::make_shared<spdlog::async_logger>("portico", std::move(sink), spdlog::thread_pool(),
                                                    spdlog::async_overflow_policy::overrun_oldest);
  s.logger->set_pattern("%v");
  s.logger->set_level(spdlog::level::trace);
  s.logger->flush_on(spdlog::level::warn);
  s.format = format;
  s.level = level;
}

void stop() {
  auto& s = state();
  s.level = Level::off;
  if (s.logger) s.logger->flush();
  spdlog::shutdown();
}

void set_level(Level level) { state().level = level; }
bool enabled(Level level) { return level >= state().level.load(std::memory_order_relaxed); }

Level parse_level(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Level::off); ++i) {
    if (level_name(static_cast<Level>(i)) == name) return static_cast<Level>(i);
  }
  return Level::info;
}

void write(Level level, std::string_view message, Fields fields) {
  if (!enabled(level)) return;
  auto& s = state();
  try {
    s.logger->log(spdlog::level::info, write_line(s.format, read_clocks().wall, level, message, fields));
  } catch (const std::bad_alloc&) {  // many lines tell of that very thing: what they tell of goes on
  }
}

}  // namespace portico::log
