#include "objects/audio_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <future>
#include <map>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "http/tcp_peer.h"
#include "objects/memory_sink.h"
#include "objects/temporary_directory.h"
#include "webhook/event_waiter.h"
#include "webhook/test_backend.h"

namespace portico::objects {
namespace {

using webhook::TestBackend;

void append_u32(std::string& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}
void append_u16(std::string& out, std::uint16_t value) {
  out.push_back(static_cast<char>(value & 0xFF));
  out.push_back(static_cast<char>(value >> 8));
}

// A sine of `hertz` as 16-bit mono WAV at 8 kHz.
std::string wav(double hertz, std::size_t samples) {
  std::string data;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto value = 10'000 * std::sin(2 * M_PI * hertz * static_cast<double>(i) / 8000);
    append_u16(data, static_cast<std::uint16_t>(static_cast<std::int16_t>(value)));
  }
  std::string file = "RIFF";
  append_u32(file, static_cast<std::uint32_t>(36 + data.size()));
  file += "WAVEfmt ";
  append_u32(file, 16);
  append_u16(file, 1);
  append_u16(file, 1);
  append_u32(file, 8000);
  append_u32(file, 16000);
  append_u16(file, 2);
  append_u16(file, 16);
  file += "data";
  append_u32(file, static_cast<std::uint32_t>(data.size()));
  return file + data;
}

http::Response sound(std::string cache_control = "", std::size_t samples = 4000) {
  http::Response response{.headers = {{"Content-Type", "audio/x-wav; q=1"}}, .body = wav(440, samples)};
  if (!cache_control.empty()) response.headers.add("Cache-Control", std::move(cache_control));
  return response;
}

class AudioFetcherTest : public testing::Test {
 protected:
  call::SoundReady fetch(const std::string& url, std::string username = "", std::string password = "") {
    fetcher_.fetch(3, about(url, std::move(username), std::move(password)), waiter_.sender());
    return waiter_.wait<call::SoundReady>();
  }
  static call::AudioFetch about(const std::string& url, std::string username = "",
                                std::string password = "") {
    return {.url = url,
            .username = std::move(username),
            .password = std::move(password),
            .timeout = Millis(20'000),
            .account_id = "1000001"};
  }
  static call::AudioFetch about(const std::string& url, Millis timeout) {
    auto wanted = about(url);
    wanted.timeout = timeout;
    return wanted;
  }
  std::map<call::RequestId, Result<call::SoundReady::Sound>> wait_for(std::size_t count) {
    std::map<call::RequestId, Result<call::SoundReady::Sound>> sounds;
    for (std::size_t i = 0; i < count; ++i) {
      auto ready = waiter_.wait<call::SoundReady>();
      sounds.emplace(ready.request, std::move(ready.sound));
    }
    return sounds;
  }
  std::size_t staged_files() const {
    const auto staging = store_->staging_path("x").parent_path();
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(staging), {}));
  }

  TemporaryDirectory directory_;
  std::unique_ptr<FileStore> store_ = std::move(*FileStore::open(directory_.path() / "objects"));
  MemorySink sink_;
  EventWaiter waiter_;
  http::Client client_;
  async::Workers workers_{2};
  AudioFetcher fetcher_{
      client_,
      workers_,
      *store_,
      sink_,
      {.base_urls = {"http://127.0.0.1:9/api/v2/accounts/", "https://voice.example.org/api/v2/accounts/"},
       .object_key = [](std::string_view account, std::string_view url) -> Result<std::string> {
         if (!url.starts_with("https://voice.example.org/api/v2/accounts/" + std::string(account) + "/")) {
           return fail(Code::not_found, "no such recording");
         }
         return std::string("1000001/r-1.wav");
       }}};
};

TEST_F(AudioFetcherTest, FetchesDecodesAndPlacesASound) {
  TestBackend backend([](const http::Request&) { return sound(); });
  const auto ready = fetch(backend.url("/a.wav"), "u", "p");
  EXPECT_EQ(ready.request, 3U);
  ASSERT_TRUE(ready.sound) << ready.sound.error().what;
  EXPECT_EQ(ready.sound->length, Millis(500));
  const auto pcm = sink_.get(ready.sound->key);
  EXPECT_EQ(pcm.rate, 8000U);
  ASSERT_EQ(pcm.samples.size(), 4000U);
  double energy = 0;
  for (const auto sample : pcm.samples) energy += static_cast<double>(sample) * sample;
  EXPECT_NEAR(std::sqrt(energy / 4000), 10'000 / std::sqrt(2), 50);
  EXPECT_EQ(backend.wait_for(1).at(0).headers.get("Authorization"), "Basic dTpw");
  // The file goes with the last one who holds it, which may be after the answer.
  for (int tries = 0; tries < 1'000 && staged_files() != 0; ++tries) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(staged_files(), 0U);
}

TEST_F(AudioFetcherTest, KeepsAnAnswerAsLongAsItAllows) {
  TestBackend backend(
      [](const http::Request& request) { return sound(request.path == "/fresh" ? "max-age=600" : ""); });
  const auto first = fetch(backend.url("/fresh"));
  const auto again = fetch(backend.url("/fresh"));
  ASSERT_TRUE(first.sound && again.sound);
  EXPECT_EQ(first.sound->key, again.sound->key);
  EXPECT_EQ(again.sound->length, Millis(500));
  EXPECT_EQ(backend.requests(), 1U);
  fetch(backend.url("/stale"));
  fetch(backend.url("/stale"));
  EXPECT_EQ(backend.requests(), 3U);
  fetch(backend.url("/fresh"), "other", "user");
  EXPECT_EQ(backend.requests(), 4U) << "what one credential was shown is not for another";
  sink_.forget_all();
  EXPECT_TRUE(fetch(backend.url("/fresh")).sound);
  EXPECT_EQ(backend.requests(), 5U) << "the sink has thrown it out";
}

TEST_F(AudioFetcherTest, ASoundIsHeldByWhoAskedForItAndByNobodyElse) {
  TestBackend backend([](const http::Request&) { return sound("max-age=600"); });
  std::string key;
  for (int round = 0; round < 2; ++round) {  // fetched, then known
    const auto ready = fetch(backend.url("/fresh"));
    ASSERT_TRUE(ready.sound);
    key = ready.sound->key;
    EXPECT_TRUE(sink_.is_held(key)) << round;
  }
  EXPECT_EQ(backend.requests(), 1U);
  EXPECT_FALSE(sink_.is_held(key));
}

TEST_F(AudioFetcherTest, FetchesNothingAgainForAnAccountThatHoldsAsMuchAsItMay) {
  TestBackend backend([](const http::Request&) { return sound("max-age=600"); });
  EXPECT_TRUE(fetch(backend.url("/fresh")).sound);
  sink_.fill("1000001");
  const auto refused = fetch(backend.url("/fresh"));
  ASSERT_FALSE(refused.sound);
  EXPECT_EQ(refused.sound.error().code, Code::busy);
  EXPECT_EQ(backend.requests(), 1U);
}

TEST_F(AudioFetcherTest, AnswersThoughTheMemoryRunsOut) {
  TestBackend backend([](const http::Request&) { return sound("max-age=600"); });
  const auto staged = store_->staging_path("r-1.wav");
  write_file(staged, wav(440, 4000));
  ASSERT_TRUE(store_->put(staged, "1000001/r-1.wav"));
  for (const auto& url :
       {backend.url("/a.wav"),
        std::string("https://voice.example.org/api/v2/accounts/1000001/recordings/r-1/media")}) {
    sink_.run_out_of_memory(1);
    const auto failed = fetch(url);
    ASSERT_FALSE(failed.sound) << url;
    EXPECT_EQ(failed.sound.error().code, Code::internal);
    EXPECT_TRUE(fetch(url).sound) << url;
  }
}

TEST_F(AudioFetcherTest, FetchesOnceForAllWhoAskTogether) {
  for (const auto* cache_control : {"max-age=60", "no-store"}) {
    std::promise<void> release;
    auto released = release.get_future().share();
    TestBackend backend([&](const http::Request&) {
      released.wait();
      return sound(cache_control);
    });
    for (call::RequestId id = 1; id <= 3; ++id) {
      fetcher_.fetch(id, about(backend.url("/" + std::string(cache_control))), waiter_.sender());
    }
    backend.wait_for(1);
    release.set_value();
    std::set<call::RequestId> answered;
    for (int i = 0; i < 3; ++i) {
      const auto ready = waiter_.wait<call::SoundReady>();
      EXPECT_TRUE(ready.sound);
      answered.insert(ready.request);
    }
    EXPECT_EQ(answered.size(), 3U);
    EXPECT_EQ(backend.requests(), std::string_view(cache_control) == "no-store" ? 3U : 1U) << cache_control;
  }
}

TEST_F(AudioFetcherTest, OnesTimeoutIsNotTheFailureOfThoseWhoJoined) {
  std::promise<void> asked;
  std::atomic<int> requests{0};
  http::ScriptedServer server([&](http::TcpPeer& peer) {
    if (peer.read_until("\r\n\r\n").empty()) return;
    if (++requests == 1) {
      asked.set_value();
      peer.read_to_end();
      return;
    }
    const auto file = wav(440, 4000);
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nCache-Control: max-age=60\r\nContent-Length: " +
              std::to_string(file.size()) + "\r\n\r\n" + file);
    peer.read_to_end();
  });
  fetcher_.fetch(1, about(server.url("/a.wav"), Millis(1'000)), waiter_.sender());
  ASSERT_EQ(asked.get_future().wait_for(60s), std::future_status::ready);
  for (call::RequestId id = 2; id <= 4; ++id) {
    fetcher_.fetch(id, about(server.url("/a.wav"), Millis(id == 3 ? 20'000 : 10'000)), waiter_.sender());
  }
  const auto sounds = wait_for(4);
  ASSERT_FALSE(sounds.at(1));
  EXPECT_EQ(sounds.at(1).error().code, Code::timeout);
  for (call::RequestId id = 2; id <= 4; ++id) {
    EXPECT_TRUE(sounds.at(id)) << id << ": " << sounds.at(id).error().what;
  }
  EXPECT_EQ(requests.load(), 2);
}

TEST_F(AudioFetcherTest, WhoCannotShareAnAnswerHasTheWholeTimeForItsOwnFetch) {
  http::ScriptedServer server([](http::TcpPeer& peer) {
    if (peer.read_until("\r\n\r\n").empty()) return;
    std::this_thread::sleep_for(2s);
    const auto file = wav(440, 4000);
    peer.send("HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nConnection: close\r\n\r\n" + file);
  });
  for (const call::RequestId id : {1U, 2U})
    fetcher_.fetch(id, about(server.url("/a.wav"), Millis(3'500)), waiter_.sender());
  for (const auto& [id, ready] : wait_for(2)) EXPECT_TRUE(ready) << id << ": " << ready.error().what;
}

TEST_F(AudioFetcherTest, AsksAServerThatNeverAnswersOnceMoreForAllWhoJoined) {
  std::promise<void> all_asked;
  std::atomic<int> requests{0};
  http::ScriptedServer server([&, asked = all_asked.get_future().share()](http::TcpPeer& peer) {
    if (peer.read_until("\r\n\r\n").empty()) return;
    if (++requests > 1) peer.read_to_end();
    asked.wait_for(60s);  // then the first one's connection ends
  });
  fetcher_.fetch(0, about(server.url("/a.wav")), waiter_.sender());
  for (call::RequestId id = 1; id < 20; ++id) {
    fetcher_.fetch(id, about(server.url("/a.wav"), Millis(300)), waiter_.sender());
  }
  all_asked.set_value();
  const auto sounds = wait_for(20);
  EXPECT_EQ(sounds.size(), 20U);
  for (const auto& [id, ready] : sounds) EXPECT_FALSE(ready) << id;
  EXPECT_LE(requests.load(), 2) << "it is not asked for ever";
}

TEST_F(AudioFetcherTest, SharesAFailureThatAnotherFetchWouldMeetToo) {
  for (const auto& [status, requests] :
       {std::pair(404, 1U), std::pair(403, 1U), std::pair(200, 1U), std::pair(503, 2U)}) {
    std::promise<void> release;
    auto released = release.get_future().share();
    TestBackend backend([&, code = status](const http::Request&) {
      released.wait();
      return http::Response{.status = code, .headers = {{"Content-Type", "audio/wav"}}, .body = "no sound"};
    });
    for (call::RequestId id = 1; id <= 3; ++id) {
      fetcher_.fetch(id, about(backend.url("/a.wav")), waiter_.sender());
    }
    backend.wait_for(1);
    release.set_value();
    const auto sounds = wait_for(3);
    EXPECT_EQ(sounds.size(), 3U);
    for (const auto& [id, ready] : sounds) EXPECT_FALSE(ready) << status << " " << id;
    EXPECT_EQ(backend.requests(), requests) << status;
  }
}

TEST_F(AudioFetcherTest, BeginsNoFetchOnceItHasEnded) {
  TestBackend backend([](const http::Request&) { return sound(); });
  auto client = std::make_unique<http::Client>();
  auto workers = std::make_unique<async::Workers>(1);
  MemorySink sink;
  std::promise<void> decoded;
  std::promise<void> release;
  sink.before_put = [&] {
    decoded.set_value();
    release.get_future().wait();
  };
  auto fetcher = std::make_unique<AudioFetcher>(*client, *workers, *store_, sink, OwnMedia{});
  fetcher->fetch(1, about(backend.url("/a.wav")), waiter_.sender());
  fetcher->fetch(2, about(backend.url("/a.wav")), waiter_.sender());
  decoded.get_future().wait();
  fetcher.reset();
  release.set_value();
  workers.reset();
  client.reset();
  std::map<call::RequestId, bool> sounds;
  for (int i = 0; i < 2; ++i) {
    const auto ready = waiter_.wait<call::SoundReady>();
    sounds[ready.request] = ready.sound.has_value();
    if (!ready.sound) EXPECT_EQ(ready.sound.error().code, Code::cancelled);
  }
  EXPECT_TRUE(sounds.at(1)) << "it was there already";
  EXPECT_FALSE(sounds.at(2)) << "its answer would have been another fetch";
  EXPECT_EQ(backend.requests(), 1U);
}

TEST_F(AudioFetcherTest, FollowsRedirects) {
  TestBackend backend([](const http::Request& request) {
    if (request.path == "/end.wav") return sound();
    const auto left = std::stoi(request.path.substr(1));
    const auto next = left == 0 ? std::string("/end.wav") : "/" + std::to_string(left - 1);
    return http::Response{.status = 302, .headers = {{"Location", next}}};
  });
  EXPECT_TRUE(fetch(backend.url("/4")).sound) << "five redirects";
  EXPECT_FALSE(fetch(backend.url("/5")).sound) << "six redirects";
}

TEST_F(AudioFetcherTest, FetchesNoMoreAtATimeThanItsLimit) {
  http::ScriptedServer silent([](http::TcpPeer& peer) { peer.read_to_end(); });
  // Each account has half of what the ones before it left.
  for (std::size_t left = limits::kPromptFetchesMax; left > 1; left -= left / 2) {
    auto mine = about("");
    mine.account_id = std::to_string(left);
    for (std::size_t n = 0; n <= left / 2; ++n) {
      mine.url = silent.url("/" + std::to_string(n) + ".wav");
      fetcher_.fetch(n, mine, waiter_.sender());
    }
    const auto refused = waiter_.wait<call::SoundReady>();
    ASSERT_FALSE(refused.sound);
    EXPECT_EQ(refused.sound.error().code, Code::busy);
    EXPECT_EQ(refused.request, left / 2);
  }
}

TEST_F(AudioFetcherTest, FetchesForOthersWhileAnAccountWaitsForSlowServers) {
  http::ScriptedServer silent([](http::TcpPeer& peer) { peer.read_to_end(); });
  for (std::size_t n = 0; n < limits::kPromptFetchesMax; ++n) {
    fetcher_.fetch(n, about(silent.url("/" + std::to_string(n) + ".wav")), waiter_.sender());
  }
  for (std::size_t n = 0; n < limits::kPromptFetchesMax / 2; ++n) {
    EXPECT_FALSE(waiter_.wait<call::SoundReady>().sound);
  }
  TestBackend backend([](const http::Request&) { return sound(); });
  auto others = about(backend.url("/a.wav"));
  others.account_id = "1000002";
  fetcher_.fetch(9'999, others, waiter_.sender());
  const auto ready = waiter_.wait<call::SoundReady>();
  EXPECT_EQ(ready.request, 9'999U);
  EXPECT_TRUE(ready.sound) << ready.sound.error().what;
}

TEST_F(AudioFetcherTest, SaysWhyASoundCannotBePlayed) {
  TestBackend backend([](const http::Request& request) {
    if (request.path == "/missing") return http::Response{.status = 404};
    if (request.path == "/none") return http::Response{.status = 204};
    if (request.path == "/a.ogg")
      return http::Response{.headers = {{"Content-Type", "audio/ogg"}}, .body = "OggS...."};
    return http::Response{.headers = {{"Content-Type", "audio/wav"}}};
  });
  http::ClosedPort closed;
  for (const auto& url :
       {backend.url("/missing"), backend.url("/none"), backend.url("/a.ogg"), backend.url("/empty"),
        closed.url("/x.wav"), std::string("ftp://127.0.0.1/x.wav"), std::string("nonsense")}) {
    const auto ready = fetch(url);
    ASSERT_FALSE(ready.sound) << url;
    EXPECT_FALSE(ready.sound.error().what.empty());
  }
  EXPECT_EQ(sink_.puts(), 0);
  EXPECT_EQ(staged_files(), 0U);
}

TEST_F(AudioFetcherTest, PlaysOwnRecordingsWithoutHttp) {
  const auto staged = store_->staging_path("r-1.wav");
  write_file(staged, wav(300, 1600));
  ASSERT_TRUE(store_->put(staged, "1000001/r-1.wav"));
  const auto ready =
      fetch("https://voice.example.org/api/v2/accounts/1000001/calls/c-1/recordings/r-1/media");
  ASSERT_TRUE(ready.sound) << ready.sound.error().what;
  EXPECT_EQ(ready.sound->length, Millis(200));
  const auto other = fetch("https://voice.example.org/api/v2/accounts/2/calls/c-1/recordings/r-1/media");
  ASSERT_FALSE(other.sound);
  EXPECT_EQ(other.sound.error().code, Code::not_found);
  EXPECT_EQ(client_.connections_opened(), 0U);
}

}  // namespace
}  // namespace portico::objects
