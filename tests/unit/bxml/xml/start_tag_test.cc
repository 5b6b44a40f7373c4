#include "bxml/xml/start_tag.h"

#include <gmock/gmock.h>

namespace portico::bxml {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StartTag, FindsNamesBetweenQuotesOfBothKinds) {
  EXPECT_THAT(attribute_offsets("<A b='1' c=\"x='2' >\"\n d = '/'/>", 0), ElementsAre(3U, 9U, 22U));
}

TEST(StartTag, StopsAtTheEndOfTheTag) {
  EXPECT_THAT(attribute_offsets("<A><B c='1'/>", 0), IsEmpty());
  EXPECT_THAT(attribute_offsets("<A><B c='1'/>", 3), ElementsAre(6U));
}

TEST(StartTag, StaysInBoundsWhenTheTagIsBroken) {
  for (const std::string_view broken : {"<A", "<A ", "<A b", "<A b=", "<A b='", "<A b='1"}) {
    EXPECT_THAT(attribute_offsets(broken, 0), IsEmpty()) << broken;
  }
}

}  // namespace
}  // namespace portico::bxml
