#include "api/voice/recordings.h"

#include "api/fixture.h"

namespace portico::api {
namespace {

constexpr const char* kPath = "/api/v2/accounts/9900000/calls/c-1/recordings/r-1";

class Recordings : public ApiTest {
 protected:
  Recordings() {
    services_.object_path = [](std::string_view key) -> std::optional<std::filesystem::path> {
      return std::filesystem::path("/objects") / key;
    };
    services_.forget_objects = [this](const std::vector<std::string>& keys) -> Result<void> {
      if (meanwhile_) meanwhile_();
      if (disk_fails_) return fail(Code::unavailable, "cannot remove an object");
      forgotten_.insert(forgotten_.end(), keys.begin(), keys.end());
      return {};
    };
    recording_ = {.recording_id = "r-1",
                  .account_id = "9900000",
                  .application_id = "a",
                  .call_id = "c-1",
                  .to = "sip:x@y",
                  .from = "+1555",
                  .duration = 13670ms,
                  .started = kNoon,
                  .ended = kNoon + 14s,
                  .file_format = "wav",
                  .status = "complete",
                  .object_key = "sound",
                  .media_bytes = 4,
                  .transcription = account::TranscriptionState{
                      .id = "t-1", .status = "available", .completed = kNoon, .object_key = "words"}};
    write({recording_});
  }
  account::RecordingRecord recording_;
  std::vector<std::string> forgotten_;
  std::function<void()> meanwhile_;  // runs while files are removed
  bool disk_fails_ = false;
};

TEST_F(Recordings, AreReadAndListed) {
  const auto response = send("GET", kPath);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(text(response, "/duration"), "PT13.67S");
  EXPECT_EQ(text(response, "/mediaUrl"), "http://voice.example.org" + std::string(kPath) + "/media");
  EXPECT_EQ(text(response, "/transcription/id"), "t-1");
  for (const auto* absent : {"parentCallId", "transferCallerId", "transferTo", "recordingName"})
    EXPECT_FALSE(parsed(response).as_object().contains(absent)) << absent;
  EXPECT_EQ(at(send("GET", "/api/v2/accounts/9900000/calls/c-1/recordings"), "/0"), parsed(response));
  EXPECT_EQ(at(send("GET", "/api/v2/accounts/9900000/recordings?from=+1555"), "/0"), parsed(response));
  EXPECT_EQ(parsed(send("GET", "/api/v2/accounts/9900000/recordings?from=+1666")), boost::json::array());
  EXPECT_EQ(send("GET", "/api/v2/accounts/9900000/recordings?minStartTime=x").status, 400);
}

TEST_F(Recordings, OfAnotherCallAreNotFound) {
  EXPECT_EQ(send("GET", "/api/v2/accounts/9900000/calls/c-2/recordings/r-1").status, 404);
  EXPECT_EQ(send("GET", "/api/v2/accounts/9900000/calls/c-1/recordings/r-2").status, 404);
}

TEST_F(Recordings, TheirSoundIsAFileThatTheServerSends) {
  const auto response = send("GET", std::string(kPath) + "/media");
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("Content-Type"), "audio/vnd.wave");
  ASSERT_TRUE(response.file);
  EXPECT_EQ(response.file->path, "/objects/sound");
  recording_.file_format = "mp3";
  write({recording_});
  EXPECT_EQ(send("GET", std::string(kPath) + "/media").headers.get("Content-Type"), "audio/mpeg");
}

TEST_F(Recordings, AreNotDeletedWhileTheyAreMadeBecauseTheirCallWouldWriteThemAgain) {
  recording_.status = "processing";
  write({recording_});
  EXPECT_EQ(send("DELETE", kPath).status, 409);
  recording_.status = "complete";
  write({recording_});
  EXPECT_EQ(send("DELETE", kPath).status, 204);
  EXPECT_EQ(send("GET", kPath).status, 404);
}

TEST_F(Recordings, HaveNoSoundWhileTheyAreMade) {
  recording_.status = "processing";
  write({recording_});
  EXPECT_EQ(send("GET", std::string(kPath) + "/media").status, 404);
  EXPECT_EQ(send("DELETE", std::string(kPath) + "/media").status, 409);
  EXPECT_TRUE(at(send("GET", kPath), "/mediaUrl").is_null());
}

TEST_F(Recordings, WithoutTheirSoundAreStillKnown) {
  EXPECT_EQ(send("DELETE", std::string(kPath) + "/media").status, 204);
  EXPECT_THAT(forgotten_, ::testing::ElementsAre("sound"));
  const auto response = send("GET", kPath);
  EXPECT_EQ(text(response, "/status"), "deleted");
  EXPECT_TRUE(at(response, "/mediaUrl").is_null());
  EXPECT_EQ(send("GET", std::string(kPath) + "/media").status, 404);
}

TEST_F(Recordings, AreDeletedWithEverythingThatBelongsToThem) {
  EXPECT_EQ(send("DELETE", kPath).status, 204);
  EXPECT_THAT(forgotten_, ::testing::ElementsAre("sound", "words"));
  EXPECT_EQ(send("GET", kPath).status, 404);
  EXPECT_EQ(send("DELETE", kPath).status, 404);
}

TEST_F(Recordings, AreKeptWhileTheirFilesCannotBeRemoved) {
  disk_fails_ = true;
  for (const auto* below : {"", "/media", "/transcription"}) {
    const auto refused = send("DELETE", kPath + std::string(below));
    EXPECT_EQ(refused.status, 503) << below;
    EXPECT_TRUE(is_uuid(text(refused, "/id"))) << below;
  }
  EXPECT_EQ(text(send("GET", kPath), "/status"), "complete");
  EXPECT_EQ(text(send("GET", kPath), "/transcription/id"), "t-1");
  disk_fails_ = false;
  EXPECT_EQ(send("DELETE", kPath).status, 204);
}

TEST_F(Recordings, ThatAreDeletedMeanwhileDoNotComeBack) {
  meanwhile_ = [this] { (void)store_->delete_recording("9900000", "r-1"); };
  for (const auto* below : {"/media", "/transcription", ""}) {
    write({recording_});
    EXPECT_EQ(send("DELETE", kPath + std::string(below)).status, 404) << below;
    EXPECT_EQ(send("GET", kPath).status, 404) << below;
  }
}

TEST_F(Recordings, TranscriptionsAreReadAndDeleted) {
  const auto path = std::string(kPath) + "/transcription";
  const auto response = send("GET", path);
  ASSERT_TRUE(response.file);
  EXPECT_EQ(response.file->path, "/objects/words");
  EXPECT_EQ(send("DELETE", path).status, 204);
  EXPECT_THAT(forgotten_, ::testing::ElementsAre("words"));
  EXPECT_EQ(send("GET", path).status, 404);
  EXPECT_EQ(send("DELETE", path).status, 404);
  EXPECT_TRUE(at(send("GET", kPath), "/transcription").is_null());
}

}  // namespace
}  // namespace portico::api
