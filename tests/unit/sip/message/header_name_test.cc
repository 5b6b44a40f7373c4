#include "sip/message/header_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace portico::sip {
namespace {

TEST(HeaderName, EveryNameIsFoundInAnyCase) {
  for (unsigned i = 1; i < kHeaderNames; ++i) {
    const auto id = static_cast<Header>(i);
    std::string name(header_name(id));
    ASSERT_FALSE(name.empty()) << i;
    EXPECT_EQ(find_header(name), id) << name;
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_EQ(find_header(name), id) << name;
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    EXPECT_EQ(find_header(name), id) << name;
  }
}

TEST(HeaderName, CompactFormsOfTheRegistryAreKnown) {
  struct Row {
    std::string_view compact;
    Header id;
  };
  for (const auto& row :
       {Row{"i", Header::call_id}, Row{"m", Header::contact}, Row{"e", Header::content_encoding},
        Row{"l", Header::content_length}, Row{"c", Header::content_type}, Row{"f", Header::from},
        Row{"s", Header::subject}, Row{"k", Header::supported}, Row{"t", Header::to}, Row{"v", Header::via},
        Row{"o", Header::event}, Row{"u", Header::allow_events}, Row{"r", Header::refer_to},
        Row{"b", Header::referred_by}, Row{"x", Header::session_expires}, Row{"y", Header::identity},
        Row{"V", Header::via}, Row{"M", Header::contact}}) {
    EXPECT_EQ(find_header(row.compact), row.id) << row.compact;
  }
}

TEST(HeaderName, OthersAreOther) {
  for (const auto name : {"", "X-Ticket", "Vi", "Viaa", "z", "\x80", "C%6Fntact", "From "}) {
    EXPECT_EQ(find_header(name), Header::other) << name;
  }
  EXPECT_EQ(header_name(Header::other), "");
}

}  // namespace
}  // namespace portico::sip
