#pragma once
// What a call may let its party hear: speech and fetched files, behind one port.

#include "call/ports.h"
#include "objects/audio_fetcher.h"
#include "speech/speaker.h"

namespace portico::app {

class Prompts final : public call::Sounds {
 public:
  Prompts(speech::Speaker& speaker, objects::AudioFetcher& fetcher) : speaker_(speaker), fetcher_(fetcher) {}
  void speak(call::RequestId request, const call::Utterance& utterance, call::Sender answers) override {
    speaker_.speak(request, utterance, std::move(answers));
  }
  void fetch(call::RequestId request, const call::AudioFetch& fetch, call::Sender answers) override {
    fetcher_.fetch(request, fetch, std::move(answers));
  }

 private:
  speech::Speaker& speaker_;
  objects::AudioFetcher& fetcher_;
};

}  // namespace portico::app
