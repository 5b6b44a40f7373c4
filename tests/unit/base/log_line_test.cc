#include "base/log_line.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace portico::log {
namespace {

std::string text_line(std::string value) {
  return write_line(Format::text, WallTime(Millis(0)), Level::info, "call begins",
                    {{"from", std::move(value)}});
}
std::string json_line(std::string value) {
  return write_line(Format::json, WallTime(Millis(0)), Level::warn, "call begins",
                    {{"from", std::move(value)}});
}

TEST(LogLine, WritesPlainValuesPlainly) {
  EXPECT_EQ(text_line("sip:a@b"), "1970-01-01T00:00:00.000Z info call begins from=sip:a@b");
  EXPECT_EQ(json_line("sip:a@b"),
            R"({"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"call begins","from":"sip:a@b"})");
}

// What a stranger may put into a value, and how it stands in both formats.
TEST(LogLine, LetsNoValueBeMoreThanAValue) {
  struct Row {
    std::string value;
    const char* quoted;
  };
  const Row rows[] = {
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"a\r\n1970-01-01T00:00:00.000Z error forged", "\"a\\r\\n1970-01-01T00:00:00.000Z error forged\""},
      {"a\" forged=\"b", "\"a\\\" forged=\\\"b\""},
      {"back\\slash", "\"back\\\\slash\""},
      {"\x1b[2J\x1b]0;title\x07", "\"\\u001b[2J\\u001b]0;title\\u0007\""},
      {std::string("nul\0end", 7), "\"nul\\u0000end\""},
      {"del\x7F", "\"del\\u007f\""},
      {"\xC2\x9B"
       "31m",
       "\"\\u009b31m\""},  // CSI as one character
      {"line\xE2\x80\xA8separator", "\"line\\u2028separator\""},
      {"J\xC3\xB6rg", "\"J\xC3\xB6rg\""},
      {"J\xF6rg", "\"J\xEF\xBF\xBDrg\""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(text_line(row.value),
              std::string("1970-01-01T00:00:00.000Z info call begins from=") + row.quoted);
    EXPECT_EQ(
        json_line(row.value),
        std::string(R"({"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"call begins","from":)") +
            row.quoted + "}");
  }
}

TEST(LogLine, IsOneLineOfUtf8WhateverByteComes) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const auto& line : {text_line(std::string(2, static_cast<char>(byte))),
                             json_line(std::string(2, static_cast<char>(byte)))}) {
      EXPECT_EQ(first_bad_utf8(line), line.size()) << byte;
      for (const char c : line) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) << byte;
    }
  }
}

}  // namespace
}  // namespace portico::log
