#pragma once
// One line a fact: a sentence and fields. Written to stderr as text or JSON by a thread of its own; a full
// queue drops the oldest lines and counts them, it never blocks the caller. Never hand a secret to a field.
// Any thread.

#include <initializer_list>
#include <string>
#include <string_view>

namespace portico::log {

enum class Level : unsigned char { trace, debug, info, warn, error, off };
enum class Format : unsigned char { text, json };

struct Field {
  std::string_view key;
  std::string value;
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  Field(std::string_view k, Number v) : key(k), value(std::to_string(v)) {}
};
using Fields = std::initializer_list<Field>;

void start(Level level, Format format);  // once, before other threads log
void stop();                             // writes what is queued
void set_level(Level level);
bool enabled(Level level);
Level parse_level(std::string_view name);  // unknown names give info

void write(Level level, std::string_view message, Fields fields = {});

inline void debug(std::string_view message, Fields fields = {}) { write(Level::debug, message, fields); }
inline void info(std::string_view message, Fields fields = {}) { write(Level::info, message, fields); }
inline void warn(std::string_view message, Fields fields = {}) { write(Level::warn, message, fields); }
inline void error(std::string_view message, Fields fields = {}) { write(Level::error, message, fields); }

}  // namespace portico::log
