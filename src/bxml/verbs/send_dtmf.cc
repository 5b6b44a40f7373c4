#include "bxml/verbs/send_dtmf.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kCharactersMax = 50;

char upper(char c) { return c >= 'a' && c <= 'd' ? static_cast<char>(c - 0x20) : c; }

constexpr AttributeRow<SendDtmf> kAttributes[] = {
    {"toneDuration", milliseconds<&SendDtmf::tone_duration, 50, 5'000>},
    {"toneInterval", milliseconds<&SendDtmf::tone_interval, 50, 5'000>},
};

}  // namespace

void read(const Element& element, Reading& reading, SendDtmf& out) {
  read_attributes(element, reading, kAttributes, out);
  const auto text = required_text(element, reading);
  if (!text) return;
  const std::string_view digits = text->text();
  if (digits.find_first_not_of("0123456789*#abcdABCD,wW") != std::string_view::npos) {
    return text->refuse("must consist of 0-9, *, #, A-D and the pauses , w W");
  }
  if (digits.size() > kCharactersMax) {
    return text->refuse_unquoted("must be 1..50 characters long, but has " + std::to_string(digits.size()));
  }
  for (const char c : digits) out.digits += upper(c);
}

}  // namespace portico::bxml
