#include "sip/digest/nonce.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace portico::sip {
namespace {

const WallTime kNow{Millis(1'785'500'000'123)};
const IpAddress kSource = IpAddress::v4(0xCB007109);

TEST(Nonce, HoldsForItsLifeAndThenIsStale) {
  const NonceMint mint("secret of thirty-two bytes or so");
  const auto nonce = mint.mint(kNow, "app", kSource, 7);
  EXPECT_EQ(nonce.size(), 52U);
  EXPECT_EQ(mint.check(nonce, kNow, "app", kSource), NonceVerdict::ok);
  EXPECT_EQ(mint.check(nonce, kNow + limits::kNonceLife, "app", kSource), NonceVerdict::ok);
  EXPECT_EQ(mint.check(nonce, kNow + limits::kNonceLife + 1ms, "app", kSource), NonceVerdict::stale);
  EXPECT_EQ(mint.check(nonce, kNow + 2 * limits::kNonceLife, "app", kSource), NonceVerdict::stale);
  EXPECT_EQ(mint.check(nonce, kNow + 2 * limits::kNonceLife + 1ms, "app", kSource), NonceVerdict::expired);
  EXPECT_EQ(mint.check(nonce, kNow + std::chrono::hours(24 * 365), "app", kSource), NonceVerdict::expired);
}

TEST(Nonce, IsGoodForOneApplicationAndOneSource) {
  const NonceMint mint("secret");
  const auto nonce = mint.mint(kNow, "app", kSource, 7);
  EXPECT_EQ(mint.check(nonce, kNow, "apq", kSource), NonceVerdict::forged);
  EXPECT_EQ(mint.check(nonce, kNow, "", kSource), NonceVerdict::forged);
  EXPECT_EQ(mint.check(nonce, kNow, "app", IpAddress::v4(0xCB00710A)), NonceVerdict::forged);
  EXPECT_EQ(NonceMint("another").check(nonce, kNow, "app", kSource), NonceVerdict::forged);
}

TEST(Nonce, NoCharacterCanBeChanged) {
  const NonceMint mint("secret");
  const auto nonce = mint.mint(kNow, "app", kSource, 7);
  for (std::size_t i = 0; i < nonce.size(); ++i) {
    auto changed = nonce;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_EQ(mint.check(changed, kNow, "app", kSource), NonceVerdict::forged) << i;
  }
  EXPECT_EQ(mint.check("", kNow, "app", kSource), NonceVerdict::forged);
  EXPECT_EQ(mint.check(nonce + "0", kNow, "app", kSource), NonceVerdict::forged);
  EXPECT_EQ(mint.check(std::string(52, 'z'), kNow, "app", kSource), NonceVerdict::forged);
}

TEST(Nonce, SaltTellsTwoOfOneMillisecondApart) {
  const NonceMint mint("secret");
  EXPECT_NE(mint.mint(kNow, "app", kSource, 1), mint.mint(kNow, "app", kSource, 2));
  EXPECT_EQ(mint.mint(kNow, "app", kSource, 1), mint.mint(kNow, "app", kSource, 1));
}

TEST(Nonce, AnotherNodesClockMayBeALittleAhead) {
  const NonceMint mint("secret");
  const auto nonce = mint.mint(kNow + 4s, "app", kSource, 1);
  EXPECT_EQ(mint.check(nonce, kNow, "app", kSource), NonceVerdict::ok);
  EXPECT_EQ(mint.check(mint.mint(kNow + 6s, "app", kSource, 1), kNow, "app", kSource), NonceVerdict::stale);
}

TEST(Nonce, WorksForIpv6Sources) {
  const NonceMint mint("secret");
  const auto v6 = *parse_ip("2001:db8::1");
  const auto nonce = mint.mint(kNow, "app", v6, 1);
  EXPECT_EQ(mint.check(nonce, kNow, "app", v6), NonceVerdict::ok);
  EXPECT_EQ(mint.check(nonce, kNow, "app", *parse_ip("32.1.13.184")), NonceVerdict::forged);
}

}  // namespace
}  // namespace portico::sip
