#include "bxml/read/params.h"

#include <algorithm>
#include <utility>

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kParamsMax = 12;
constexpr std::size_t kNameCharactersMax = 256;
constexpr std::size_t kValueCharactersMax = 2'048;

struct PlacedParam : Param {
  Position at;
};

constexpr AttributeRow<PlacedParam> kAttributes[] = {
    {"name", bounded<&PlacedParam::name, 1, kNameCharactersMax>},
    {"value", bounded<&PlacedParam::value, 0, kValueCharactersMax>},
};

Param read_param(const Element& element, Reading& reading) {
  PlacedParam param;
  read_attributes(element, reading, kAttributes, param);
  for (const std::string_view attribute : {"name", "value"}) {
    if (element.find(attribute) == nullptr) require(element, attribute, reading);
  }
  expect_empty(element, reading);
  return {std::move(param.name), std::move(param.value)};
}

}  // namespace

std::vector<Param> read_params(const Element& element, std::string_view child_name, Reading& reading) {
  std::vector<Param> params;
  std::size_t count = 0;
  for (const Element* child : children_of(element, reading)) {
    if (child->name != child_name) {
      refuse_child(*child, element, reading);
      continue;
    }
    Param param = read_param(*child, reading);
    if (++count > kParamsMax) {
      reading.refuse({child->at, child->name, "is one too many, <" + element.name + "> takes at most 12"});
      break;
    }
    const auto same = std::ranges::find(params, param.name, &Param::name);
    if (same != params.end()) params.erase(same);
    params.push_back(std::move(param));
  }
  return params;
}

}  // namespace portico::bxml
