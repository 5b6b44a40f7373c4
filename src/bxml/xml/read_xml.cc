#include "bxml/xml/read_xml.h"

#include <expat.h>

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "bxml/xml/cursor.h"
#include "bxml/xml/start_tag.h"
#include "bxml/xml/syntax_fault.h"

namespace portico::bxml {
namespace {

// Takes Expat's events and builds the tree. Events come in the order of the text.
class Builder {
 public:
  explicit Builder(std::string_view text)
      : text_(text), cursor_(text), parser_(XML_ParserCreate("UTF-8"), &XML_ParserFree) {}

  tl::expected<std::unique_ptr<Element>, Fault> run();

 private:
  static void on_start(void* self, const XML_Char* name, const XML_Char** attributes);
  static void on_end(void* self, const XML_Char* name);
  static void on_text(void* self, const XML_Char* text, int length);
  static void on_other(void* self, const XML_Char* text, int length);

  // Runs what an event asks for. Expat is C: an exception must not pass through it, so it waits for run().
  template <class Work>
  void guard(Work work);

  std::size_t offset() const { return static_cast<std::size_t>(XML_GetCurrentByteIndex(parser_.get())); }
  // The element that is open, as faults tell it; empty outside of the root.
  std::string_view innermost() const {
    return open_.empty() ? std::string_view() : shown_name(open_.back()->name);
  }
  void stop(Fault fault);
  void open(std::string_view name, const XML_Char** attributes);
  void append(std::string_view text);
  Fault syntax_fault();

  std::string_view text_;
  Cursor cursor_;
  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  std::unique_ptr<Element> root_;
  std::vector<Element*> open_;
  std::optional<Fault> fault_;
  std::exception_ptr thrown_;
};

tl::expected<std::unique_ptr<Element>, Fault> Builder::run() {
  if (!parser_) return tl::unexpected(Fault{{}, "", "there is no memory to read the document"});
  XML_SetUserData(parser_.get(), this);
  XML_SetElementHandler(parser_.get(), &on_start, &on_end);
  XML_SetCharacterDataHandler(parser_.get(), &on_text);
  XML_SetDefaultHandler(parser_.get(), &on_other);
  const auto status = XML_Parse(parser_.get(), text_.data(), static_cast<int>(text_.size()), XML_TRUE);
  if (thrown_) std::rethrow_exception(thrown_);
  if (fault_) return tl::unexpected(*std::move(fault_));
  if (status != XML_STATUS_OK) return tl::unexpected(syntax_fault());
  return std::move(root_);
}

template <class Work>
void Builder::guard(Work work) {
  if (fault_ || thrown_) return;  // Expat may still deliver the event that is under way
  try {
    work();
  } catch (...) {
    thrown_ = std::current_exception();
    XML_StopParser(parser_.get(), XML_FALSE);
  }
}

void Builder::on_start(void* self, const XML_Char* name, const XML_Char** attributes) {
  auto& builder = *static_cast<Builder*>(self);
  builder.guard([&] { builder.open(name, attributes); });
}

void Builder::on_end(void* self, const XML_Char* /*name*/) {
  auto& open = static_cast<Builder*>(self)->open_;
  if (!open.empty()) open.pop_back();
}

void Builder::on_text(void* self, const XML_Char* text, int length) {
  auto& builder = *static_cast<Builder*>(self);
  builder.guard([&] { builder.append({text, static_cast<std::size_t>(length)}); });
}

// Whatever has no handler of its own: comments, declarations, and the first token of a DOCTYPE.
void Builder::on_other(void* self, const XML_Char* text, int length) {
  auto& builder = *static_cast<Builder*>(self);
  if (!std::string_view(text, static_cast<std::size_t>(length)).starts_with("<!DOCTYPE")) return;
  builder.guard(
      [&] { builder.stop({builder.cursor_.at(builder.offset()), "", "a DOCTYPE is not allowed"}); });
}

void Builder::stop(Fault fault) {
  fault_ = std::move(fault);
  XML_StopParser(parser_.get(), XML_FALSE);
}

void Builder::open(std::string_view name, const XML_Char** attributes) {
  const std::size_t tag = offset();
  auto element = std::make_unique<Element>();
  element->name = name;
  element->at = cursor_.at(tag);
  if (open_.size() >= limits::kBxmlDepthMax) {
    return stop({element->at, std::string(shown_name(name)),
                 "is nested deeper than " + std::to_string(limits::kBxmlDepthMax) + " elements"});
  }
  const std::vector<std::size_t> offsets = attribute_offsets(text_, tag);
  for (std::size_t i = 0; attributes[2 * i] != nullptr; ++i) {
    const Position at = i < offsets.size() ? cursor_.at(offsets[i]) : element->at;
    element->attributes.push_back({attributes[2 * i], attributes[2 * i + 1], at});
  }
  Element* const opened = element.get();
  if (open_.empty()) {
    root_ = std::move(element);
  } else {
    open_.back()->content.push_back({"", opened->at, false, std::move(element)});
  }
  open_.push_back(opened);
}

void Builder::append(std::string_view text) {
  if (open_.empty()) return;
  auto& content = open_.back()->content;
  const bool continued = !content.empty() && !content.back().element;
  if (!continued) content.push_back({});
  Content& run = content.back();
  const bool blank = is_blank(text);
  if (run.text.empty() || (run.blank && !blank)) {
    // A chunk is either one reference or stands in the source as it is, so that each white space before is a
    // byte.
    run.at = cursor_.at(offset() + (blank ? 0 : text.find_first_not_of(kWhiteSpace)));
  }
  run.blank = run.blank && blank;
  run.text += text;
}

Fault Builder::syntax_fault() {
  const auto index = XML_GetCurrentByteIndex(parser_.get());
  const std::size_t at = index < 0 ? text_.size() : static_cast<std::size_t>(index);
  SyntaxFault fault = explain_syntax(XML_GetErrorCode(parser_.get()), text_, at, innermost());
  if (innermost().empty() && fault.reason.starts_with("is ")) fault.reason = "the document " + fault.reason;
  return {cursor_.at(fault.offset), std::string(innermost()), std::move(fault.reason)};
}

}  // namespace

tl::expected<std::unique_ptr<Element>, Fault> read_xml(std::string_view text) { return Builder(text).run(); }

}  // namespace portico::bxml
