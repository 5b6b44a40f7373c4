#include "calls/flow.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>

namespace portico::calls {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

Result<Millis> parse_time(std::string_view text) {
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error == std::errc() && unit == "ms") return Millis(number);
  if (error == std::errc() && unit == "s") return Millis(number * 1000);
  return fail(Code::invalid, "a time such as 40ms or 3s is missing");
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream rest(list);
  for (std::string item; std::getline(rest, item, ',');) {
    item = trimmed(item);
    items.push_back(item.starts_with("expect ") ? trimmed(item.substr(7)) : item);
  }
  return items;
}

Result<void> read_given(std::string_view text, Flow& flow) {
  std::istringstream words{std::string(text)};
  for (std::string key, value; words >> key >> value;) {
    if (key == "region")
      flow.region = value;
    else if (key == "allow")
      flow.allow = value;
    else if (key == "password")
      flow.password = value == "yes";
    else if (key == "role")
      flow.caller = value == "caller";
    else if (key == "rate")
      flow.rate = static_cast<std::uint32_t>(std::strtoul(value.c_str(), nullptr, 10));
    else if (key == "calls")
      flow.calls = std::strtoul(value.c_str(), nullptr, 10);
    else if (key == "account-calls")
      flow.account_calls = static_cast<std::uint32_t>(std::strtoul(value.c_str(), nullptr, 10));
    else if (key == "tls")
      flow.require_tls = value == "required";
    else if (key == "hide")
      flow.hide = value == "yes";
    else if (key == "memory")
      flow.no_memory = value == "none";
    else if (key == "listens")
      flow.listens.push_back(value);
    else if (key == "backend") {
      const auto time = parse_time(value);
      if (!time) return fail(time.error());
      flow.backend = *time;
    } else if (key != "application") {
      return fail(Code::invalid, "unknown word after given: " + key);
    }
  }
  return {};
}

Result<Step> read_step(std::string_view text, Millis last, bool indented) {
  Step step;
  auto rest = trimmed(text);
  if (indented) {
    step.at = last + 500ms;
  } else {
    const auto end = rest.find(' ');
    const auto time = parse_time(rest.substr(0, end));
    if (!time) return fail(time.error());
    step.at = *time;
    rest = end == std::string::npos ? std::string() : trimmed(rest.substr(end));
  }
  if (rest.starts_with("expect ")) {
    step.items = split(rest);
    return step;
  }
  const auto arrow = rest.find(" -> ");
  if (arrow == std::string::npos) return fail(Code::invalid, "neither `expect` nor `ADDRESS -> REQUEST`");
  step.from = trimmed(rest.substr(0, arrow));
  step.items = split(rest.substr(arrow + 4));
  return step;
}

}  // namespace

namespace {

// A line that is no step of its own. False: it is one.
Result<bool> read_frame(const std::string& line, Flow& flow) {
  const auto text = trimmed(line);
  if (text.empty()) return true;
  if (line.starts_with("given")) {
    const auto read = read_given(std::string_view(line).substr(5), flow);
    if (!read) return fail(read.error());
    return true;
  }
  if (line.starts_with("document ")) {
    flow.document = trimmed(line.substr(9));
    return true;
  }
  if (!text.starts_with("| ")) return false;
  if (flow.steps.empty()) return fail(Code::invalid, "a header without a message before it");
  flow.steps.back().headers.push_back(trimmed(text.substr(2)));
  return true;
}

}  // namespace

Result<Flow> parse_flow(std::string_view text) {
  Flow flow;
  Millis last{0};
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line = line.substr(0, line.find('#'));
    const auto framed = read_frame(line, flow);
    if (!framed) return fail(framed.error().code, std::to_string(number) + ": " + framed.error().what);
    if (*framed) continue;
    const bool indented = line.front() == ' ';
    auto step = read_step(line, last, indented);
    if (!step) return fail(step.error().code, std::to_string(number) + ": " + step.error().what);
    step->line = number;
    if (!indented) last = step->at;
    flow.steps.push_back(std::move(*step));
  }
  // An expectation without a time does not wait into the next step.
  for (std::size_t i = 0; i + 1 < flow.steps.size(); ++i) {
    flow.steps[i].at = std::min(flow.steps[i].at, flow.steps[i + 1].at);
  }
  return flow;
}

}  // namespace portico::calls
