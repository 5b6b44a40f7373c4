#include "bxml/parse.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/utf8.h"
#include "bxml/read/attributes.h"
#include "bxml/read/content.h"
#include "bxml/read/root_verbs.h"
#include "bxml/xml/cursor.h"
#include "bxml/xml/read_xml.h"

namespace portico::bxml {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kAnyApplication = "https://application.invalid/";

std::string_view kind_words(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::call:
      return "a call";
    case DocumentKind::transfer_answer:
      return "the called party of a transfer";
    case DocumentKind::conference:
      return "a conference";
  }
  return "";
}

// What can be said before the text is looked at as XML.
std::optional<Fault> unreadable(std::string_view text, std::size_t bytes) {
  if (bytes > limits::kBxmlBytesMax) {
    const std::size_t room = limits::kBxmlBytesMax - (bytes - text.size());
    return Fault{Cursor(text).at(room), "",
                 "the document is longer than " + std::to_string(limits::kBxmlBytesMax) + " bytes"};
  }
  const std::size_t bad = first_bad_utf8(text);
  // XML of no encoding that is taken holds one, and a NUL at the begin makes Expat read UTF-16.
  const std::size_t nul = text.find('\0');
  if (nul < bad) {
    return Fault{Cursor(text).at(nul), "",
                 "the document is not well-formed XML: a character is not allowed here"};
  }
  if (bad < text.size()) return Fault{Cursor(text).at(bad), "", "the document is not valid UTF-8"};
  return std::nullopt;
}

// The first that is one too many, in the order of the text; null: there is room for all.
const Element* find_excess(const std::vector<const Element*>& children) {
  std::size_t verbs = 0;
  const auto exceeds = [&](const Element& element) {
    return is_bxml_name(element.name) && ++verbs > limits::kBxmlVerbsMax;
  };
  for (const Element* child : children) {
    if (exceeds(*child)) return child;
    for (const Content& content : child->content) {
      if (content.element && exceeds(*content.element)) return content.element.get();
    }
  }
  return nullptr;
}

void read_verbs(const Element& root, DocumentKind kind, Reading& reading, Document& document) {
  for (const Attribute& attribute : root.attributes) warn_unknown(root, attribute, reading);
  const auto children = children_of(root, reading);
  if (const Element* excess = find_excess(children)) {
    return reading.refuse(
        {excess->at, excess->name,
         "is one too many, a document takes at most " + std::to_string(limits::kBxmlVerbsMax)});
  }
  // Growing by doubling would hold three times as much for a while; what is no verb needs no room.
  const auto known = [](const Element* child) { return find_root_verb(child->name) != nullptr; };
  document.verbs.reserve(static_cast<std::size_t>(std::ranges::count_if(children, known)));
  for (const Element* child : children) {
    const RootVerb* verb = find_root_verb(child->name);
    if (verb == nullptr) {
      refuse_child(*child, root, reading);
    } else if (!may_stand_in(verb->place, kind)) {
      reading.refuse(
          {child->at, child->name, "is not allowed in a document for " + std::string(kind_words(kind))});
    } else {
      document.verbs.push_back(verb->read(*child, reading));
    }
  }
}

// Faults end up in `reading`; the document is worth something only when there are none.
Document read_document(std::string_view text, const ParseContext& context, Reading& reading) {
  Document document;
  document.base_url = context.base_url;
  const std::size_t bytes = text.size();
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (context.empty_body_allowed && bytes <= limits::kBxmlBytesMax && is_blank(text)) return document;
  if (auto fault = unreadable(text, bytes)) {
    reading.refuse(*std::move(fault));
    return document;
  }
  auto root = read_xml(text);
  if (!root) {
    reading.refuse(std::move(root.error()));
  } else if ((*root)->name != "Response" && (*root)->name != "Bxml") {
    reading.refuse({(*root)->at, (*root)->name, "cannot be the root, that is <Response> or <Bxml>"});
  } else {
    read_verbs(**root, context.kind, reading, document);
  }
  document.warnings = reading.take_warnings();
  return document;
}

}  // namespace

Parsed parse(std::string_view text, const ParseContext& context) {
  Reading reading(context.base_url);
  Document document = read_document(text, context, reading);
  std::vector<Fault> faults = reading.take_faults();
  if (!faults.empty()) return tl::unexpected(std::move(faults.front()));
  return document;
}

std::vector<Fault> check(std::string_view text, const ParseContext& context) {
  Reading reading(context.base_url);
  (void)read_document(text, context, reading);
  return reading.take_faults();
}

std::vector<Fault> check(std::string_view text) {
  return check(text, {DocumentKind::call, std::string(kAnyApplication), false});
}

}  // namespace portico::bxml
