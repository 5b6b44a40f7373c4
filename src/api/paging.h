#pragma once
// Lists of the envelope APIs: ?limit= and ?afterCursor= in, `page` and the link to the next page out
// (contract voice-applications.md section 3).

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "account/store.h"
#include "api/json_answer.h"
#include "http/message.h"

namespace portico::api {

struct PageQuery {
  account::PageRequest request;
  std::uint64_t number = 1;  // of the page asked for
};

// Faults are added to `wrong`.
PageQuery read_page_query(const http::Request& request, std::vector<Problem>& wrong);

struct PageOf {
  boost::json::array data;
  std::string next;                    // the store's cursor; empty: the last page
  std::optional<std::uint64_t> total;  // of the whole list, if it is counted
};
http::Response page_answer(const http::Request& request, const PageQuery& query, PageOf page);

}  // namespace portico::api
