#pragma once
// ";name=value" lists of header fields and URIs, as a view over the raw text. Iteration never allocates.

#include <optional>
#include <string_view>

namespace portico::sip {

struct Param {
  std::string_view name;
  std::string_view value;  // raw: a quoted string keeps its quotes (see message/escape.h)
  bool has_value = false;  // false: a flag such as ";lr"
};

// `raw` is what follows the first ';', without it. Separators inside quoted strings and "[...]" do not count.
// Names compare without regard to case; the first of two equal names counts.
class Params {
 public:
  Params() = default;
  explicit Params(std::string_view raw) : raw_(raw) {}

  std::string_view raw() const { return raw_; }
  bool empty() const { return raw_.empty(); }
  bool has(std::string_view name) const { return find(name).has_value(); }
  // The value; "" for a flag; nullopt when absent.
  std::optional<std::string_view> find(std::string_view name) const;
  // Takes the next parameter off `rest` (start with raw()); nullopt at the end.
  static std::optional<Param> next(std::string_view& rest);

 private:
  std::string_view raw_;
};

// Every parameter of a header field is `token [= token / host / quoted-string]`, blanks allowed around ';'
// and '='.
bool well_formed_params(std::string_view raw);

}  // namespace portico::sip
