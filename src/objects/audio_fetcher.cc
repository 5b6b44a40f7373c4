#include "objects/audio_fetcher.h"

#include <algorithm>
#include <unordered_map>

#include "async/turns.h"
#include "audio/decode_audio.h"
#include "base/attempt.h"
#include "base/counters.h"
#include "base/hash.h"
#include "base/shares.h"
#include "http/url.h"
#include "objects/freshness.h"
#include "objects/mapped_file.h"
#include "objects/prompt_cache.h"

namespace portico::objects {
namespace {

using Sound = call::SoundReady::Sound;

constexpr unsigned kRedirectsMax = 5;  // bxml.md PlayAudio
constexpr std::size_t kDecodersMax = 4;
constexpr std::size_t kDecodersOfAccountMax = 2;

// What was asked, as one name: who may see an answer is part of it.
std::string source_of(const call::AudioFetch& fetch) {
  return hash_hex(HashAlgorithm::sha256,
                  {fetch.account_id, "\n", fetch.username, "\n", fetch.password, "\n", fetch.url});
}

Counter& outcome_counter(std::string_view outcome) {
  return counter("portico_prompt_fetches_total", "Sounds asked for by PlayAudio and what became of them",
                 {{"outcome", std::string(outcome)}});
}

std::string media_type(std::string_view content_type) {
  auto type = std::string(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return type;
}

Error explain(const http::FetchError& failure, const std::string& url) {
  const auto name = http::name_of_url(url);
  const auto what =
      name + " cannot be fetched (" + std::string(failure_name(failure.kind)) + "): " + failure.what;
  switch (failure.kind) {
    case http::FetchFailure::timeout:
      return {Code::timeout, what};
    case http::FetchFailure::too_large:
      return {Code::too_large, what};
    case http::FetchFailure::refused_target:
      return {Code::not_allowed, what};
    case http::FetchFailure::busy:
      return {Code::busy, what};
    case http::FetchFailure::cancelled:
      return {Code::cancelled, what};
    default:
      return {Code::unavailable, what};
  }
}

// Whether another fetch of the same may succeed. Not where the URL, the file or our own room is the reason.
bool may_pass(Code code) { return code == Code::timeout || code == Code::unavailable; }

class RemovedAtEnd {
 public:
  explicit RemovedAtEnd(std::filesystem::path path) : path_(std::move(path)) {}
  ~RemovedAtEnd() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  RemovedAtEnd(const RemovedAtEnd&) = delete;
  RemovedAtEnd& operator=(const RemovedAtEnd&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

struct AudioFetcher::State : std::enable_shared_from_this<State> {
  State(http::Client& c, async::Workers& w, const FileStore& f, SoundSink& s, OwnMedia o)
      : client(c), store(f), sink(s), own(std::move(o)), turns(w, kDecodersMax, kDecodersOfAccountMax) {}

  struct Asker {
    call::RequestId request = 0;
    call::Sender answers;
    Millis timeout{0};
    TimePoint until;     // the end of it, whoever's fetch it waits for
    bool again = false;  // has joined one that failed: a second failure is its answer

    Millis left() const { return std::chrono::floor<Millis>(until - Clock::now()); }
  };
  // One fetch under way and who waits for it besides the first.
  struct Work {
    call::AudioFetch fetch;
    std::string source;
    Asker first;
    std::vector<Asker> joined;
    bool shared = false;     // others may join
    std::size_t staged = 0;  // bytes of its file
  };
  using WorkPtr = std::shared_ptr<Work>;

  void ask(const call::AudioFetch& fetch, Asker asker, bool may_join);
  bool may_stage(Work& work, std::size_t bytes);
  void begin(const WorkPtr& work);
  void begin_own(const WorkPtr& work);
  void begin_http(const WorkPtr& work);
  void on_fetched(const WorkPtr& work, http::FetchOutcome outcome, const std::shared_ptr<RemovedAtEnd>& file);
  Result<Sound> decode(const std::string& account_id, const std::filesystem::path& file,
                       const std::string& type, const std::string& path);
  void end(const WorkPtr& work, Result<Sound> sound, std::chrono::seconds fresh);
  bool go_on(Work& work, std::vector<Asker>& joined);
  static void answer(const Asker& asker, Result<Sound> sound);

  http::Client& client;
  const FileStore& store;
  SoundSink& sink;
  OwnMedia own;
  PromptCache cache;

  std::mutex mutex;
  std::unordered_map<std::string, WorkPtr> by_source;  // those that may be joined
  Shares under_way{limits::kPromptFetchesMax};
  Shares staged{limits::kPromptStagingBytesMax};
  bool stopped = false;

  async::Turns turns;
};

void AudioFetcher::State::answer(const Asker& asker, Result<Sound> sound) {
  asker.answers.post(call::SoundReady{.request = asker.request, .sound = std::move(sound)});
}

void AudioFetcher::State::ask(const call::AudioFetch& fetch, Asker asker, bool may_join) {
  static auto& hits = outcome_counter("cached");
  static auto& refused = outcome_counter("busy");
  auto source = source_of(fetch);
  auto sound = cache.find(source, Clock::now());
  if (sound) {
    auto hold = sink.hold(fetch.account_id, sound->key);
    if (hold) {
      hits.add();
      sound->hold = std::move(*hold);
      return answer(asker, std::move(*sound));
    }
    if (hold.error().code == Code::busy) {
      refused.add();
      return answer(asker, fail(hold.error()));
    }
  }
  auto work = std::make_shared<Work>(Work{.fetch = fetch, .source = std::move(source), .first = asker});
  {
    const std::lock_guard lock(mutex);
    if (stopped) return answer(asker, fail(Code::cancelled, "the server is stopping"));
    const auto running = may_join ? by_source.find(work->source) : by_source.end();
    if (running != by_source.end()) {
      running->second->joined.push_back(std::move(asker));
      return;
    }
    if (!under_way.take(fetch.account_id)) {
      refused.add();
      return answer(asker, fail(Code::busy, "too many sounds are being fetched"));
    }
    work->shared = may_join;
    if (may_join) by_source.emplace(work->source, work);
  }
  begin(work);
}

bool AudioFetcher::State::may_stage(Work& work, std::size_t bytes) {
  const std::lock_guard lock(mutex);
  if (!staged.take(work.fetch.account_id, bytes)) return false;
  work.staged += bytes;
  return true;
}

void AudioFetcher::State::begin(const WorkPtr& work) {
  const bool ours = std::ranges::any_of(
      own.base_urls, [&](const std::string& base) { return work->fetch.url.starts_with(base); });
  if (!ours) return begin_http(work);
  auto job = [state = shared_from_this(), work] { state->begin_own(work); };
  if (!turns.run(work->fetch.account_id, std::move(job)))
    end(work, fail(Code::busy, "too much work is waiting"), std::chrono::seconds(0));
}

void AudioFetcher::State::begin_own(const WorkPtr& work) {
  const auto read = [&]() -> Result<Sound> {
    const auto key = own.object_key(work->fetch.account_id, work->fetch.url);
    if (!key) return fail(key.error());
    const auto object = store.find(*key);
    if (!object) return fail(object.error());
    return decode(work->fetch.account_id, object->path, "", object->path.filename().string());
  };
  // A recording never changes, but it can be deleted: nothing is kept.
  end(work, attempt(read), std::chrono::seconds(0));
}

void AudioFetcher::State::begin_http(const WorkPtr& work) {
  auto file = std::make_shared<RemovedAtEnd>(store.staging_path("fetch-" + random_hex(32)));
  http::Fetch request;
  request.asker = work->fetch.account_id;
  request.url = work->fetch.url;
  request.username = work->fetch.username;
  request.password = work->fetch.password;
  request.connect_timeout = request.tls_timeout = work->fetch.timeout;
  request.total_timeout = work->fetch.timeout;
  request.body_bytes_max = limits::kPromptBytesMax;
  request.redirects_max = kRedirectsMax;
  request.body_file = file->path().string();
  request.may_write = [state = shared_from_this(), work](std::size_t bytes) {
    return state->may_stage(*work, bytes);
  };
  client.fetch(std::move(request), [state = shared_from_this(), work, file](http::FetchOutcome outcome) {
    state->on_fetched(work, std::move(outcome), file);
  });
}

void AudioFetcher::State::on_fetched(const WorkPtr& work, http::FetchOutcome outcome,
                                     const std::shared_ptr<RemovedAtEnd>& file) {
  const auto none = std::chrono::seconds(0);
  if (!outcome.answer) return end(work, fail(explain(outcome.answer.error(), work->fetch.url)), none);
  if (outcome.answer->status != 200) {
    const auto status = std::to_string(outcome.answer->status);
    const auto name = http::name_of_url(work->fetch.url);
    const auto code = outcome.answer->status >= 500 ? Code::unavailable : Code::not_found;
    return end(work, fail(code, name + " answered with status " + status), none);
  }
  const auto fresh = fresh_for(outcome.answer->headers, read_clocks().wall);
  auto job = [state = shared_from_this(), work, file, fresh,
              type = media_type(outcome.answer->headers.get("Content-Type")), url = outcome.answer->url] {
    auto sound = attempt([&] {
      const auto parsed = http::parse_url(url);
      return state->decode(work->fetch.account_id, file->path(), type, parsed ? parsed->path : url);
    });
    state->end(work, std::move(sound), fresh);
  };
  if (!turns.run(work->fetch.account_id, std::move(job)))
    end(work, fail(Code::busy, "too much work is waiting"), none);
}

// The key is made of the bytes: the same file from two places is held once, and a key never changes its
// meaning.
Result<Sound> AudioFetcher::State::decode(const std::string& account_id, const std::filesystem::path& file,
                                          const std::string& type, const std::string& path) {
  const auto mapped = MappedFile::open(file);
  if (!mapped) return fail(mapped.error());
  auto pcm = audio::decode_audio(mapped->bytes(), type, path);
  if (!pcm) return fail(pcm.error());
  const auto length = pcm->length();
  if (length > limits::kPromptLengthMax) return fail(Code::too_large, "the sound is longer than an hour");
  Sound sound{.key = "audio-" + hash_hex(HashAlgorithm::sha256, {type, "\n", as_text(mapped->bytes())}),
              .length = length};
  auto hold = sink.put(account_id, sound.key, std::move(*pcm));
  if (!hold) return fail(hold.error());
  sound.hold = std::move(*hold);
  return sound;
}

void AudioFetcher::State::end(const WorkPtr& work, Result<Sound> sound, std::chrono::seconds fresh) {
  static auto& good = outcome_counter("fetched");
  static auto& bad = outcome_counter("failed");
  (sound ? good : bad).add();
  if (sound && fresh.count() > 0) cache.keep(work->source, *sound, Clock::now() + fresh);
  const auto first = work->first;
  std::vector<Asker> joined;
  bool goes_on = false;
  {
    const std::lock_guard lock(mutex);
    staged.give_back(work->fetch.account_id, std::exchange(work->staged, 0));
    joined.swap(work->joined);
    goes_on = !sound && may_pass(sound.error().code) && go_on(*work, joined);
    if (!goes_on) {
      under_way.give_back(work->fetch.account_id);
      if (work->shared) by_source.erase(work->source);
    }
  }
  // Those who joined share an answer that may be kept, and a failure; any other is the first one's alone.
  const bool sharable = !sound || fresh.count() > 0;
  for (auto& asker : joined) {
    if (sharable) {
      answer(asker, sound);
    } else {
      // Its own fetch begins now, and takes as long as the first one's may.
      work->fetch.timeout = asker.timeout;
      asker.until = Clock::now() + asker.timeout;
      ask(work->fetch, std::move(asker), false);
    }
  }
  answer(first, std::move(sound));
  if (goes_on) begin(work);
}

// After a failure that may pass, with the lock held: those of `joined` who have time left and saw none before
// keep the work, with its place among those under way, for one more fetch. It may take what the most patient
// one has left, lest another's timeout end it for him again.
bool AudioFetcher::State::go_on(Work& work, std::vector<Asker>& joined) {
  const auto is_done = [](const Asker& asker) { return asker.again || asker.left() <= Millis(0); };
  const auto more = std::partition(joined.begin(), joined.end(), is_done);
  if (stopped || more == joined.end()) return false;
  std::iter_swap(more, std::ranges::max_element(more, joined.end(), {}, &Asker::until));
  work.first = std::move(*more);
  work.fetch.timeout = std::max(work.first.left(), Millis(1));
  work.joined.assign(std::make_move_iterator(more + 1), std::make_move_iterator(joined.end()));
  for (auto& asker : work.joined) asker.again = true;
  joined.erase(more, joined.end());
  return true;
}

AudioFetcher::AudioFetcher(http::Client& client, async::Workers& workers, const FileStore& store,
                           SoundSink& sink, OwnMedia own)
    : state_(std::make_shared<State>(client, workers, store, sink, std::move(own))) {}

// What waits holds the state, and what ends from now on begins nothing more.
AudioFetcher::~AudioFetcher() {
  state_->turns.stop();
  const std::lock_guard lock(state_->mutex);
  state_->stopped = true;
}

void AudioFetcher::fetch(call::RequestId request, const call::AudioFetch& fetch, call::Sender answers) {
  state_->ask(fetch,
              {.request = request,
               .answers = std::move(answers),
               .timeout = fetch.timeout,
               .until = Clock::now() + fetch.timeout},
              true);
}

}  // namespace portico::objects
