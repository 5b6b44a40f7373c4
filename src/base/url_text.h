#pragma once
// A URL's text as Boost.URL reads it rightly. Boost 1.81 takes four numbers at the begin of a host for an
// IPv4 address whatever follows them, and the rest of "203.0.113.7.sslip.io" for a path. By RFC 3986
// section 3.2.2 it is a name, and people without a domain of their own use such names.

#include <string>
#include <string_view>

namespace portico {

class UrlText {
 public:
  // A URL or a relative reference, well-formed or not. The text must outlive this.
  explicit UrlText(std::string_view text);
  // What stands between "//" and the path, as in a Host field.
  static UrlText of_authority(std::string_view text);

  UrlText(const UrlText&) = delete;
  UrlText& operator=(const UrlText&) = delete;

  // The text itself, or a copy of the same length in which such a name begins with a letter. It lives as long
  // as this.
  std::string_view parsable() const { return copy_.empty() ? text_ : copy_; }
  // The same range of the text for `part`, an empty view or one into parsable().
  std::string_view original(std::string_view part) const;

 private:
  UrlText(std::string_view text, std::string_view authority);

  std::string_view text_;
  std::string copy_;  // empty: the text serves
};

}  // namespace portico
