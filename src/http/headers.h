#pragma once
// Header fields of a request or an answer: names compare without case (RFC 9110 section 5.1), order is kept.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace portico::http {

bool equal_names(std::string_view a, std::string_view b);  // ASCII, without case

class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  void set(std::string_view name, std::string value);  // replaces all of that name
  void erase(std::string_view name);

  std::string_view get(std::string_view name) const;  // the first of that name; empty when there is none
  bool has(std::string_view name) const;

  std::size_t size() const { return fields_.size(); }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<Field> fields_;
};

}  // namespace portico::http
