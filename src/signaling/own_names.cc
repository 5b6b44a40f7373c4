#include "signaling/own_names.h"

#include <algorithm>

namespace portico::signaling {

std::string node_label(std::string_view node) {
  std::string label(node.substr(0, node.find('.')));
  const auto unfit = [](char c) {
    return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-';
  };
  std::replace_if(label.begin(), label.end(), unfit, '-');
  return label;
}

}  // namespace portico::signaling
