#include "sip/message/message.h"

#include <cstring>

#include "sip/message/chars.h"
#include "sip/message/headers.h"

namespace portico::sip {

KeptReadings::KeptReadings() = default;
KeptReadings::~KeptReadings() = default;
KeptReadings::KeptReadings(const KeptReadings&) {}
KeptReadings& KeptReadings::operator=(const KeptReadings&) {
  drop();
  return *this;
}
KeptReadings::KeptReadings(KeptReadings&&) noexcept = default;
KeptReadings& KeptReadings::operator=(KeptReadings&&) noexcept = default;
void KeptReadings::drop() { readings_.reset(); }
Readings& KeptReadings::get() {
  if (!readings_) readings_ = std::make_unique<Readings>();
  return *readings_;
}

Message::Message() = default;

std::string_view Message::name_of(const Entry& e) const {
  return std::string_view(buffer_).substr(e.name_offset, e.name_size);
}
std::string_view Message::value_of(const Entry& e) const {
  return std::string_view(buffer_).substr(e.name_offset + e.value_delta, e.value_size);
}

std::string_view Message::method_text() const { return is_request_ ? view(start_a_) : std::string_view{}; }
std::string_view Message::request_uri() const { return is_request_ ? view(start_b_) : std::string_view{}; }
std::string_view Message::reason() const { return is_request_ ? std::string_view{} : view(start_b_); }
std::string_view Message::body() const { return view(body_); }

Field Message::field(std::size_t index) const {
  const auto& e = fields_[index];
  return {.id = e.id, .name = name_of(e), .value = value_of(e)};
}

bool Message::has(Header id) const {
  for (const auto& e : fields_) {
    if (e.id == id) return true;
  }
  return false;
}

std::size_t Message::count(Header id) const {
  std::size_t n = 0;
  for (const auto& e : fields_) n += e.id == id ? 1 : 0;
  return n;
}

std::string_view Message::value(Header id) const {
  for (const auto& e : fields_) {
    if (e.id == id) return value_of(e);
  }
  return {};
}

std::string_view Message::value(std::string_view name) const {
  if (const auto id = find_header(name); id != Header::other) return value(id);
  for (const auto& e : fields_) {
    if (e.id == Header::other && equal_nocase(name_of(e), name)) return value_of(e);
  }
  return {};
}

ValueList Message::values(Header id) const { return {this, id}; }

void ValueList::Iterator::advance() {
  while (true) {
    current_ = next_value(rest_);
    if (!current_.empty()) return;
    const auto& fields = message_->fields_;
    while (next_field_ < fields.size() && fields[next_field_].id != id_) ++next_field_;
    if (next_field_ == fields.size()) {
      message_ = nullptr;
      return;
    }
    rest_ = message_->value_of(fields[next_field_++]);
  }
}

namespace {

// Length up to the next comma outside quotes and angle brackets.
std::size_t value_length(std::string_view text) {
  if (std::memchr(text.data(), ',', text.size()) == nullptr) return text.size();
  bool in_brackets = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ',' && !in_brackets) return i;
    if (c == '<') in_brackets = true;
    if (c == '>') in_brackets = false;
    if (c != '"' || in_brackets) continue;
    const auto quoted = quoted_length(text.substr(i));
    if (quoted == 0) return text.size();
    i += quoted - 1;
  }
  return text.size();
}

}  // namespace

std::string_view next_value(std::string_view& rest) {
  while (!rest.empty()) {
    const auto length = value_length(rest);
    const auto value = trim(rest.substr(0, length));
    rest.remove_prefix(length == rest.size() ? length : length + 1);
    if (!value.empty()) return value;
  }
  return {};
}

bool lists(std::string_view elements, std::string_view wanted) {
  for (auto element = next_value(elements); !element.empty(); element = next_value(elements)) {
    if (equal_nocase(element, wanted)) return true;
  }
  return false;
}

}  // namespace portico::sip
