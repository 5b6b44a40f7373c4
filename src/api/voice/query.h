#pragma once
// Query parameters of the Voice API's lists.

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "http/message.h"

namespace portico::api {

// Reads parameters of one request; the first that is wrong is kept for the 400.
class VoiceQuery {
 public:
  explicit VoiceQuery(const http::Request& request) : request_(request) {}

  std::optional<std::string> text(std::string_view name) const;
  std::optional<WallTime> time(std::string_view name);
  std::size_t number(std::string_view name, std::size_t low, std::size_t high, std::size_t fallback);

  const std::optional<std::string>& wrong() const { return wrong_; }

 private:
  void note(std::string what);

  const http::Request& request_;
  std::optional<std::string> wrong_;
};

}  // namespace portico::api
