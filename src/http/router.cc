#include "http/router.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <vector>

#include "http/url.h"

namespace portico::http {

// A tree of path segments. Each node may be the end of several routes, one a method.
struct Router::Node {
  struct Route {
    std::string pattern;
    std::vector<std::string> names;  // of the parameters, in order
    Handler handler;
  };

  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  std::map<std::string, Route, std::less<>> here;  // by method
  std::map<std::string, Route, std::less<>> rest;  // {name...}

  using Captured = std::vector<std::string_view>;
  struct Found {
    const std::map<std::string, Route, std::less<>>* routes = nullptr;
    Captured captured;
  };
  bool find(std::string_view path, Found& found) const;
};

namespace {

// "/a/b" gives "a" and leaves "/b". `path` is empty or begins with a slash.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

// Depth-first, literals first, so the most exact route wins. The depth is that of the routes, not of the
// path.
bool Router::Node::find(std::string_view path, Found& found) const {
  if (path.empty()) {
    if (here.empty()) return false;
    found.routes = &here;
    return true;
  }
  auto tail = path;
  const auto segment = take_segment(tail);
  // As it came: who guards a path before (api/gate.h) must not see another one than this.
  if (const auto it = literals.find(segment); it != literals.end()) {
    if (it->second->find(tail, found)) return true;
  }
  if (parameter && !segment.empty()) {
    found.captured.push_back(segment);
    if (parameter->find(tail, found)) return true;
    found.captured.pop_back();
  }
  if (rest.empty()) return false;
  found.captured.push_back(path.substr(1));
  found.routes = &rest;
  return true;
}

Router::Router(ErrorPage errors) : root_(std::make_unique<Node>()), errors_(std::move(errors)) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  assert(!pattern.empty() && pattern.front() == '/');
  Node::Route route{.pattern = std::string(pattern), .handler = std::move(handler)};
  Node* node = root_.get();
  bool takes_rest = false;
  for (auto left = pattern; !left.empty();) {
    assert(!takes_rest && "{name...} must be the last segment");
    const auto segment = take_segment(left);
    if (!is_parameter(segment)) {
      auto& child = node->literals[std::string(segment)];
      if (!child) child = std::make_unique<Node>();
      node = child.get();
      continue;
    }
    auto name = segment.substr(1, segment.size() - 2);
    takes_rest = name.ends_with("...");
    if (takes_rest) name.remove_suffix(3);
    route.names.emplace_back(name);
    if (takes_rest) continue;
    if (!node->parameter) node->parameter = std::make_unique<Node>();
    node = node->parameter.get();
  }
  auto& routes = takes_rest ? node->rest : node->here;
  [[maybe_unused]] const bool added = routes.emplace(std::string(method), std::move(route)).second;
  assert(added && "a route is added once");
}

Response Router::route(Request request) const {
  Node::Found found;
  if (!request.path.starts_with('/') || !root_->find(request.path, found)) {
    return errors_(request, 404, "There is nothing at this path");
  }
  auto it = found.routes->find(request.method);
  if (it == found.routes->end() && request.method == "HEAD") it = found.routes->find("GET");
  if (it == found.routes->end()) {
    auto refusal = errors_(request, 405, "This path does not take the method " + request.method);
    std::string allow;
    for (const auto& [method, unused] : *found.routes) allow += (allow.empty() ? "" : ", ") + method;
    refusal.headers.set("Allow", std::move(allow));
    return refusal;
  }
  const auto& route = it->second;
  for (std::size_t i = 0; i < route.names.size(); ++i) {
    request.params.emplace_back(route.names[i], percent_decode(found.captured[i]));
  }
  return route.handler(request);
}

std::string_view Router::pattern_of(std::string_view path) const {
  Node::Found found;
  if (!path.starts_with('/') || !root_->find(path, found)) return {};
  return found.routes->begin()->second.pattern;
}

}  // namespace portico::http
