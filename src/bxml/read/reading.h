#pragma once
// One document being read: what is wrong with it, what was ignored, and the values of attributes and texts on
// their way into the verbs' structs. A value that is refused leaves its target as it was and adds a fault;
// reading goes on, so that one pass finds every fault.

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "bxml/fault.h"
#include "bxml/groups.h"
#include "bxml/xml/element.h"

namespace portico::bxml {

class Reading {
 public:
  explicit Reading(std::string base_url) : base_url_(std::move(base_url)) {}

  void refuse(Fault fault);
  void warn(Fault warning);
  const std::string& base_url() const { return base_url_; }

  // In the order of the text, at most limits::kBxmlFaultsMax: the first ones, in whatever order they were
  // found.
  std::vector<Fault> take_faults();
  std::vector<Fault> take_warnings();

 private:
  std::string base_url_;
  std::vector<Fault> faults_;
  std::vector<Fault> warnings_;
};

bool same_word(std::string_view a, std::string_view b);  // ASCII letters without regard to case

// An attribute's value or an element's text, and the checks that turn it into a type.
class Value {
 public:
  Value(const Element& element, const Attribute& attribute, Reading& reading);
  Value(const Element& element, std::string text, Position at, Reading& reading);  // an element's text

  std::string_view text() const { return text_; }
  Reading& reading() const { return reading_; }
  // "<maxDigits> <rule>, but was <value>".
  void refuse(std::string_view rule) const;
  // The same without the value: passwords, URLs, long texts.
  void refuse_unquoted(std::string_view rule) const;
  void warn(std::string_view remark) const;

  void seconds(Millis min, Millis max, Millis& out) const;
  void milliseconds(Millis min, Millis max, Millis& out) const;
  void whole(int min, int max, int& out) const;
  void boolean(bool& out) const;     // without regard to case: the SDK for Python writes "True"
  void url(std::string& out) const;  // resolved; blank counts as not given
  void websocket(std::string& out) const;
  void bounded(std::size_t characters_min, std::size_t characters_max, std::string& out) const;
  void secret(std::string& out) const;  // user name or password
  void tag(TagChange& out) const;
  void phone_number(std::string& out) const;
  void sip_uri(std::string& out) const;
  void uui(std::string& out) const;
  void dtmf_set(std::string& out) const;  // digits, each kept once, letters in upper case

  // The word's meaning, from a table of (word, meaning).
  template <typename Meaning, std::size_t N>
  void one_of(const std::array<std::pair<std::string_view, Meaning>, N>& words, Meaning& out) const {
    choose(words, out, std::equal_to<std::string_view>());
  }
  // The same without regard to case, for words that an SDK writes in its own.
  template <typename Meaning, std::size_t N>
  void one_of_any_case(const std::array<std::pair<std::string_view, Meaning>, N>& words, Meaning& out) const {
    choose(words, out, same_word);
  }

 private:
  template <typename Meaning, std::size_t N, typename Same>
  void choose(const std::array<std::pair<std::string_view, Meaning>, N>& words, Meaning& out,
              Same same) const {
    std::string list;
    for (const auto& [word, meaning] : words) {
      if (same(word, text_)) {
        out = meaning;
        return;
      }
      list += (list.empty() ? "" : ", ") + std::string(word);
    }
    refuse("must be one of " + list);
  }

  const Element& element_;
  std::string_view label_;  // the attribute's name, or "text"
  std::string text_;
  Position at_;
  Reading& reading_;
};

std::string quoted(std::string_view value);  // for a sentence: shortened, no control characters

}  // namespace portico::bxml
