#include "bxml/verbs/start_gather.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(StartGather, ReadsEveryAttribute) {
  const auto gather =
      only<StartGather>("<StartGather dtmfUrl='/d' dtmfMethod='GET' username='u' password='p' tag='t'/>");
  EXPECT_EQ(gather.dtmf.url, "https://app.example/d");
  EXPECT_EQ(gather.dtmf.method, Method::get);
  EXPECT_EQ(gather.dtmf.credentials, (Credentials{"u", "p"}));
  EXPECT_EQ(gather.tag, "t");
  EXPECT_EQ(only<StartGather>("<StartGather dtmfUrl='/d'/>").dtmf.method, Method::post);
}

TEST(StartGather, ChecksEveryAttribute) {
  const std::string_view pattern = "<StartGather dtmfUrl='/d' %/>";
  EXPECT_EQ(reason_of("<StartGather/>"), "<StartGather> needs the attribute dtmfUrl");
  expect_values("<StartGather %/>", "dtmfUrl", {"/d", "http://x.example/"}, {"", "ws://x.example/"});
  expect_method(pattern, "dtmfMethod");
  expect_secret(pattern, "username");
  expect_secret(pattern, "password");
  expect_tag(pattern);
  expect_unknown_ignored(pattern);
  EXPECT_EQ(reason_of("<StartGather dtmfUrl='/d'>x</StartGather>"), "<StartGather> takes no text");
}

}  // namespace
}  // namespace portico::bxml
