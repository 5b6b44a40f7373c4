#pragma once
// What a handler of our HTTP server gets and gives. Plain values.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "http/headers.h"

namespace portico::http {

using NamedValues = std::vector<std::pair<std::string, std::string>>;  // in the order of the wire

// The first value of that name, or nothing.
std::optional<std::string_view> find_value(const NamedValues& values, std::string_view name);

struct Request {
  std::string method;  // "GET"; upper case as on the wire
  std::string target;  // as on the wire: "/a%20b?x=1"
  std::string path;    // percent-encoded still, without the query: "/a%20b"
  NamedValues query;   // decoded
  NamedValues params;  // {names} of the route that matched, decoded; filled by Router
  Headers headers;
  std::string body;  // at most limits::kHttpRequestBytesMax
  Endpoint remote;

  // Path parameter by name; empty when the route has none of that name.
  std::string_view param(std::string_view name) const { return find_value(params, name).value_or(""); }
  std::optional<std::string_view> query_value(std::string_view name) const { return find_value(query, name); }
};

// A body that is sent from a file in pieces. The server answers Range requests for it (RFC 9110 section 14)
// and gives 404 when it cannot be opened.
struct FileBody {
  std::filesystem::path path;
};

struct Response {
  int status = 200;
  Headers headers;  // Content-Length, Date, Server and Connection are written by the server
  std::string body;
  std::optional<FileBody> file;  // instead of `body`
};

// Runs on a worker thread and may block. An exception becomes 500.
using Handler = std::function<Response(const Request&)>;

// Answers made by the server and the router themselves: 400, 404, 405, 413, 431, 500, 503. `what` is one
// sentence for the client. For the server's own the request has no body, and is empty where its head could
// not be read or there was no place for the connection.
using ErrorPage = std::function<Response(const Request&, int status, std::string_view what)>;

// The Voice API's shape: {"type":"validation","description":"...","id":null} (contract voice-api.md section
// 1).
Response plain_error(const Request& request, int status, std::string_view what);

}  // namespace portico::http
