#include "bxml/verbs/redirect.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr AttributeRow<Redirect> kAttributes[] = {
    {"redirectUrl", url<&Redirect::redirect>},
    {"redirectMethod", method<&Redirect::redirect>},
    {"redirectFallbackUrl", fallback_url<&Redirect::redirect>},
    {"redirectFallbackMethod", fallback_method<&Redirect::redirect>},
    {"username", username<&Redirect::redirect>},
    {"password", password<&Redirect::redirect>},
    {"fallbackUsername", fallback_username<&Redirect::redirect>},
    {"fallbackPassword", fallback_password<&Redirect::redirect>},
    {"tag", tag<&Redirect::tag>},
};

}  // namespace

void read(const Element& element, Reading& reading, Redirect& out) {
  read_attributes(element, reading, kAttributes, out);
  require(element, "redirectUrl", reading);
  expect_empty(element, reading);
}

}  // namespace portico::bxml
