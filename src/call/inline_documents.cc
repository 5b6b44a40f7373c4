#include "call/inline_documents.h"

#include <utility>

#include "base/limits.h"

namespace portico::call {

std::shared_ptr<const bxml::Document> InlineDocuments::find(const std::string& application_id,
                                                            std::string_view text,
                                                            std::string_view base_url) const {
  const auto it = by_application_.find(application_id);
  if (it == by_application_.end() || it->second.text != text) return nullptr;
  return it->second.document->base_url == base_url ? it->second.document : nullptr;
}

void InlineDocuments::keep(const std::string& application_id, std::string text,
                           std::shared_ptr<const bxml::Document> document) {
  const auto bytes = text.size() + document->verbs.size() * sizeof(bxml::Verb);
  if (const auto former = by_application_.extract(application_id)) bytes_ -= former.mapped().bytes;
  if (bytes > limits::kInlineDocumentsBytesMax) return;
  if (by_application_.size() >= kMax || bytes_ + bytes > limits::kInlineDocumentsBytesMax) {
    by_application_.clear();
    bytes_ = 0;
  }
  bytes_ += bytes;
  by_application_[application_id] = {
      .text = std::move(text), .document = std::move(document), .bytes = bytes};
}

}  // namespace portico::call
