#include "signaling/node.h"

#include <gtest/gtest.h>

namespace portico::signaling {
namespace {

net::StreamLimits limits_of(unsigned workers, std::size_t connections) {
  Options options;
  options.workers = workers;
  options.connections_max = connections;
  return stream_limits(options);
}

TEST(Node, SharesConnectionsAmongItsWorkers) {
  EXPECT_EQ(limits_of(4, 8'192).connections_max, 2'048U);
  EXPECT_EQ(limits_of(64, 8).connections_max, 1U);
}

TEST(Node, LetsOneAddressHoldAsManyHoweverManyWorkersThereAre) {
  for (const auto workers : {1U, 4U, 64U}) {
    EXPECT_EQ(limits_of(workers, 8'192).per_source_max, 256U);
    EXPECT_EQ(limits_of(workers, 204).per_source_max, 25U) << "where descriptors are few";
    EXPECT_EQ(limits_of(workers, 4).per_source_max, 1U);
  }
}

}  // namespace
}  // namespace portico::signaling
