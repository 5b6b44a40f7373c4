#include "signaling/own_names.h"

#include <gtest/gtest.h>

namespace portico::signaling {
namespace {

TEST(NodeLabel, IsOneLabelOfAHostName) {
  EXPECT_EQ(node_label("node1"), "node1");
  EXPECT_EQ(node_label("N-1.corp.example"), "N-1");
  EXPECT_EQ(node_label("west_1 b"), "west-1-b");
  EXPECT_EQ(node_label(""), "");
}

}  // namespace
}  // namespace portico::signaling
