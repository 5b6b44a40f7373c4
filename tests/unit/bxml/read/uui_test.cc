#include "bxml/read/uui.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::bxml {
namespace {

TEST(Uui, CarriesItsEncoding) {
  for (const std::string_view good :
       {"aGk;encoding=base64", "aGk+/w==;encoding=base64", "a-b_c.d.e;encoding=jwt", "00fFaA;encoding=hex",
        "aGk;encoding=base64,00;encoding=hex", "aGk;encoding=base64, 00;encoding=hex"}) {
    EXPECT_TRUE(is_uui(good)) << good;
  }
  for (const std::string_view bad : {"", "aGk", ";encoding=hex", "zz;encoding=hex", "aa;encoding=utf8",
                                     "aa;ENCODING=hex", "a\r\nb;encoding=base64", "a b;encoding=jwt",
                                     "aa;encoding=hex,", ",aa;encoding=hex", "aa;encoding=hex;x=y"}) {
    EXPECT_FALSE(is_uui(bad)) << bad;
  }
}

TEST(Uui, IsBoundedWithItsSpecifier) {
  const std::string specifier = ";encoding=base64";
  EXPECT_TRUE(is_uui(std::string(256 - specifier.size(), 'a') + specifier));
  EXPECT_FALSE(is_uui(std::string(257 - specifier.size(), 'a') + specifier));
}

}  // namespace
}  // namespace portico::bxml
