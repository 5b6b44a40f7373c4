#include "portico/own_media.h"

#include <gtest/gtest.h>

#include "store/samples.h"

namespace portico::app {
namespace {

using store::samples::recording;

class OwnMedia : public testing::Test {
 protected:
  OwnMedia() {
    auto taken_away = recording(2);
    taken_away.object_key.clear();
    EXPECT_TRUE(store_->write(std::vector<account::Write>{mine_, taken_away}));
  }
  static std::string url(const account::RecordingRecord& of, const std::string& account_id) {
    return "https://voice.example.org/api/v2/accounts/" + account_id + "/calls/" + of.call_id +
           "/recordings/" + of.recording_id + "/media";
  }

  store::samples::Folder folder_;
  std::unique_ptr<account::Store> store_ = store::samples::open(folder_.url());
  const account::RecordingRecord mine_ = recording(1);
};

TEST_F(OwnMedia, IsFoundByItsUrl) {
  EXPECT_EQ(own_object(*store_, mine_.account_id, url(mine_, mine_.account_id)), mine_.object_key);
}

// Voice mail of others: neither by their URL nor by ours with their recording in it.
TEST_F(OwnMedia, IsNotThatOfAnotherAccount) {
  for (const auto* const named : {"9900001", mine_.account_id.c_str()}) {
    const auto key = own_object(*store_, "9900001", url(mine_, named));
    ASSERT_FALSE(key) << named;
    EXPECT_EQ(key.error().code, Code::not_found) << named;
  }
}

TEST_F(OwnMedia, IsNotFoundWhereItIsTakenAwayOrTheUrlIsAnother) {
  const auto sound = url(mine_, mine_.account_id);
  for (const auto& other :
       {url(recording(2), mine_.account_id), url(recording(3), mine_.account_id),
        sound.substr(0, sound.size() - 6), sound + "/", std::string("/media"), std::string()}) {
    const auto key = own_object(*store_, mine_.account_id, other);
    ASSERT_FALSE(key) << other;
    EXPECT_EQ(key.error().code, Code::not_found) << other;
  }
}

}  // namespace
}  // namespace portico::app
