// The call and what its party hears.

#include <algorithm>
#include <atomic>

#include "call/call.h"

namespace portico::call {

media::PortId Media::new_port_id() {
  static std::atomic<media::PortId> last{0};
  return ++last;
}

std::uint64_t Call::send(media::Command command) {
  std::visit(
      [&](auto& c) {
        c.port = port_;
        c.seq = ++media_seq_;
      },
      command);
  environment_.media.send(std::move(command));
  return media_seq_;
}

media::PlayId Call::start_playing(std::vector<media::Sound> sounds, bool loop) {
  const auto play = ++last_play_;
  send(media::Play{.play = play, .sounds = std::move(sounds), .loop = loop});
  return play;
}

void Call::stop_playing(media::PlayId play) { send(media::Stop{.play = play}); }

async::Task<std::optional<Call::Played>> Call::play(std::vector<media::Sound> sounds) {
  const auto id = start_playing(std::move(sounds));
  while (!interrupted()) {
    auto event = co_await next();
    if (!event) break;
    const auto* from_media = std::get_if<media::Event>(&*event);
    const auto* ended = from_media != nullptr ? std::get_if<media::PlayEnded>(from_media) : nullptr;
    if (ended != nullptr && ended->play == id) co_return Played{.end = ended->end, .reason = ended->reason};
  }
  stop_playing(id);
  co_return std::nullopt;
}

async::Task<std::optional<Call::Prepared>> Call::prepare(const std::vector<bxml::Prompt>& prompts,
                                                         std::function<bool(const Event&)> unwanted) {
  std::vector<RequestId> requests;
  for (const auto& prompt : prompts) {
    requests.push_back(new_request());
    if (const auto* speech = std::get_if<bxml::SpeakSentence>(&prompt)) {
      const Utterance utterance{.ssml = speech->speech.ssml,
                                .voice = std::string(speech->voice.name),
                                .locale = std::string(speech->voice.locale),
                                .gender = std::string(bxml::gender_name(speech->voice.gender)),
                                .account_id = record_.account_id};
      environment_.sounds.speak(requests.back(), utterance, sender());
    } else {
      const auto& audio = std::get<bxml::PlayAudio>(prompt);
      const AudioFetch fetch{.url = audio.url,
                             .username = audio.credentials.username,
                             .password = audio.credentials.password,
                             .timeout = application().callbacks.timeout,
                             .account_id = record_.account_id};
      environment_.sounds.fetch(requests.back(), fetch, sender());
    }
  }
  Prepared prepared{.sounds = std::vector<media::Sound>(prompts.size()), .holds = {}};
  for (std::size_t missing = prompts.size(); missing > 0;) {
    auto event = co_await next();
    if (!event) co_return std::nullopt;
    const auto* ready = std::get_if<SoundReady>(&*event);
    if (ready == nullptr) {
      if (unwanted && unwanted(*event)) co_return Prepared();
      continue;
    }
    const auto at = std::find(requests.begin(), requests.end(), ready->request);
    if (at == requests.end()) continue;
    const auto index = static_cast<std::size_t>(at - requests.begin());
    if (!ready->sound) {
      const auto name =
          std::holds_alternative<bxml::SpeakSentence>(prompts[index]) ? "SpeakSentence: " : "PlayAudio: ";
      end(Cause::application_error, name + ready->sound.error().what);
      co_return std::nullopt;
    }
    prepared.sounds[index] = ready->sound->key;
    prepared.holds.push_back(ready->sound->hold);
    --missing;
  }
  co_return prepared;
}

}  // namespace portico::call
