#pragma once
// How a line of the log is written. Values may be what strangers sent: whatever they hold, they make no
// second line, no other field and no command to a terminal, and the line is UTF-8.

#include <string>
#include <string_view>

#include "base/log.h"
#include "base/time.h"

namespace portico::log {

std::string_view level_name(Level level);
std::string write_line(Format format, WallTime when, Level level, std::string_view message, Fields fields);

}  // namespace portico::log
