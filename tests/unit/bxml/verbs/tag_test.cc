#include "bxml/verbs/tag.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Tag, TrimsItsTextAndTakesNone) {
  EXPECT_EQ(only<Tag>("<Tag>\n step=2 b \n</Tag>").tag, "step=2 b");
  EXPECT_EQ(only<Tag>("<Tag/>").tag, "");
  EXPECT_EQ(only<Tag>("<Tag>  </Tag>").tag, "");
  EXPECT_EQ(only<Tag>("<Tag><![CDATA[<a>&]]></Tag>").tag, "<a>&");
}

TEST(Tag, TakesFourThousandNinetySixCharacters) {
  std::string tag;
  for (int i = 0; i < 4'096; ++i) tag += "\xC3\xA9";
  EXPECT_EQ(only<Tag>("<Tag>" + tag + "</Tag>").tag, tag);
  EXPECT_EQ(reason_of("<Tag>" + tag + "x</Tag>"), "<Tag> text must be 0..4096 characters long, but has 4097");
}

TEST(Tag, HasNoAttributesAndNoChildren) {
  expect_unknown_ignored("<Tag %>a</Tag>");
  EXPECT_EQ(reason_of("<Tag>a<Pause/></Tag>"), "<Pause> is not allowed in <Tag>");
}

}  // namespace
}  // namespace portico::bxml
