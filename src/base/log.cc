#include "base/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

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

constexpr std::string_view kNames[] = {"trace", "debug", "info", "warn", "error", "off"};

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escaped[8];
          std::snprintf(escaped, sizeof escaped, "\\u%04x",
                        static_cast<unsigned>(static_cast<unsigned char>(c)));
          out += escaped;
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

std::string as_json(Level level, std::string_view message, Fields fields) {
  std::string line = R"({"time":")" + to_iso8601(read_clocks().wall) + R"(","level":")";
  line += kNames[static_cast<int>(level)];
  line += R"(","message":)";
  append_json_string(line, message);
  for (const auto& field : fields) {
    line += ',';
    append_json_string(line, field.key);
    line += ':';
    append_json_string(line, field.value);
  }
  return line + '}';
}

std::string as_text(Level level, std::string_view message, Fields fields) {
  std::string line = to_iso8601(read_clocks().wall);
  line += ' ';
  line += kNames[static_cast<int>(level)];
  line += ' ';
  line += message;
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (field.value.find_first_of(" \"\\\n\r\t") != std::string::npos || field.value.empty()) {
      append_json_string(line, field.value);
    } else {
      line += field.value;
    }
  }
  return line;
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
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Level>(i);
  }
  return Level::info;
}

void write(Level level, std::string_view message, Fields fields) {
  if (!enabled(level)) return;
  auto& s = state();
  s.logger->log(spdlog::level::info,
                s.format == Format::json ? as_json(level, message, fields) : as_text(level, message, fields));
}

}  // namespace portico::log
