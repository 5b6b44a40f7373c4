#pragma once
// Documents of applications that answer without a backend: each text is parsed once, not once a call. A memo
// of bxml::parse, so what it gives depends on the arguments alone. One owner.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bxml/document.h"

namespace portico::call {

class InlineDocuments {
 public:
  // Beyond: all are forgotten, and parsed again when needed.
  static constexpr std::size_t kMax = 1'024;

  // Null unless the very text was kept for the application, and with this base URL.
  std::shared_ptr<const bxml::Document> find(const std::string& application_id, std::string_view text,
                                             std::string_view base_url) const;
  void keep(const std::string& application_id, std::string text,
            std::shared_ptr<const bxml::Document> document);
  std::size_t size() const { return by_application_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Kept {
    std::string text;
    std::shared_ptr<const bxml::Document> document;
    std::size_t bytes = 0;
  };
  std::unordered_map<std::string, Kept> by_application_;
  std::size_t bytes_ = 0;
};

}  // namespace portico::call
