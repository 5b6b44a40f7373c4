// A stranger's INVITE must not cost memory: looking the application up and deciding allocate nothing.

#include <gtest/gtest.h>

#include "account/directory.h"
#include "admission/decide.h"
#include "allocations.h"

namespace portico::admission {
namespace {

TEST(Decide, AllocatesNothing) {
  account::Application app{.id = "0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10",
                           .inbound_sip_enabled = true,
                           .password_auth_enabled = true,
                           .allowed_sources = {Cidr{0xCB007100, 24}},
                           .allowed_regions = {"a region with a name too long to be kept inside a string"},
                           .sip_user = "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11"};
  account::Directory directory;
  directory.put(app);
  account::Directory::Reader reader(directory);
  reader.current();

  const std::size_t before = test::allocations();
  Facts facts{.application = reader.current().by_sip_user("7D9C1B52-3A57-4F0E-B0C6-5F4D9D3D8A11"),
              .region = "a region with a name too long to be kept inside a string",
              .source = IpAddress::v4(0xCB007109)};
  const Decision challenged = decide(facts);
  facts.credentials = Credentials::right;
  const Decision admitted = decide(facts);
  const std::size_t after = test::allocations();

  EXPECT_EQ(challenged.status, 407);
  EXPECT_TRUE(admitted.admitted());
  EXPECT_GT(before, 0U);
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace portico::admission
