#include "api/identity.h"

#include "account/scripted_store.h"
#include "api/fixture.h"

namespace portico::api {
namespace {

// The client is revoked after its token was found.
struct RevokingStore : account::ScriptedStore {
  Result<account::Token> token(std::string_view, WallTime) override {
    return account::Token{.client_id = "CLI-gone"};
  }
  Result<account::Client> client(std::string_view) override {
    return fail(Code::not_found, "no such client");
  }
};

class Identity : public ApiTest {};

TEST_F(Identity, ATokenEndsWithItsClientEvenBetweenTwoReads) {
  RevokingStore store;
  const Services services{.store = store, .directory = directory_, .deployment = {}};
  auto asked = request("GET", applications());
  asked.headers.set("Authorization", "Bearer x");
  const auto client = identify(services, asked);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, Code::unauthorized);
}

}  // namespace
}  // namespace portico::api
