#include <gtest/gtest.h>

#include "sip/message/headers.h"

namespace portico::sip {
namespace {

struct Row {
  const char* text;
  const char* display;
  const char* uri;
  const char* tag;
};

TEST(NameAddr, ReadsEveryForm) {
  for (const auto& row : {
           Row{"<sip:a@h>", "", "sip:a@h", ""},
           Row{"<sip:a@h;lr>;tag=1", "", "sip:a@h;lr", "1"},
           Row{"sip:a@h;tag=1", "", "sip:a@h", "1"},
           Row{"sip:a@h ;   tag    = 1", "", "sip:a@h", "1"},
           Row{R"(sip:a@h:5062;+sip.instance="<urn:uuid:1>";tag=1)", "", "sip:a@h:5062", "1"},
           Row{R"(tel:+1555;x="a, \"<b>\"" ; tag=1)", "", "tel:+1555", "1"},
           Row{R"(Bell <sip:a@h>;+sip.instance="<urn:uuid:1>";tag=1)", "Bell", "sip:a@h", "1"},
           Row{"Alice <sip:a@h>", "Alice", "sip:a@h", ""},
           Row{"A. G. Bell <sip:a@h> ; tag=4", "A. G. Bell", "sip:a@h", "4"},
           Row{"caller<sip:a@h>", "caller", "sip:a@h", ""},
           Row{R"("Bell, \"Al\" <x>" <sip:a@h>;tag=2)", "Bell, \"Al\" <x>", "sip:a@h", "2"},
           Row{"\"\" <sip:a@h>", "", "sip:a@h", ""},
           Row{"\"Watson\" < sip:t@h >", "Watson", "sip:t@h", ""},
           Row{"<tel:+19195550100>", "", "tel:+19195550100", ""},
           Row{"isbn:2983792873", "", "isbn:2983792873", ""},
           Row{"\xD0\x9F\xD1\x91\xD1\x82\xD1\x80 <sip:a@h>", "\xD0\x9F\xD1\x91\xD1\x82\xD1\x80", "sip:a@h",
               ""},
       }) {
    const auto address = parse_name_addr(row.text);
    ASSERT_TRUE(address) << row.text;
    EXPECT_EQ(display_name(*address), row.display);
    EXPECT_EQ(address->uri_text, row.uri);
    EXPECT_EQ(address->tag(), row.tag);
  }
}

TEST(NameAddr, KnowsTheStar) {
  EXPECT_TRUE(parse_name_addr(" * ")->is_star());
  EXPECT_FALSE(parse_name_addr("<sip:a@h>")->is_star());
}

TEST(NameAddr, RefusesWhatBreaksTheGrammar) {
  for (const auto* text :
       {"", "<", "<>", "<sip:a@h", "\"Mr. J. User <sip:a@h>", "\"x\" sip:a@h", "Bell, Al <sip:a@h>",
        "sip:a@h?Route=x", "<sip:a@h> x", "<sip:a@h>;;;;", "sip:a@h;", "a;b <sip:a@h>", "sip:a@h,b",
        "<sip:a@h>;tag=\"x", R"(Mr "J" <sip:a@h>)", R"(sip:b "J" <sip:a@h>)", R"(x:b "J" <sip:a@h>)",
        R"(sip:b;x="J" <sip:a@h>)", R"(sip:b;x="<)"}) {
    EXPECT_FALSE(parse_name_addr(text)) << text;
  }
}

}  // namespace
}  // namespace portico::sip
