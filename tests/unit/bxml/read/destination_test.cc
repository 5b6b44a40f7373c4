#include "bxml/read/destination.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::bxml {
namespace {

TEST(PhoneNumber, IsE164WithItsPlus) {
  for (const std::string_view good : {"+15555551212", "+49", "+123456789012345"})
    EXPECT_TRUE(is_phone_number(good)) << good;
  for (const std::string_view bad : {"", "+", "+1", "15555551212", "+05555551212", "+1234567890123456",
                                     "+1 555", "+1-555", "+1555a", "++1555", "tel:+1555", " +15555551212"}) {
    EXPECT_FALSE(is_phone_number(bad)) << bad;
  }
}

TEST(SipUri, HasAHostAndWhatRfc3261Allows) {
  for (const std::string_view good :
       {"sip:agent7@pbx.example.net", "sips:a@b", "SIP:a@b", "sip:pbx.example.net", "sip:a@127.0.0.1:5070",
        "sip:a@[2001:db8::1]:5060;transport=tcp", "sip:+15551234567@gw.example;user=phone", "sip:a:secret@b",
        "sip:a;x=1?y@b;lr?Subject=hi%20there&Priority=urgent", "sip:%41@b", "sip:[::1]"}) {
    EXPECT_TRUE(is_sip_uri(good)) << good;
  }
}

TEST(SipUri, IsSafeToPutIntoAHeader) {
  for (const std::string_view bad : {"",
                                     "sip:",
                                     "sip:@b",
                                     "sip:a@",
                                     "tel:+1555",
                                     "a@b",
                                     "http://a@b",
                                     "sip:a b@c",
                                     "sip:a@b\r\nX: y",
                                     "sip:a@b>",
                                     "<sip:a@b>",
                                     "sip:\"a\"@b",
                                     "sip:a@b:0",
                                     "sip:a@b:65536",
                                     "sip:a@b:",
                                     "sip:a@b:x",
                                     "sip:a@[::1",
                                     "sip:a@[1.2.3.4]",
                                     "sip:a@b..c",
                                     "sip:a@-b",
                                     "sip:a@b@c",
                                     "sip:%4@b",
                                     "sip:%zz@b",
                                     "sip:a@b;x=%",
                                     "sip:\xC3\xA9@b",
                                     "sip:a@b,sip:c@d"}) {
    EXPECT_FALSE(is_sip_uri(bad)) << bad;
  }
  EXPECT_FALSE(is_sip_uri("sip:" + std::string(2'048, 'a')));
}

}  // namespace
}  // namespace portico::bxml
