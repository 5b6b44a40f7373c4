#include "bxml/read/reading.h"

#include <algorithm>
#include <tuple>

#include "base/limits.h"
#include "base/utf8.h"
#include "bxml/read/decimal.h"
#include "bxml/read/destination.h"
#include "bxml/read/uui.h"
#include "bxml/url.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kQuotedCharactersMax = 40;
constexpr std::size_t kCredentialCharactersMax = 1'024;
constexpr std::string_view kPlain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-._";

std::vector<Fault> in_order(std::vector<Fault> faults) {
  std::ranges::sort(faults, {}, [](const Fault& f) { return std::tie(f.at, f.element, f.reason); });
  if (faults.size() > limits::kBxmlFaultsMax) faults.resize(limits::kBxmlFaultsMax);
  return faults;
}

// The first kBxmlFaultsMax by their place are what is told: of others no more than that is kept, whatever a
// document has of them.
void keep(Fault fault, std::vector<Fault>& faults) {
  fault.element.resize(shown_name(fault.element).size());
  if (faults.size() == 2 * limits::kBxmlFaultsMax) faults = in_order(std::move(faults));
  faults.push_back(std::move(fault));
}

std::string bounds_text(Millis min, Millis max) {
  return decimal_text(min.count()) + ".." + decimal_text(max.count());
}

}  // namespace

void Reading::refuse(Fault fault) { keep(std::move(fault), faults_); }
void Reading::warn(Fault warning) { keep(std::move(warning), warnings_); }
std::vector<Fault> Reading::take_faults() { return in_order(std::exchange(faults_, {})); }
std::vector<Fault> Reading::take_warnings() { return in_order(std::exchange(warnings_, {})); }

std::string quoted(std::string_view value) {
  std::string shown(first_characters(value, kQuotedCharactersMax));
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  if (shown.size() < value.size()) shown += "...";
  const bool plain = !shown.empty() && shown.find_first_not_of(kPlain) == std::string::npos;
  return plain ? shown : "\"" + shown + "\"";
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

Value::Value(const Element& element, const Attribute& attribute, Reading& reading)
    : element_(element),
      label_(attribute.name),
      text_(attribute.value),
      at_(attribute.at),
      reading_(reading) {}

Value::Value(const Element& element, std::string text, Position at, Reading& reading)
    : element_(element), label_("text"), text_(std::move(text)), at_(at), reading_(reading) {}

void Value::refuse(std::string_view rule) const {
  refuse_unquoted(std::string(rule) + ", but was " + quoted(text_));
}

void Value::refuse_unquoted(std::string_view rule) const {
  reading_.refuse({at_, element_.name, std::string(label_) + " " + std::string(rule)});
}

void Value::warn(std::string_view remark) const {
  reading_.warn({at_, element_.name, std::string(label_) + " " + std::string(remark)});
}

void Value::seconds(Millis min, Millis max, Millis& out) const {
  const auto number = parse_decimal(text_);
  if (!number || !number->within(min.count(), max.count())) {
    return refuse("must be " + bounds_text(min, max) + " seconds");
  }
  out = Millis(number->thousandths);
}

void Value::milliseconds(Millis min, Millis max, Millis& out) const {
  const auto number = parse_decimal(text_);
  if (!number || !number->within(min.count() * 1000, max.count() * 1000)) {
    return refuse("must be " + std::to_string(min.count()) + ".." + std::to_string(max.count()) +
                  " milliseconds");
  }
  out = Millis(number->thousandths / 1000);
}

void Value::whole(int min, int max, int& out) const {
  const auto number = parse_decimal(text_);
  if (number && !number->is_whole()) return refuse("must be a whole number");
  if (!number || !number->within(std::int64_t{min} * 1000, std::int64_t{max} * 1000)) {
    return refuse("must be " + std::to_string(min) + ".." + std::to_string(max));
  }
  out = static_cast<int>(number->thousandths / 1000);
}

void Value::boolean(bool& out) const {
  const std::string_view word = trim(text_);
  if (same_word(word, "true") || word == "1") {
    out = true;
  } else if (same_word(word, "false") || word == "0") {
    out = false;
  } else {
    refuse("must be true or false");
  }
}

void Value::url(std::string& out) const {
  const std::string_view reference = trim(text_);
  if (reference.empty()) return;
  auto resolved = resolve(reading_.base_url(), reference);
  if (!resolved) return refuse_unquoted(resolved.error().what);
  out = *std::move(resolved);
}

void Value::websocket(std::string& out) const {
  auto uri = websocket_uri(trim(text_));
  if (!uri) return refuse_unquoted(uri.error().what);
  out = *std::move(uri);
}

void Value::bounded(std::size_t characters_min, std::size_t characters_max, std::string& out) const {
  const std::size_t characters = count_characters(text_);
  if (characters < characters_min || characters > characters_max) {
    return refuse_unquoted("must be " + std::to_string(characters_min) + ".." +
                           std::to_string(characters_max) + " characters long, but has " +
                           std::to_string(characters));
  }
  out = text_;
}

void Value::secret(std::string& out) const { bounded(0, kCredentialCharactersMax, out); }

void Value::tag(TagChange& out) const {
  std::string tag;
  bounded(0, limits::kTagCharactersMax, tag);
  out = std::move(tag);
}

void Value::phone_number(std::string& out) const {
  if (!is_phone_number(text_)) return refuse("must be an E.164 number such as +15555551212");
  out = text_;
}

void Value::sip_uri(std::string& out) const {
  if (!is_sip_uri(text_)) return refuse("must be a SIP URI such as sip:user@host");
  out = text_;
}

void Value::uui(std::string& out) const {
  if (!is_uui(text_)) {
    return refuse_unquoted(
        "must be data and ;encoding=base64, ;encoding=jwt or ;encoding=hex, at most 256 characters");
  }
  out = text_;
}

void Value::dtmf_set(std::string& out) const {
  std::string digits;
  for (const char c : text_) {
    const char digit = c >= 'a' && c <= 'd' ? static_cast<char>(c - 0x20) : c;
    if (std::string_view("0123456789*#ABCD").find(digit) == std::string_view::npos) {
      return refuse("must consist of 0-9, *, # and A-D");
    }
    if (digits.find(digit) == std::string::npos) digits += digit;
  }
  out = std::move(digits);
}

}  // namespace portico::bxml
