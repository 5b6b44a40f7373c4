#include "api/paging.h"

#include <boost/json.hpp>
#include <charconv>

#include "http/url.h"

namespace portico::api {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kLimitMax = 1000;

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

// The request's own query with the cursor of another page.
std::string link_to(const http::Request& request, const std::string& cursor) {
  http::NamedValues query;
  for (const auto& [name, value] : request.query) {
    if (name != "afterCursor") query.emplace_back(name, value);
  }
  if (!cursor.empty()) query.emplace_back("afterCursor", cursor);
  return query.empty() ? request.path : request.path + "?" + http::write_query(query);
}

json::object link(std::string href, std::string_view rel) {
  return {{"href", std::move(href)}, {"rel", rel}, {"method", "GET"}};
}

}  // namespace

PageQuery read_page_query(const http::Request& request, std::vector<Problem>& wrong) {
  PageQuery query;
  if (const auto text = request.query_value("limit")) {
    const auto limit = whole_number(*text);
    if (limit && *limit >= 1 && *limit <= kLimitMax) {
      query.request.limit = *limit;
    } else {
      wrong.push_back({"limit must be within the range [1, 1000]", "parameter", "limit"});
    }
  }
  // "3~cursor": the cursor of the store and the number of the page that begins there.
  if (const auto text = request.query_value("afterCursor"); text && !text->empty()) {
    const auto tilde = text->find('~');
    const auto number = whole_number(text->substr(0, tilde));
    if (tilde == std::string_view::npos || !number || *number < 2) {
      wrong.push_back({"afterCursor is not a cursor that this list gave", "parameter", "afterCursor"});
    } else {
      query.number = *number;
      query.request.after = std::string(text->substr(tilde + 1));
    }
  }
  return query;
}

http::Response page_answer(const http::Request& request, const PageQuery& query, PageOf page) {
  json::array links{
      link(link_to(request, std::string(request.query_value("afterCursor").value_or(""))), "self")};
  if (!page.next.empty()) {
    links.push_back(link(link_to(request, std::to_string(query.number + 1) + "~" + page.next), "next"));
  }
  json::object shape{{"pageSize", query.request.limit}, {"pageNumber", query.number}};
  if (page.total) {
    shape["totalElements"] = *page.total;
    shape["totalPages"] = (*page.total + query.request.limit - 1) / query.request.limit;
  }
  const json::object body{{"links", std::move(links)},
                          {"data", std::move(page.data)},
                          {"errors", json::array()},
                          {"page", std::move(shape)}};
  return json_answer(200, body, "application/json");
}

}  // namespace portico::api
