#include "http/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace portico::http {
namespace {

using testing::HasSubstr;

TEST(Json, SaysWhereTheSyntaxIsWrong) {
  const auto wrong = parse_json("{\n  \"a\": 1,\n  \"b\": tru\n}");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::invalid);
  EXPECT_THAT(wrong.error().what, HasSubstr("line 3, column"));
  EXPECT_THAT(parse_json("{} x").error().what, HasSubstr("extra data"));
  EXPECT_FALSE(parse_json(""));
  EXPECT_FALSE(parse_json("{\"a\":1"));
}

TEST(Json, IsBoundedInSizeAndDepth) {
  EXPECT_EQ(parse_json("[1,2,3]", 4).error().code, Code::too_large);
  const auto deep = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(deep(limits::kJsonDepthMax)));
  const auto refused = parse_json(deep(limits::kJsonDepthMax + 1));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("nested deeper than 32"));
}

TEST(Json, RefusesInvalidUtf8) { EXPECT_FALSE(parse_json("\"\xff\"")); }

TEST(Json, RefusesANameThatStandsTwiceInOneObject) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"a":1,"b":2,"a":3})", "\"a\""},
      {R"({"x":{"b":[{"c":1,"c":1}]}})", "\"c\""},
      {R"([{}, {"":1,"":1}])", "\"\""},
      {R"({"enabled":1,"\u0065nabled":2})", "\"enabled\""},
      {R"({"a":{"b":1},"c":[{"b":1}],"a":{}})", "\"a\""},
  };
  for (const auto& [text, name] : rows) {
    const auto refused = parse_json(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Code::invalid);
    EXPECT_EQ(refused.error().what, "the field " + std::string(name) + " stands twice in one JSON object");
  }
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"b":{"a":"a"},"A":[{"a":1},{"a":1}],"c":"\"a\":1"})"));
}

TEST(Json, WantsAnObjectWhereOneIsAskedFor) {
  EXPECT_TRUE(parse_json_object("{}"));
  EXPECT_EQ(parse_json_object("[]").error().what, "the body must be a JSON object");
}

TEST(FieldReader, ReadsEachTypeAndNotesWhatIsWrong) {
  const auto body = parse_json_object(R"({"name":"Lobby","rate":3.0,"ratio":0.5,"on":true,"ips":["a","b"],
      "in":{"url":7},"bad":1.5,"late":99,"nil":null,"mixed":["a",1],"extra":1})");
  ASSERT_TRUE(body) << body.error().what;
  std::vector<FieldError> errors;
  FieldReader in(*body, errors);
  EXPECT_EQ(in.string("name", FieldReader::required), "Lobby");
  EXPECT_EQ(in.integer("rate", 1, 10), 3);
  EXPECT_EQ(in.number("ratio", 0, 1), 0.5);
  EXPECT_EQ(in.boolean("on"), true);
  EXPECT_EQ(in.strings("ips"), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(in.string("nil"), std::nullopt);
  EXPECT_TRUE(in.is_null("nil"));
  EXPECT_FALSE(in.is_null("absent"));

  EXPECT_EQ(in.integer("bad", 1, 10), std::nullopt);
  EXPECT_EQ(in.number("late", 1, 25), std::nullopt);
  EXPECT_EQ(in.string("absent", FieldReader::required), std::nullopt);
  EXPECT_EQ(in.strings("mixed"), std::nullopt);
  const auto* inner = in.object("in");
  ASSERT_NE(inner, nullptr);
  FieldReader deeper(*inner, errors, in.path_of("in"));
  EXPECT_EQ(deeper.string("url"), std::nullopt);
  in.refuse_others();

  std::string all;
  for (const auto& error : errors) all += error.path + " " + error.what + "\n";
  EXPECT_EQ(all,
            "bad must be within the range [1, 10]\n"
            "late must be within the range [1, 25]\n"
            "absent is required\n"
            "mixed[1] must be a string\n"
            "in.url must be a string\n"
            "extra is not known\n");
}

TEST(Json, SurvivesTheSavedFuzzInputs) {
  std::size_t replayed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/json_body/corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    const auto text = bytes.str();
    EXPECT_EQ(LLVMFuzzerTestOneInput(as_bytes(text).data(), text.size()), 0);
    ++replayed;
  }
  EXPECT_GE(replayed, 8U);
}

}  // namespace
}  // namespace portico::http
