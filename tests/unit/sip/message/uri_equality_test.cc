// The rows of RFC 3261 section 19.1.4, and of RFC 3966 section 4.

#include <gtest/gtest.h>

#include "sip/message/uri.h"

namespace portico::sip {
namespace {

struct Row {
  const char* a;
  const char* b;
  bool same;
};

TEST(UriEquality, FollowsTheRowsOfTheRfc) {
  for (const auto& row : {
           Row{"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true},
           Row{"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
           Row{"sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true},
           Row{"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
               "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
           Row{"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
               "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
           Row{"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
           Row{"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
           Row{"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
           Row{"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
           Row{"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
           Row{"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
           Row{"sip:bob@biloxi.com", "sips:bob@biloxi.com", false},
           Row{"sip:a@h;user=phone", "sip:a@h", false},
           Row{"sip:a@h;maddr=192.0.2.1", "sip:a@h", false},
           Row{"sip:a:x@h", "sip:a@h", false},
           Row{"sip:a:x@h", "sip:a:y@h", false},
           Row{"sip:a%3Bb@h", "sip:a;b@h", false},
           Row{"sip:cal%6Cer@h;%6C%72;n%61me=v%61lue%25%34%31", "sip:caller@h;lr;name=value%2541", true},
           Row{"sip:a@[::1]", "sip:a@[0:0::1]", true},
           Row{"tel:+1-919-555-0100", "tel:+19195550100", true},
           Row{"tel:+19195550100;ext=1", "tel:+19195550100", false},
           Row{"tel:+19195550100;a=1;b=2", "tel:+19195550100;B=2;A=1", true},
           Row{"name:John", "NAME:John", true},
           Row{"name:John", "name:john", false},
       }) {
    const auto a = parse_uri(row.a);
    const auto b = parse_uri(row.b);
    ASSERT_TRUE(a && b) << row.a << " " << row.b;
    EXPECT_EQ(equivalent(*a, *b), row.same) << row.a << " " << row.b;
    EXPECT_EQ(equivalent(*b, *a), row.same) << row.b << " " << row.a;
    EXPECT_TRUE(equivalent(*a, *a));
  }
}

}  // namespace
}  // namespace portico::sip
