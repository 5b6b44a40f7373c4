#include "api/applications/application_json.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace portico::api {
namespace {

using How = account::Given<bool>::How;

TEST(ApplicationPatch, TellsAbsentNullAndWrongTypeApart) {
  const auto body =
      boost::json::parse(R"({"requireTls":null,"requireSrtp":"yes","passwordAuthEnabled":true})");
  const auto patch = patch_from_json(body.get_object());
  EXPECT_EQ(patch.inbound_sip_calls_enabled.how, How::absent);
  EXPECT_EQ(patch.require_tls.how, How::null);
  EXPECT_EQ(patch.require_srtp.how, How::wrong_type);
  EXPECT_EQ(patch.password_auth_enabled.how, How::value);
}

TEST(ApplicationPatch, ListsHoldOnlyStrings) {
  const auto body = boost::json::parse(R"({"allowedRegions":["US",1],"allowedSourceIps":["a"]})");
  const auto patch = patch_from_json(body.get_object());
  EXPECT_EQ(patch.allowed_regions.how, account::Given<std::vector<std::string>>::How::wrong_type);
  EXPECT_EQ(patch.allowed_source_ips.value, std::vector<std::string>{"a"});
}

TEST(ApplicationPatch, KeepsTheRulesForTheFuzzersCorpus) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/application_patch/corpus")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++files;
  }
  EXPECT_GE(files, 8U);
}

}  // namespace
}  // namespace portico::api
