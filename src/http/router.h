#pragma once
// Finds the handler of a request by method and path. Routes are added before the server starts; route() may
// be called from any thread after that.

#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace portico::http {

class Router {
 public:
  explicit Router(ErrorPage errors = plain_error);
  ~Router();
  Router(Router&&) noexcept;

  // `pattern`: "/v2/accounts/{accountId}/calls/{callId}"; {name} stands for one non-empty segment,
  // "{name...}" as the last one for the rest of the path, slashes included, also empty. A literal segment
  // wins over a parameter. GET also answers HEAD (the server leaves the body out). The pattern must be
  // well-formed and new: asserted.
  void add(std::string_view method, std::string_view pattern, Handler handler);

  // 404 when no pattern has the path, 405 with Allow when one has, but not for this method.
  Response route(Request request) const;

  // The pattern that a path belongs to, for metrics: bounded in number, unlike paths. Empty when there is
  // none.
  std::string_view pattern_of(std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  ErrorPage errors_;
};

}  // namespace portico::http
