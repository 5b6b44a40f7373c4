#pragma once
// A verb's attributes as a table: a name, and a function that checks the value and stores it. The functions
// most rows use are templates over the member they fill: {"gatherUrl", url<&Gather::complete>}.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "bxml/read/content.h"
#include "bxml/read/reading.h"

namespace portico::bxml {

template <typename Verb>
struct AttributeRow {
  std::string_view name;
  void (*read)(Verb& verb, const Value& value);
};

// An attribute the contract does not know is ignored; the log line is made from the warning.
void warn_unknown(const Element& element, const Attribute& attribute, Reading& reading);

template <typename Verb, std::size_t N>
void read_attributes(const Element& element, Reading& reading, const AttributeRow<Verb> (&table)[N],
                     Verb& out) {
  out.at = element.at;
  for (const Attribute& attribute : element.attributes) {
    const AttributeRow<Verb>* known = nullptr;
    for (const AttributeRow<Verb>& row : table) {
      if (row.name == attribute.name) known = &row;
    }
    if (known == nullptr) {
      warn_unknown(element, attribute, reading);
    } else {
      known->read(out, Value(element, attribute, reading));
    }
  }
}

// A verb without attributes and content.
template <typename Verb>
void read_bare(const Element& element, Reading& reading, Verb& out) {
  out.at = element.at;
  for (const Attribute& attribute : element.attributes) warn_unknown(element, attribute, reading);
  expect_empty(element, reading);
}

// The attribute must be there and not blank.
void require(const Element& element, std::string_view attribute, Reading& reading);

// Credentials may only go to https (contract section 3).
struct SentTo {
  std::string_view attribute;
  const std::string& url;
};
void require_https(const Element& element, const Credentials& credentials,
                   std::initializer_list<SentTo> targets, Reading& reading);

// Setters for rows. `Callbacks...` are members of type Callback; credentials go to all of them.
template <auto Member, typename Verb>
void url(Verb& verb, const Value& value) {
  value.url((verb.*Member).url);
}
template <auto Member, typename Verb>
void fallback_url(Verb& verb, const Value& value) {
  value.url((verb.*Member).fallback_url);
}

inline constexpr std::array<std::pair<std::string_view, Method>, 2> kMethods{
    {{"GET", Method::get}, {"POST", Method::post}}};
template <auto Member, typename Verb>
void method(Verb& verb, const Value& value) {
  value.one_of(kMethods, (verb.*Member).method);
}
template <auto Member, typename Verb>
void fallback_method(Verb& verb, const Value& value) {
  value.one_of(kMethods, (verb.*Member).fallback_method);
}

template <auto First, auto... Others, typename Verb>
void username(Verb& verb, const Value& value) {
  value.secret((verb.*First).credentials.username);
  (((verb.*Others).credentials.username = (verb.*First).credentials.username), ...);
}
template <auto First, auto... Others, typename Verb>
void password(Verb& verb, const Value& value) {
  value.secret((verb.*First).credentials.password);
  (((verb.*Others).credentials.password = (verb.*First).credentials.password), ...);
}
template <auto First, auto... Others, typename Verb>
void fallback_username(Verb& verb, const Value& value) {
  value.secret((verb.*First).fallback_credentials.username);
  (((verb.*Others).fallback_credentials.username = (verb.*First).fallback_credentials.username), ...);
}
template <auto First, auto... Others, typename Verb>
void fallback_password(Verb& verb, const Value& value) {
  value.secret((verb.*First).fallback_credentials.password);
  (((verb.*Others).fallback_credentials.password = (verb.*First).fallback_credentials.password), ...);
}

template <auto Member, typename Verb>
void boolean(Verb& verb, const Value& value) {
  value.boolean(verb.*Member);
}
template <auto Member, typename Verb>
void tag(Verb& verb, const Value& value) {
  value.tag(verb.*Member);
}
template <auto Member, typename Verb>
void uui(Verb& verb, const Value& value) {
  value.uui(verb.*Member);
}
template <auto Member, typename Verb>
void websocket(Verb& verb, const Value& value) {
  value.websocket(verb.*Member);
}
template <auto Member, typename Verb>
void dtmf_set(Verb& verb, const Value& value) {
  value.dtmf_set(verb.*Member);
}
template <auto Member, std::size_t Min, std::size_t Max, typename Verb>
void bounded(Verb& verb, const Value& value) {
  value.bounded(Min, Max, verb.*Member);
}
template <auto Member, int MinMs, int MaxMs, typename Verb>
void seconds(Verb& verb, const Value& value) {
  value.seconds(Millis(MinMs), Millis(MaxMs), verb.*Member);
}
template <auto Member, int Min, int Max, typename Verb>
void milliseconds(Verb& verb, const Value& value) {
  value.milliseconds(Millis(Min), Millis(Max), verb.*Member);
}

inline constexpr std::array<std::pair<std::string_view, FileFormat>, 2> kFileFormats{
    {{"wav", FileFormat::wav}, {"mp3", FileFormat::mp3}}};
template <auto Member, typename Verb>
void file_format(Verb& verb, const Value& value) {
  value.one_of(kFileFormats, verb.*Member);
}

inline constexpr std::array<std::pair<std::string_view, Tracks>, 3> kTracks{
    {{"inbound", Tracks::inbound}, {"outbound", Tracks::outbound}, {"both", Tracks::both}}};
template <auto Member, typename Verb>
void tracks(Verb& verb, const Value& value) {  // the SDK for Java writes "INBOUND"
  value.one_of_any_case(kTracks, verb.*Member);
}

}  // namespace portico::bxml
