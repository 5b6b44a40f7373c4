#include "bxml/report.h"

#include <string>

namespace portico::bxml {
namespace {

std::string sentence(const Fault& fault) {
  return fault.element.empty() ? fault.reason : "<" + fault.element + "> " + fault.reason;
}

}  // namespace

std::string describe(const Fault& fault) {
  return "line " + std::to_string(fault.at.line) + ", column " + std::to_string(fault.at.column) + ": " +
         sentence(fault);
}

std::string describe(std::span<const Fault> faults, std::string_view file) {
  std::string lines;
  for (const Fault& fault : faults) {
    lines += file;
    lines += ":" + std::to_string(fault.at.line) + ":" + std::to_string(fault.at.column) + ": " +
             sentence(fault) + "\n";
  }
  return lines;
}

}  // namespace portico::bxml
