#include "speech/speaker.h"

#include <mutex>
#include <unordered_map>
#include <vector>

#include "async/turns.h"
#include "audio/decode_audio.h"
#include "base/attempt.h"
#include "base/counters.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/shares.h"
#include "speech/disk_cache.h"

namespace portico::speech {
namespace {

using Sound = call::SoundReady::Sound;

// In the names of sounds on disk. Another one where the same text sounds otherwise than in the version
// before.
constexpr std::string_view kRendering = "2\n";

// Of the kSpeechProcessesMax: one is left for others, however much an account has to say.
constexpr std::size_t kEnginesOfAccountMax = limits::kSpeechProcessesMax - 1;

Counter& outcome(std::string_view name) {
  return counter("portico_speech_total", "Utterances asked for and where their sound came from",
                 {{"outcome", std::string(name)}});
}

}  // namespace

struct Speaker::State {
  State(Engine& e, objects::SoundSink& s, const std::filesystem::path& directory)
      : engine(e), sink(s), disk(directory) {}

  struct Asker {
    call::RequestId request = 0;
    call::Sender answers;
  };
  using Askers = std::vector<Asker>;
  struct Work {
    std::string key;
    Text text;
    std::string account_id;

    std::string asked_as() const { return account_id + "\n" + key; }
  };

  void speak(const call::Utterance& utterance, Asker asker);
  bool take_in(const Work& work, const Asker& asker);  // under `mutex`
  Result<Sound> produce(const Work& work);
  Result<Sound> from_disk(const Work& work);
  Result<Sound> from_engine(const Work& work);
  Result<Sound> place(const Work& work, const std::string& wav);
  void remember(const std::string& key, Millis length);
  void end(const Work& work, const Result<Sound>& sound);
  Result<Sound> known(const std::string& account_id, const std::string& key);
  static void answer(const Asker& asker, Result<Sound> sound) {
    asker.answers.post(call::SoundReady{.request = asker.request, .sound = std::move(sound)});
  }

  Engine& engine;
  objects::SoundSink& sink;
  DiskCache disk;

  std::mutex mutex;
  std::unordered_map<std::string, Millis> lengths;  // of sounds that were put into the sink
  std::unordered_map<std::string, Askers> waiting;  // by account and key, while it is being spoken
  Shares places{limits::kSpeechPendingMax};

  async::Workers workers{limits::kSpeechProcessesMax};  // its threads use all of the above
  async::Turns turns{workers, limits::kSpeechProcessesMax, kEnginesOfAccountMax};
};

// Errors: not_found, busy.
Result<Sound> Speaker::State::known(const std::string& account_id, const std::string& key) {
  Millis length{0};
  {
    const std::lock_guard lock(mutex);
    const auto it = lengths.find(key);
    if (it == lengths.end()) return fail(Code::not_found, "not in memory");
    length = it->second;
  }
  auto hold = sink.hold(account_id, key);
  if (!hold) return fail(hold.error());
  return Sound{.key = key, .length = length, .hold = std::move(*hold)};
}

void Speaker::State::speak(const call::Utterance& utterance, Asker asker) {
  static auto& hits = outcome("memory");
  static auto& refused = outcome("busy");
  auto voice = engine.voice_for(utterance.voice, utterance.locale, utterance.gender);
  if (!voice) return answer(asker, fail(voice.error()));
  auto key = "speech-" + hash_hex(HashAlgorithm::sha256, {kRendering, *voice, "\n", utterance.ssml});
  auto sound = known(utterance.account_id, key);
  if (sound || sound.error().code == Code::busy) {
    (sound ? hits : refused).add();
    return answer(asker, std::move(sound));
  }
  Work work{.key = key,
            .text = {.voice = std::move(*voice), .ssml = utterance.ssml},
            .account_id = utterance.account_id};
  {
    const std::lock_guard lock(mutex);
    const auto running = waiting.find(work.asked_as());
    if (running != waiting.end()) {
      running->second.push_back(std::move(asker));
      return;
    }
    if (take_in(work, asker)) return;
  }
  refused.add();
  answer(asker, fail(Code::busy, "too many sentences wait to be spoken"));
}

bool Speaker::State::take_in(const Work& work, const Asker& asker) {
  if (!places.take(work.account_id)) return false;
  waiting[work.asked_as()].push_back(asker);
  if (turns.run(work.account_id, [this, work] { end(work, attempt([&] { return produce(work); })); })) {
    return true;
  }
  waiting.erase(work.asked_as());
  places.give_back(work.account_id);
  return false;
}

Result<Sound> Speaker::State::produce(const Work& work) {
  static auto& spoken = outcome("spoken");
  static auto& read = outcome("disk");
  auto sound = from_disk(work);
  const bool found = sound || sound.error().code == Code::busy;
  if (!found) sound = from_engine(work);
  if (!sound) return sound;
  (found ? read : spoken).add();
  remember(work.key, sound->length);
  return sound;
}

void Speaker::State::remember(const std::string& key, Millis length) {
  const std::lock_guard lock(mutex);
  // Which one goes does not matter: the sink decides what is remembered, this only spares asking it.
  if (lengths.size() >= limits::kSpeechCacheMax) lengths.erase(lengths.begin());
  lengths[key] = length;
}

Result<Sound> Speaker::State::from_disk(const Work& work) {
  const auto wav = disk.read(work.key);
  if (!wav) return fail(Code::not_found, "not on disk");
  auto sound = place(work, *wav);
  if (!sound && sound.error().code == Code::invalid) disk.remove(work.key);  // damaged: spoken again
  return sound;
}

Result<Sound> Speaker::State::from_engine(const Work& work) {
  const auto wav = engine.synthesize(work.text);
  if (!wav) return fail(wav.error());
  auto sound = place(work, *wav);
  // Kept though this account may hold no more sounds now: it is not spoken for nothing then.
  if (sound || sound.error().code == Code::busy) disk.write(work.key, *wav);
  return sound;
}

Result<Sound> Speaker::State::place(const Work& work, const std::string& wav) {
  auto pcm = audio::decode_audio(as_bytes(wav), "audio/wav", "");
  if (!pcm) return fail(pcm.error());
  Sound sound{.key = work.key, .length = pcm->length()};
  auto hold = sink.put(work.account_id, work.key, std::move(*pcm));
  if (!hold) return fail(hold.error());
  sound.hold = std::move(*hold);
  return sound;
}

void Speaker::State::end(const Work& work, const Result<Sound>& sound) {
  static auto& failed = outcome("failed");
  if (!sound) failed.add();
  Askers askers;
  {
    const std::lock_guard lock(mutex);
    places.give_back(work.account_id);
    const auto it = waiting.find(work.asked_as());
    askers = std::move(it->second);
    waiting.erase(it);
  }
  for (const auto& asker : askers) answer(asker, sound);
}

Speaker::Speaker(Engine& engine, objects::SoundSink& sink, const std::filesystem::path& directory)
    : state_(std::make_unique<State>(engine, sink, directory)) {}

Speaker::~Speaker() { state_->engine.stop(); }

void Speaker::speak(call::RequestId request, const call::Utterance& utterance, call::Sender answers) {
  state_->speak(utterance, {.request = request, .answers = std::move(answers)});
}

}  // namespace portico::speech
