#include "bxml/verbs/forward.h"

#include "bxml/read/caller.h"
#include "bxml/read/destination.h"

namespace portico::bxml {
namespace {

void to(Forward& verb, const Value& value) {
  if (is_blank(value.text())) return;
  if (!is_phone_number(value.text()) && !is_sip_uri(value.text())) {
    return value.refuse("must be an E.164 number or a SIP URI");
  }
  verb.to = value.text();
}

constexpr AttributeRow<Forward> kAttributes[] = {
    {"to", to},
    {"from", caller_number<&Forward::from>},
    {"privacy", boolean<&Forward::privacy>},
    {"callerDisplayName", display_name<&Forward::caller_display_name>},
    {"callTimeout", seconds<&Forward::call_timeout, 1'000, 300'000>},
    {"diversionTreatment", diversion_treatment<&Forward::diversion>},
    {"diversionReason", diversion_reason<&Forward::diversion>},
    {"uui", uui<&Forward::uui>},
};

}  // namespace

void read(const Element& element, Reading& reading, Forward& out) {
  read_attributes(element, reading, kAttributes, out);
  require(element, "to", reading);
  settle_caller(element, reading, "callerDisplayName", {out.from, out.privacy, out.caller_display_name});
  if (!out.uui.empty() && is_phone_number(out.to)) {
    reading.warn({element.find("uui")->at, element.name, "uui goes to a SIP URI only, it is ignored"});
    out.uui.clear();
  }
  expect_empty(element, reading);
}

}  // namespace portico::bxml
