#include "portico/demo_routes.h"

#include "http/json.h"

namespace portico::app {
namespace {

http::Response say_digit_back(const http::Request& request) {
  std::string digits;
  if (const auto event = http::parse_json(request.body); event && event->is_object()) {
    if (const auto* found = event->as_object().if_contains("digits");
        found != nullptr && found->is_string()) {
      digits = found->as_string();
    }
  }
  // Digits come from a telephone keypad, but the request may come from anybody.
  const bool one_key =
      digits.size() == 1 && digits.find_first_not_of("0123456789*#ABCD") == std::string::npos;
  const auto words = one_key ? "You pressed <say-as interpret-as=\"characters\">" + digits + "</say-as>."
                             : std::string("You pressed no digit.");
  http::Response response;
  response.headers.set("Content-Type", "application/xml; charset=utf-8");
  response.body = "<Response><SpeakSentence>" + words + " Goodbye.</SpeakSentence></Response>";
  return response;
}

}  // namespace

void add_demo_routes(http::Router& router) { router.add("POST", "/demo/digit", say_digit_back); }

}  // namespace portico::app
