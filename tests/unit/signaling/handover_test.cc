#include "signaling/handover.h"

#include <gtest/gtest.h>

namespace portico::signaling {
namespace {

using What = Handover::What;

std::size_t fill(Handover& handover, What what) {
  std::size_t taken = 0;
  while (handover.take(1'000, what)) ++taken;
  return taken;
}

TEST(Handover, HasRoomForSoMuchAndNoMore) {
  Handover handover;
  const auto taken = fill(handover, What::other);
  EXPECT_NEAR(static_cast<double>(taken * (1'000 + Handover::kBytesEach)), limits::kSipHandoverBytesMax,
              2'000);
  EXPECT_FALSE(handover.take(0, What::other)) << "what is empty counts too";
  handover.give_back(1'000);
  EXPECT_TRUE(handover.take(1'000, What::other));
}

// A flood of INVITEs must not cost the calls that are there their BYE.
TEST(Handover, KeepsHalfOfTheRoomForCallsInProgress) {
  Handover handover;
  const auto strangers = fill(handover, What::new_request);
  EXPECT_FALSE(handover.take(1'000, What::new_request));
  const auto calls = fill(handover, What::other);
  EXPECT_NEAR(static_cast<double>(calls), static_cast<double>(strangers), 2);
}

}  // namespace
}  // namespace portico::signaling
