#pragma once
// What stands between an element's tags: nothing, one text, or child elements.

#include <optional>
#include <string_view>
#include <vector>

#include "bxml/read/reading.h"

namespace portico::bxml {

// True for every name of the contract, root verbs and child-only elements alike.
bool is_bxml_name(std::string_view name);

// `child` may not stand in `parent`: a fault that says whether it is unknown or misplaced.
void refuse_child(const Element& child, const Element& parent, Reading& reading);

// The child elements. Text between them is a fault.
std::vector<const Element*> children_of(const Element& element, Reading& reading);

// Neither text nor children.
void expect_empty(const Element& element, Reading& reading);

// The text, trimmed; children are a fault. Absent: blank.
std::optional<Value> text_of(const Element& element, Reading& reading);
// The same where the text is required: absent means that a fault was added.
std::optional<Value> required_text(const Element& element, Reading& reading);

}  // namespace portico::bxml
