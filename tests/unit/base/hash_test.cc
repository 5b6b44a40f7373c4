#include "base/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <mutex>
#include <set>
#include <thread>

#include "base/bytes.h"

namespace portico {
namespace {

TEST(HmacSha256, GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(to_hex(HmacSha256(std::string(20, '\x0B')).sign({"Hi There"})),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(HmacSha256("Jefe").sign({"what do ya want ", "for nothing?"})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(HmacSha256(std::string(131, '\xAA'))
                       .sign({"Test Using Larger Than Block-Size Key - Hash Key First"})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, AgreesWithTheOneShotFormForEveryKeyLength) {
  for (std::size_t length : {0U, 1U, 63U, 64U, 65U, 200U}) {
    const std::string key(length, 'k');
    const auto signed_twice = HmacSha256(key);
    (void)signed_twice.sign({"another"});
    EXPECT_EQ(as_text(signed_twice.sign({"a", "", "bc"})), hmac_sha256(key, {"abc"})) << length;
  }
}

TEST(RandomFill, GivesEachByteAndEachThreadItsOwn) {
  std::set<std::string> seen;
  std::mutex mutex;
  const auto draw = [&] {
    for (std::size_t size = 16; size <= 80; ++size) {
      std::string drawn(size, '\0');
      random_fill({reinterpret_cast<std::uint8_t*>(drawn.data()), size});
      const std::scoped_lock lock(mutex);
      EXPECT_TRUE(seen.insert(drawn.substr(0, 16)).second);
      EXPECT_TRUE(size < 32 || seen.insert(drawn.substr(size - 16)).second);
    }
  };
  std::thread other(draw);
  draw();
  other.join();
  random_fill({});
}

TEST(RandomFill, UsesEveryValueOfAByte) {
  std::array<int, 256> times{};
  for (int i = 0; i < 4'000; ++i) {
    std::uint8_t raw[8];
    random_fill(raw);
    for (const auto byte : raw) ++times[byte];
  }
  // 125 of each are expected; below 60 or above 220 is beyond any chance.
  for (const int count : times) EXPECT_TRUE(count > 60 && count < 220) << count;
}

}  // namespace
}  // namespace portico
