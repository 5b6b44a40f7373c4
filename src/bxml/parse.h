#pragma once
// Text to Document: the one door (contract bxml.md section 1). The whole document is validated before
// anything is returned; a document with one bad verb is refused. Pure functions, any thread. Hostile input is
// expected: size, depth, URL length and the number of verbs are bounded, a DOCTYPE is refused, so no entity
// but the five of XML itself is ever expanded.

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "bxml/document.h"
#include "bxml/fault.h"

namespace portico::bxml {

// Who will run the document decides which verbs it may hold (contract section 1.4).
enum class DocumentKind : unsigned char { call, transfer_answer, conference };

struct ParseContext {
  DocumentKind kind = DocumentKind::call;
  // Where the document was fetched from, after redirects. For a pushed document: the URL of the call's last
  // fetched one. Empty: a relative URL is a fault.
  std::string base_url;
  // A webhook may reply with an empty body, which is an empty document (contract B4). Blank counts as empty.
  bool empty_body_allowed = false;
};

class [[nodiscard]] Parsed : public tl::expected<Document, Fault> {
 public:
  using tl::expected<Document, Fault>::expected;
};

// The document, or its first fault in the order of the text.
Parsed parse(std::string_view text, const ParseContext& context);

// Every fault in the order of the text, at most limits::kBxmlFaultsMax; empty: the document is good. What is
// not well-formed yields one fault, since nothing behind it can be understood.
std::vector<Fault> check(std::string_view text, const ParseContext& context);
// The same for a document that some application will serve: for a call, relative URLs are fine.
std::vector<Fault> check(std::string_view text);

}  // namespace portico::bxml
