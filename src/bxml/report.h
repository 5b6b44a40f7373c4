#pragma once
// Faults as sentences for people: the `errorMessage` of a disconnect event, an API's 400, `portico bxml
// FILE`.

#include <span>
#include <string>

#include "bxml/fault.h"

namespace portico::bxml {

// "line 3, column 17: <Gather> maxDigits must be 1..50, but was 99"
std::string describe(const Fault& fault);

// One line a fault, each after "<file>:" as compilers do: "menu.xml:3:17: <Gather> maxDigits must be 1..50,
// ..."
std::string describe(std::span<const Fault> faults, std::string_view file);

}  // namespace portico::bxml
