#include "bxml/verbs/refer.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Refer, ReadsItsTargetAndAttributes) {
  const auto plain = only<Refer>("<Refer><SipUri>\n sip:desk@pbx.example.net </SipUri></Refer>");
  EXPECT_EQ(plain.to, "sip:desk@pbx.example.net");
  EXPECT_FALSE(plain.complete.wanted());
  EXPECT_EQ(plain.complete.method, Method::post);
  const auto full = only<Refer>(
      "<Refer referCompleteUrl='/r' referCompleteMethod='GET' tag=''><SipUri>sips:a@b</SipUri></Refer>");
  EXPECT_EQ(full.complete.url, "https://app.example/r");
  EXPECT_EQ(full.complete.method, Method::get);
  EXPECT_EQ(full.tag, "");
}

TEST(Refer, ChecksEveryAttribute) {
  const std::string_view pattern = "<Refer %><SipUri>sip:a@b</SipUri></Refer>";
  expect_callback(pattern, "referComplete", false);
  expect_tag(pattern);
  expect_unknown_ignored(pattern);
  expect_unknown_ignored("<Refer><SipUri %>sip:a@b</SipUri></Refer>");
}

TEST(Refer, TakesExactlyOneSipUri) {
  EXPECT_EQ(reason_of("<Refer/>"), "<Refer> needs one <SipUri>");
  EXPECT_EQ(reason_of("<Refer><SipUri>sip:a@b</SipUri><SipUri>sip:a@b</SipUri></Refer>"),
            "<SipUri> is one too many, <Refer> takes exactly 1");
  EXPECT_EQ(reason_of("<Refer><SipUri>sip:a@b</SipUri><PhoneNumber>+15551234567</PhoneNumber></Refer>"),
            "<PhoneNumber> is not allowed in <Refer>");
  EXPECT_EQ(reason_of("<Refer><SipUri/></Refer>"), "<SipUri> needs a text");
  EXPECT_EQ(reason_of("<Refer><SipUri>tel:+1555</SipUri></Refer>"),
            "<SipUri> text must be a SIP URI such as sip:user@host, but was \"tel:+1555\"");
}

}  // namespace
}  // namespace portico::bxml
