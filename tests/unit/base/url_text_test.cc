#include "base/url_text.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

TEST(UrlText, GivesANameWithDigitsFirstALetterAndNothingElse) {
  EXPECT_EQ(UrlText("https://203.0.113.7.sslip.io:8080/x?y#z").parsable(),
            "https://a03.0.113.7.sslip.io:8080/x?y#z");
  EXPECT_EQ(UrlText("//7.113.0.203.bc.example").parsable(), "//a.113.0.203.bc.example");
  EXPECT_EQ(UrlText("ws://1.2.3.4-a?b").parsable(), "ws://a.2.3.4-a?b");
  EXPECT_EQ(UrlText("http://u:1@p@9x/").parsable(), "http://u:1@p@ax/");
  EXPECT_EQ(UrlText("http://4%2E/").parsable(), "http://a%2E/");
}

TEST(UrlText, LeavesAddressesAndWhatIsNoHost) {
  for (const std::string_view text : {"",
                                      "/",
                                      "//",
                                      "http://",
                                      "https://203.0.113.7/9x",
                                      "http://203.0.113.7:80x/",
                                      "http://1.2.3.4.5/",
                                      "http://[2001:db8::1]/",
                                      "http://example.org/",
                                      "http:9x",
                                      "/a//9x",
                                      "a/b//9x",
                                      "?//9x",
                                      "#//9x",
                                      "/x://9x",
                                      "http:/x//9x",
                                      "a:b://9x",
                                      "http://x/@9x",
                                      "http://x?//9x",
                                      "http://9x@h/",
                                      "9x"}) {
    const UrlText url(text);
    EXPECT_EQ(url.parsable(), text);
    EXPECT_EQ(url.parsable().data(), text.data()) << text;
  }
}

TEST(UrlText, TakesAnAuthorityFromItsBegin) {
  EXPECT_EQ(UrlText::of_authority("203.0.113.7.sslip.io:8080").parsable(), "a03.0.113.7.sslip.io:8080");
  for (const std::string_view text :
       {"", "203.0.113.7:8080", "example.org", "203.0.113.7/x", "//9x", "x:9x"}) {
    EXPECT_EQ(UrlText::of_authority(text).parsable(), text);
  }
}

TEST(UrlText, GivesPartsOfTheTextBack) {
  const std::string_view text = "http://u@203.0.113.7.sslip.io/x";
  const UrlText url(text);
  EXPECT_EQ(url.original(url.parsable()), text);
  EXPECT_EQ(url.original(url.parsable().substr(7, 22)), "u@203.0.113.7.sslip.io");
  EXPECT_EQ(url.original(url.parsable().substr(31)), "");
  EXPECT_EQ(url.original({}), "");
  const UrlText same("http://x/y");
  EXPECT_EQ(same.original(same.parsable().substr(8)), "/y");
}

}  // namespace
}  // namespace portico
