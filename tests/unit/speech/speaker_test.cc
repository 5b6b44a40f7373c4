#include "speech/speaker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <future>
#include <set>
#include <thread>

#include "async/workers.h"
#include "audio/decode_audio.h"
#include "base/counters.h"
#include "base/limits.h"
#include "objects/memory_sink.h"
#include "objects/temporary_directory.h"
#include "speech/disk_cache.h"
#include "speech/espeak.h"
#include "webhook/event_waiter.h"

namespace portico::speech {
namespace {

namespace fs = std::filesystem;

double rms(const audio::Pcm& pcm) {
  double energy = 0;
  for (const auto sample : pcm.samples) energy += static_cast<double>(sample) * sample;
  return pcm.samples.empty() ? 0 : std::sqrt(energy / static_cast<double>(pcm.samples.size()));
}

// Share of 20 ms frames that are loud: speech goes up and down, a tone or noise does not.
double loud_share(const audio::Pcm& pcm) {
  const std::size_t frame = pcm.rate / 50;
  std::size_t loud = 0;
  std::size_t frames = 0;
  for (std::size_t at = 0; at + frame <= pcm.samples.size(); at += frame, ++frames) {
    audio::Pcm one{.rate = pcm.rate,
                   .samples = {pcm.samples.begin() + static_cast<std::ptrdiff_t>(at),
                               pcm.samples.begin() + static_cast<std::ptrdiff_t>(at + frame)}};
    if (rms(one) > 500) ++loud;
  }
  return static_cast<double>(loud) / static_cast<double>(frames);
}

call::Utterance say(std::string ssml, std::string voice = "", std::string locale = "en_US") {
  return {
      .ssml = std::move(ssml), .voice = std::move(voice), .locale = std::move(locale), .gender = "female"};
}

class SpeakerTest : public testing::Test {
 protected:
  call::SoundReady speak(Speaker& speaker, const call::Utterance& utterance) {
    speaker.speak(9, utterance, waiter_.sender());
    return waiter_.wait<call::SoundReady>();
  }
  fs::path cache() const { return directory_.path() / "cache" / "speech"; }
  // An engine that counts its starts in a file, and dies as often as told before it speaks.
  EspeakOptions dying(int times) const {
    const auto script = directory_.path() / "engine.sh";
    const auto count = (directory_.path() / "count").string();
    write_file(script, "#!/bin/sh\necho x >> " + count + "\nif [ $(wc -l < " + count + ") -le " +
                           std::to_string(times) +
                           " ]; then head -c 1000 /dev/zero; kill -9 $$; fi\nexec espeak-ng \"$@\"\n");
    fs::permissions(script, fs::perms::owner_all);
    return {.program = script.string()};
  }

  TemporaryDirectory directory_;
  objects::MemorySink sink_;
  EventWaiter waiter_;
};

TEST_F(SpeakerTest, SpeaksWithSpeechsEnergyAndLength) {
  Espeak engine;
  Speaker speaker(engine, sink_, cache());
  const auto ready = speak(speaker, say("Thank you for calling. Please hold the line."));
  EXPECT_EQ(ready.request, 9U);
  ASSERT_TRUE(ready.sound) << ready.sound.error().what;
  const auto pcm = sink_.get(ready.sound->key);
  EXPECT_EQ(ready.sound->length, pcm.length());
  EXPECT_GT(pcm.length(), Millis(1'500));
  EXPECT_LT(pcm.length(), Millis(6'000));
  EXPECT_GT(rms(pcm), 500);
  EXPECT_GT(loud_share(pcm), 0.4);
  EXPECT_LT(loud_share(pcm), 0.98);
}

TEST_F(SpeakerTest, UnderstandsSsml) {
  Espeak engine;
  Speaker speaker(engine, sink_, cache());
  const auto plain = speak(speaker, say("one two"));
  const auto paused = speak(speaker, say(R"(one <break time="2s"/> two)"));
  const auto spelled = speak(speaker, say(R"(<say-as interpret-as="characters">ABCDEFGH</say-as>)"));
  const auto word = speak(speaker, say("abcdefgh"));
  ASSERT_TRUE(plain.sound && paused.sound && spelled.sound && word.sound);
  EXPECT_GT(paused.sound->length, plain.sound->length + Millis(1'500));
  EXPECT_GT(spelled.sound->length, word.sound->length + Millis(500)) << "letter by letter";
}

TEST_F(SpeakerTest, SpeaksFractionsDecibelsAndOtherLanguages) {
  Espeak engine;
  Speaker speaker(engine, sink_, cache());
  const auto sound = [&](const std::string& ssml) { return speak(speaker, say(ssml)).sound.value(); };
  const auto plain = sound("one two");
  EXPECT_GT(sound(R"(one <break time="1.5s"/> two)").length, plain.length + Millis(1'200));
  const auto loudness = [&](const std::string& volume) {
    const auto made = sound("<prosody volume=\"" + volume + "\">one two</prosody>");
    return rms(sink_.get(made.key));
  };
  const auto normal = loudness("0dB");
  EXPECT_GT(normal, 500);
  EXPECT_NEAR(loudness("-6dB") / normal, 0.5, 0.1);
  EXPECT_NEAR(loudness("+6dB") / normal, 2.0, 0.4);
  EXPECT_NE(sound(R"(<lang xml:lang="fr-FR">quatre-vingt</lang>)").length, sound("quatre-vingt").length);
}

TEST_F(SpeakerTest, EveryVoiceOfTheContractSpeaks) {
  const char* const names[] = {
      "susan",   "paul",    "julie",    "kate",      "ruth",    "bridget", "katrin",  "esperanza", "violeta",
      "rosa",    "lupe",    "jolie",    "gabrielle", "paola",   "nadiya",  "masako",  "zeina",     "zhiyu",
      "dave",    "stephen", "simon",    "stefan",    "jorge",   "pedro",   "bernard", "liam",      "luca",
      "anatoli", "kenji",   "salli",    "salli_enh", "chantal", "miguel",  "joey",    "joey_enh",  "penelope",
      "russell", "emma",    "emma_enh", "nicole",    "raveena", "mads",    "justin",  "ivy",       "ivy_enh",
      "carmen",  "naja",    "ruben",    "geraint"};
  Espeak engine;
  std::set<std::string> voices;
  for (const auto* name : names) {
    const auto voice = engine.voice_for(name, "", "");
    ASSERT_TRUE(voice) << name;
    if (!voices.insert(*voice).second) continue;
    const auto wav = engine.synthesize({.voice = *voice, .ssml = "1 2 3"});
    ASSERT_TRUE(wav) << name << " " << *voice << ": " << wav.error().what;
    const auto pcm = audio::decode_audio(as_bytes(*wav), "audio/wav", "");
    ASSERT_TRUE(pcm) << name;
    EXPECT_GT(rms(*pcm), 300) << name << " " << *voice;
    EXPECT_GT(pcm->length(), Millis(500)) << name;
  }
}

TEST_F(SpeakerTest, StartsNoProcessForWhatItHasSaidBefore) {
  Espeak engine;
  {
    Speaker speaker(engine, sink_, cache());
    const auto first = speak(speaker, say("Hello"));
    const auto again = speak(speaker, say("Hello"));
    ASSERT_TRUE(first.sound && again.sound);
    EXPECT_TRUE(first.sound->hold && again.sound->hold);
    EXPECT_EQ(first.sound->key, again.sound->key);
    EXPECT_EQ(first.sound->length, again.sound->length);
    EXPECT_EQ(engine.processes_started(), 1U);
    EXPECT_EQ(sink_.puts(), 1) << "found in memory";
    sink_.forget_all();
    ASSERT_TRUE(speak(speaker, say("Hello")).sound);
    EXPECT_EQ(engine.processes_started(), 1U) << "found on disk";
    speak(speaker, say("Hello", "paul"));
    EXPECT_EQ(engine.processes_started(), 2U) << "another voice is another sound";
  }
  Espeak after_restart;
  objects::MemorySink empty;
  Speaker speaker(after_restart, empty, cache());
  ASSERT_TRUE(speak(speaker, say("Hello")).sound);
  EXPECT_EQ(after_restart.processes_started(), 0U);
}

TEST_F(SpeakerTest, SpeaksOnceForAllWhoAskTogether) {
  Espeak engine;
  Speaker speaker(engine, sink_, cache());
  for (call::RequestId id = 1; id <= 20; ++id) speaker.speak(id, say("All together"), waiter_.sender());
  std::set<call::RequestId> answered;
  for (int i = 0; i < 20; ++i) {
    const auto ready = waiter_.wait<call::SoundReady>();
    EXPECT_TRUE(ready.sound);
    answered.insert(ready.request);
  }
  EXPECT_EQ(answered.size(), 20U);
  EXPECT_EQ(engine.processes_started(), 1U);
}

// One engine, and what one account may not hold another gets.
TEST_F(SpeakerTest, AnAccountThatHoldsAsMuchAsItMayIsRefusedAloneAndAtOnce) {
  Espeak engine;
  Speaker speaker(engine, sink_, cache());
  const auto speak = [&](const std::string& account) {
    auto utterance = say("Welcome.");
    utterance.account_id = account;
    speaker.speak(1, utterance, waiter_.sender());
    return waiter_.wait<call::SoundReady>();
  };
  sink_.fill("full");
  EXPECT_EQ(speak("full").sound.error().code, Code::busy);
  EXPECT_TRUE(speak("other").sound);
  const auto started = engine.processes_started();
  EXPECT_EQ(speak("full").sound.error().code, Code::busy);
  EXPECT_EQ(engine.processes_started(), started) << "for nothing";
}

TEST_F(SpeakerTest, TriesAgainWhenTheEngineIsKilledInASentence) {
  Espeak engine(dying(1));
  Speaker speaker(engine, sink_, cache());
  const auto ready = speak(speaker, say("Still here"));
  ASSERT_TRUE(ready.sound) << ready.sound.error().what;
  EXPECT_GT(rms(sink_.get(ready.sound->key)), 500);
  EXPECT_EQ(engine.processes_started(), 2U);
}

TEST_F(SpeakerTest, GivesUpWhenItIsKilledAgain) {
  Espeak engine(dying(2));
  Speaker speaker(engine, sink_, cache());
  const auto ready = speak(speaker, say("Gone"));
  ASSERT_FALSE(ready.sound);
  EXPECT_EQ(ready.sound.error().code, Code::unavailable);
  EXPECT_THAT(ready.sound.error().what, testing::HasSubstr("signal 9"));
  EXPECT_EQ(engine.processes_started(), 2U);
  EXPECT_TRUE(speak(speaker, say("Gone")).sound) << "a failure is not remembered";
}

TEST_F(SpeakerTest, KillsAnEngineThatStalls) {
  const auto script = directory_.path() / "stall.sh";
  write_file(script, "#!/bin/sh\nexec sleep 600\n");
  fs::permissions(script, fs::perms::owner_all);
  Espeak engine({.program = script.string(), .time = std::chrono::milliseconds(50)});
  Speaker speaker(engine, sink_, cache());
  const auto& failures = counter("portico_speech_engine_failures_total", "");
  const auto before = failures.value();
  const auto ready = speak(speaker, say("Never"));
  ASSERT_FALSE(ready.sound);
  EXPECT_EQ(ready.sound.error().code, Code::timeout);
  EXPECT_EQ(engine.processes_started(), 1U) << "a stall is not tried twice: the caller waits";
  EXPECT_EQ(failures.value(), before + 1);
}

TEST_F(SpeakerTest, RunsFewEnginesAndLetsABoundedNumberWait) {
  const auto script = directory_.path() / "stall.sh";
  write_file(script, "#!/bin/sh\nexec sleep 600\n");
  fs::permissions(script, fs::perms::owner_all);
  Espeak engine({.program = script.string(), .time = std::chrono::minutes(10)});
  Speaker speaker(engine, sink_, cache());
  // Each account has half of what the ones before it left.
  std::size_t request = 0;
  std::size_t refused_before = 0;
  for (std::size_t left = limits::kSpeechPendingMax; left > 1; left -= left / 2) {
    const auto account = std::to_string(left);
    for (std::size_t n = 0; n <= left / 2; ++n, ++request) {
      auto utterance = say(std::to_string(request));
      utterance.account_id = account;
      speaker.speak(request, utterance, waiter_.sender());
    }
    const auto refused = waiter_.wait<call::SoundReady>();
    ASSERT_FALSE(refused.sound);
    EXPECT_EQ(refused.sound.error().code, Code::busy);
    EXPECT_EQ(refused.request - refused_before, left / 2) << "the last of " << account;
    refused_before = refused.request + 1;
  }
  EXPECT_LE(engine.processes_started(), limits::kSpeechProcessesMax);
}

// Says one millisecond of silence, whatever it is asked.
class Mumbler final : public Engine {
 public:
  Result<std::string> voice_for(const std::string&, const std::string&, const std::string&) const override {
    return "nobody";
  }
  Result<std::string> synthesize(const Text&) override {
    const auto little = [](std::uint32_t value) {
      return std::string(
          {static_cast<char>(value), static_cast<char>(value >> 8), static_cast<char>(value >> 16), 0});
    };
    return "RIFF" + little(52) + "WAVEfmt " + little(16) + std::string("\1\0\1\0", 4) + little(8'000) +
           little(16'000) + std::string("\2\0\20\0", 4) + "data" + little(16) + std::string(16, '\0');
  }
  void stop() override {}
};

// Takes its time over what begins with "slow".
class Slowpoke final : public Engine {
 public:
  Result<std::string> voice_for(const std::string&, const std::string&, const std::string&) const override {
    return "nobody";
  }
  Result<std::string> synthesize(const Text& text) override {
    if (text.ssml.starts_with("slow")) {
      slow_.fetch_add(1);
      released_.wait();
    }
    return mumbler_.synthesize(text);
  }
  void stop() override {
    if (!stopped_.exchange(true)) release_.set_value();
  }
  std::size_t slow() const { return slow_.load(); }

 private:
  Mumbler mumbler_;
  std::atomic<std::size_t> slow_{0};
  std::atomic<bool> stopped_{false};
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
};

TEST_F(SpeakerTest, SpeaksForOthersWhileAnAccountHasMuchToSay) {
  Slowpoke engine;
  Speaker speaker(engine, sink_, cache());
  for (call::RequestId n = 0; n < 100; ++n) {
    auto utterance = say("slow " + std::to_string(n));
    utterance.account_id = "1000001";
    speaker.speak(n, utterance, waiter_.sender());
  }
  while (engine.slow() < limits::kSpeechProcessesMax - 1) std::this_thread::yield();
  auto quick = say("quick");
  quick.account_id = "1000002";
  speaker.speak(200, quick, waiter_.sender());
  const auto ready = waiter_.wait<call::SoundReady>();
  EXPECT_EQ(ready.request, 200U);
  EXPECT_TRUE(ready.sound);
  EXPECT_EQ(engine.slow(), limits::kSpeechProcessesMax - 1);
  engine.stop();
  for (int n = 0; n < 100; ++n)
    EXPECT_TRUE(waiter_.wait<call::SoundReady>().sound) << "all come to their turn";
}

// Has nothing to say, and is asked by the same account for the next sentence before it says so.
class Questioner final : public Engine {
 public:
  explicit Questioner(std::size_t sentences) : sentences_(sentences) {}
  Result<std::string> voice_for(const std::string&, const std::string&, const std::string&) const override {
    return "nobody";
  }
  Result<std::string> synthesize(const Text& text) override {
    ask(text.ssml.substr(0, text.ssml.find(' ')));
    said_.fetch_add(1);
    return fail(Code::unsupported, "nothing to say");
  }
  void stop() override {}

  void ask(const std::string& account_id) {
    const auto number = asked_.fetch_add(1);
    if (number >= sentences_) return;
    auto utterance = say(account_id + " " + std::to_string(number));
    utterance.account_id = account_id;
    speaker->speak(number, utterance, {});
  }
  std::size_t said() const { return said_.load(); }

  Speaker* speaker = nullptr;

 private:
  const std::size_t sentences_;
  std::atomic<std::size_t> asked_{0};
  std::atomic<std::size_t> said_{0};
};

TEST_F(SpeakerTest, RefusesNobodyHoweverLongTwoAccountsKeepItBusy) {
  const std::size_t sentences = async::Workers::kQueuedMax + 1'000;
  const auto& busy = counter("portico_speech_total", "", {{"outcome", "busy"}});
  const auto busy_before = busy.value();
  Questioner engine(sentences);
  Speaker speaker(engine, sink_, cache());
  engine.speaker = &speaker;
  for (int n = 0; n < 50; ++n) {
    engine.ask("1000001");
    engine.ask("1000002");
  }
  while (engine.said() < sentences) std::this_thread::yield();
  EXPECT_EQ(busy.value(), busy_before);
}

TEST_F(SpeakerTest, SpeaksOnAfterTheMemoryRanOut) {
  Mumbler engine;
  Speaker speaker(engine, sink_, cache());
  sink_.run_out_of_memory(static_cast<int>(limits::kSpeechProcessesMax));
  for (std::size_t n = 0; n < limits::kSpeechProcessesMax; ++n) {
    const auto failed = speak(speaker, say("Again"));
    ASSERT_FALSE(failed.sound);
    EXPECT_EQ(failed.sound.error().code, Code::internal);
  }
  EXPECT_TRUE(speak(speaker, say("Again")).sound);
}

TEST_F(SpeakerTest, RemembersABoundedNumberOfSentences) {
  Mumbler engine;
  Speaker speaker(engine, sink_, cache());
  const auto& read = counter("portico_speech_total", "", {{"outcome", "disk"}});
  const auto say_all = [&] {
    for (std::size_t n = 0; n <= limits::kSpeechCacheMax; ++n) {
      const auto ready = speak(speaker, say(std::to_string(n)));
      ASSERT_TRUE(ready.sound) << ready.sound.error().what;
    }
  };
  say_all();
  const auto before = read.value();
  say_all();
  EXPECT_GT(read.value(), before) << "one of them had to be read again";
}

// Says nothing until it is stopped.
class Stalled final : public Engine {
 public:
  Result<std::string> voice_for(const std::string&, const std::string&, const std::string&) const override {
    return "nobody";
  }
  Result<std::string> synthesize(const Text&) override {
    begun_.store(true);
    released_.wait_for(20s);  // a speaker that does not stop it fails the test and does not hang it
    return fail(Code::cancelled, "stopped");
  }
  void stop() override {
    if (!stopped_.exchange(true)) release_.set_value();
  }
  bool begun() const { return begun_.load(); }
  bool stopped() const { return stopped_.load(); }

 private:
  std::atomic<bool> begun_{false};
  std::atomic<bool> stopped_{false};
  std::promise<void> release_;
  std::shared_future<void> released_ = release_.get_future().share();
};

TEST_F(SpeakerTest, StopsItsEngineInTheMiddleOfASentence) {
  Stalled engine;
  {
    Speaker speaker(engine, sink_, cache());
    speaker.speak(1, say("Never"), waiter_.sender());
    while (!engine.begun()) std::this_thread::yield();
  }
  EXPECT_TRUE(engine.stopped());
}

TEST_F(SpeakerTest, AnEngineThatIsStoppedLeavesItsProcess) {
  const auto script = directory_.path() / "stall.sh";
  write_file(script, "#!/bin/sh\nexec sleep 600\n");
  fs::permissions(script, fs::perms::owner_all);
  Espeak engine({.program = script.string()});
  auto spoken = std::async(std::launch::async, [&] { return engine.synthesize({.ssml = "Never"}); });
  while (engine.processes_started() == 0) std::this_thread::yield();
  engine.stop();
  const auto sound = spoken.get();
  ASSERT_FALSE(sound);
  EXPECT_EQ(sound.error().code, Code::cancelled) << "it did not wait for the time limit";
}

TEST_F(SpeakerTest, RefusesALocaleWithoutAVoice) {
  Espeak engine;
  Speaker speaker(engine, sink_, cache());
  const auto ready = speak(speaker, say("Qapla", "", "tlh"));
  ASSERT_FALSE(ready.sound);
  EXPECT_EQ(ready.sound.error().code, Code::unsupported);
  EXPECT_EQ(engine.processes_started(), 0U);
}

TEST_F(SpeakerTest, SpeaksAgainWhenTheFileOnDiskIsDamaged) {
  Espeak engine;
  Speaker speaker(engine, sink_, cache());
  ASSERT_TRUE(speak(speaker, say("Damaged")).sound);
  for (const auto& entry : fs::directory_iterator(cache())) write_file(entry.path(), "not a sound");
  sink_.forget_all();
  ASSERT_TRUE(speak(speaker, say("Damaged")).sound);
  EXPECT_EQ(engine.processes_started(), 2U);
}

TEST_F(SpeakerTest, DiskCacheForgetsTheLeastRecentlyUsed) {
  DiskCache disk(cache(), 100);
  disk.write("a", std::string(40, 'a'));
  disk.write("b", std::string(40, 'b'));
  EXPECT_TRUE(disk.read("a"));
  disk.write("c", std::string(40, 'c'));
  EXPECT_FALSE(disk.read("b"));
  EXPECT_EQ(disk.read("a"), std::string(40, 'a'));
  EXPECT_EQ(disk.read("c"), std::string(40, 'c'));
  EXPECT_EQ(disk.bytes(), 80U);
  disk.write("huge", std::string(101, 'h'));
  EXPECT_FALSE(disk.read("huge"));
  const DiskCache learned(cache(), 100);
  EXPECT_EQ(learned.bytes(), 80U);
}

}  // namespace
}  // namespace portico::speech
