#pragma once
// What the tests of this room share: a document around one verb, and tables of good and bad values of an
// attribute.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bxml/parse.h"
#include "bxml/report.h"

namespace portico::bxml {

inline ParseContext fetched(DocumentKind kind = DocumentKind::call) {
  return {kind, "https://app.example/hooks/answer?call=1", false};
}

inline std::string response(std::string_view verbs) {
  return "<Response>" + std::string(verbs) + "</Response>";
}

// The first fault as a sentence, or "valid".
inline std::string fault_of(std::string_view text, const ParseContext& context = fetched()) {
  const auto document = parse(text, context);
  return document ? "valid" : describe(document.error());
}

// "<Gather> maxDigits must be ..." without the position, for a single verb.
inline std::string reason_of(std::string_view verb) {
  const auto document = parse(response(verb), fetched());
  return document ? "valid" : "<" + document.error().element + "> " + document.error().reason;
}

inline Document document_of(std::string_view text, const ParseContext& context = fetched()) {
  auto document = parse(text, context);
  EXPECT_TRUE(document) << text << "\n" << (document ? "" : describe(document.error()));
  return document ? *std::move(document) : Document{};
}

template <typename Verb>
Verb only(std::string_view text) {
  Document document = document_of(response(text));
  EXPECT_EQ(document.verbs.size(), 1U);
  if (document.verbs.size() != 1 || !std::holds_alternative<Verb>(document.verbs[0])) {
    ADD_FAILURE() << "no " << Verb::kName << " in " << text;
    return {};
  }
  return std::get<Verb>(document.verbs[0]);
}

inline std::string put(std::string_view pattern, const std::string& what) {
  std::string text = response(pattern);
  return text.replace(text.find('%'), 1, what);
}

using Values = std::initializer_list<std::string_view>;

// `pattern` is a verb with a '%' where the attribute goes. Each bad value must give exactly one fault, which
// points at the attribute's name and speaks of it.
inline void expect_values(std::string_view pattern, std::string_view name, Values good, Values bad) {
  const auto attribute = [&](std::string_view value) {
    return std::string(name) + "=\"" + std::string(value) + "\"";
  };
  for (const std::string_view value : good) {
    const std::string text = put(pattern, attribute(value));
    EXPECT_EQ(fault_of(text), "valid") << text;
    EXPECT_TRUE(parse(text, fetched())->warnings.empty()) << text;
  }
  for (const std::string_view value : bad) {
    const std::string text = put(pattern, attribute(value));
    const std::vector<Fault> faults = check(text, fetched());
    ASSERT_EQ(faults.size(), 1U) << text;
    EXPECT_EQ(faults[0].at, (Position{1, static_cast<std::uint32_t>(text.find(attribute(value)) + 1)}))
        << text;
    EXPECT_THAT(faults[0].reason, ::testing::StartsWith(std::string(name) + " must")) << text;
  }
}

inline void expect_url(std::string_view pattern, const std::string& name) {
  expect_values(
      pattern, name, {"/a", "a?b=c", "https://x.example/", "http://x.example:8080/a", ""},
      {"ftp://x.example/", "http://", "http:a", "mailto:a@b", "ht tp://a", "/a b", "http://x:99999/"});
}

inline void expect_method(std::string_view pattern, const std::string& name) {
  expect_values(pattern, name, {"GET", "POST"}, {"get", "PUT", "", "1"});
}

inline void expect_callback(std::string_view pattern, const std::string& prefix, bool fallback) {
  expect_url(pattern, prefix + "Url");
  expect_method(pattern, prefix + "Method");
  if (!fallback) return;
  expect_url(pattern, prefix + "FallbackUrl");
  expect_method(pattern, prefix + "FallbackMethod");
}

inline void expect_boolean(std::string_view pattern, const std::string& name) {
  expect_values(pattern, name, {"true", "false", "1", "0", "True", "False", "TRUE"},
                {"yes", "", "2", "on", "tru"});
}

inline void expect_secret(std::string_view pattern, const std::string& name) {
  const std::string longest(1'024, 'x');
  const std::string too_long(1'025, 'x');
  expect_values(pattern, name, {"", "user", "p\xC3\xA9:&amp;", longest}, {too_long});
}

inline void expect_tag(std::string_view pattern) {
  std::string longest;  // characters, not bytes
  for (int i = 0; i < 4'096; ++i) longest += "\xC3\xA9";
  expect_values(pattern, "tag", {"", "a b", longest}, {longest + "x"});
}

inline void expect_no_content(std::string_view name) {
  const std::string open = "<" + std::string(name);
  EXPECT_EQ(reason_of(open + "><Pause/></" + std::string(name) + ">"),
            "<Pause> is not allowed in <" + std::string(name) + ">");
  EXPECT_EQ(reason_of(open + "><x/></" + std::string(name) + ">"), "<x> is not a BXML element");
  EXPECT_EQ(reason_of(open + ">a</" + std::string(name) + ">"), "<" + std::string(name) + "> takes no text");
  EXPECT_EQ(reason_of(open + "> <!-- c -->\n</" + std::string(name) + ">"), "valid");
}

// An attribute the contract does not have is ignored, with a warning that points at it.
inline void expect_unknown_ignored(std::string_view pattern) {
  const std::string text = put(pattern, "sparkle='1'");
  const Document document = document_of(text);
  ASSERT_EQ(document.warnings.size(), 1U) << text;
  EXPECT_EQ(document.warnings[0].at, (Position{1, static_cast<std::uint32_t>(text.find("sparkle") + 1)}));
  EXPECT_EQ(document.warnings[0].reason, "has no attribute sparkle, it is ignored");
}

}  // namespace portico::bxml
