#include "bxml/verbs/hangup.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Hangup, HasNoAttributesAndNoContent) {
  EXPECT_EQ(only<Hangup>("<Hangup/>").at, (Position{1, 11}));
  expect_no_content("Hangup");
  expect_unknown_ignored("<Hangup %/>");
}

}  // namespace
}  // namespace portico::bxml
