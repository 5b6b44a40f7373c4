#include "bxml/verbs/bridge.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr AttributeRow<Bridge> kAttributes[] = {
    {"bridgeCompleteUrl", url<&Bridge::complete>},
    {"bridgeCompleteMethod", method<&Bridge::complete>},
    {"bridgeCompleteFallbackUrl", fallback_url<&Bridge::complete>},
    {"bridgeCompleteFallbackMethod", fallback_method<&Bridge::complete>},
    {"bridgeTargetCompleteUrl", url<&Bridge::target_complete>},
    {"bridgeTargetCompleteMethod", method<&Bridge::target_complete>},
    {"bridgeTargetCompleteFallbackUrl", fallback_url<&Bridge::target_complete>},
    {"bridgeTargetCompleteFallbackMethod", fallback_method<&Bridge::target_complete>},
    {"username", username<&Bridge::complete, &Bridge::target_complete>},
    {"password", password<&Bridge::complete, &Bridge::target_complete>},
    {"fallbackUsername", fallback_username<&Bridge::complete, &Bridge::target_complete>},
    {"fallbackPassword", fallback_password<&Bridge::complete, &Bridge::target_complete>},
    {"tag", tag<&Bridge::tag>},
};

}  // namespace

void read(const Element& element, Reading& reading, Bridge& out) {
  read_attributes(element, reading, kAttributes, out);
  if (const auto text = required_text(element, reading)) out.target_call_id = text->text();
}

}  // namespace portico::bxml
