#include "bxml/verbs/transfer.h"

#include "bxml/read/caller.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kTargetsMax = 8;
constexpr std::string_view kPhoneNumber = "PhoneNumber";
constexpr std::string_view kSipUri = "SipUri";

constexpr AttributeRow<TransferTarget> kTargetAttributes[] = {
    {"transferAnswerUrl", url<&TransferTarget::answer>},
    {"transferAnswerMethod", method<&TransferTarget::answer>},
    {"transferAnswerFallbackUrl", fallback_url<&TransferTarget::answer>},
    {"transferAnswerFallbackMethod", fallback_method<&TransferTarget::answer>},
    {"transferDisconnectUrl", url<&TransferTarget::disconnect>},
    {"transferDisconnectMethod", method<&TransferTarget::disconnect>},
    {"username", username<&TransferTarget::answer, &TransferTarget::disconnect>},
    {"password", password<&TransferTarget::answer, &TransferTarget::disconnect>},
    {"fallbackUsername", fallback_username<&TransferTarget::answer>},
    {"fallbackPassword", fallback_password<&TransferTarget::answer>},
    {"tag", tag<&TransferTarget::tag>},
    {"uui", uui<&TransferTarget::uui>},
};

constexpr AttributeRow<Transfer> kAttributes[] = {
    {"transferCallerId", caller_number<&Transfer::caller_id>},
    {"privacy", boolean<&Transfer::privacy>},
    {"transferCallerDisplayName", display_name<&Transfer::caller_display_name>},
    {"callTimeout", seconds<&Transfer::call_timeout, 1'000, 300'000>},
    {"transferCompleteUrl", url<&Transfer::complete>},
    {"transferCompleteMethod", method<&Transfer::complete>},
    {"transferCompleteFallbackUrl", fallback_url<&Transfer::complete>},
    {"transferCompleteFallbackMethod", fallback_method<&Transfer::complete>},
    {"username", username<&Transfer::complete>},
    {"password", password<&Transfer::complete>},
    {"fallbackUsername", fallback_username<&Transfer::complete>},
    {"fallbackPassword", fallback_password<&Transfer::complete>},
    {"tag", tag<&Transfer::tag>},
    {"diversionTreatment", diversion_treatment<&Transfer::diversion>},
    {"diversionReason", diversion_reason<&Transfer::diversion>},
};

TransferTarget read_target(const Element& element, Reading& reading) {
  TransferTarget target;
  target.kind = element.name == kSipUri ? TransferTarget::Kind::sip_uri : TransferTarget::Kind::phone_number;
  read_attributes(element, reading, kTargetAttributes, target);
  if (const auto text = required_text(element, reading)) {
    if (target.kind == TransferTarget::Kind::sip_uri) {
      text->sip_uri(target.to);
    } else {
      text->phone_number(target.to);
    }
  }
  return target;
}

}  // namespace

void read(const Element& element, Reading& reading, Transfer& out) {
  read_attributes(element, reading, kAttributes, out);
  settle_caller(element, reading, "transferCallerDisplayName",
                {out.caller_id, out.privacy, out.caller_display_name});
  std::size_t count = 0;
  for (const Element* child : children_of(element, reading)) {
    if (child->name != kPhoneNumber && child->name != kSipUri) {
      refuse_child(*child, element, reading);
      continue;
    }
    out.targets.push_back(read_target(*child, reading));
    if (++count == kTargetsMax + 1) {
      reading.refuse({child->at, child->name, "is one too many, <Transfer> takes at most 8"});
    }
  }
  if (count == 0) reading.refuse({element.at, element.name, "needs at least one <PhoneNumber> or <SipUri>"});
}

}  // namespace portico::bxml
