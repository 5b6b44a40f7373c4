#pragma once
// Where a call's digits go: to the verb that gathers or records, to StartGather's webhook, or nowhere.

#include <memory>

#include "bxml/groups.h"
#include "media/digit_gate.h"

namespace portico::call {

struct DigitPressed {
  char digit = 0;
  media::DigitSource source = media::DigitSource::rfc4733;
};

class Digits {
 public:
  enum class Wanted : unsigned char {
    nobody,  // StartGather's webhook only
    gather,  // the verb; StartGather is suspended (bxml.md StartGather)
    record,  // the verb and StartGather both
  };

  void want(Wanted wanted) { wanted_ = wanted; }
  void start_gather(bxml::Callback dtmf) {
    start_gather_ = std::make_unique<const bxml::Callback>(std::move(dtmf));
  }
  void stop_gather() { start_gather_.reset(); }

  bool for_verb() const { return wanted_ != Wanted::nobody; }
  // The webhook that this digit goes to, if any.
  const bxml::Callback* webhook() const { return wanted_ != Wanted::gather ? start_gather_.get() : nullptr; }
  media::DigitGate& gate() { return gate_; }

 private:
  Wanted wanted_ = Wanted::nobody;
  std::unique_ptr<const bxml::Callback> start_gather_;  // large, and rare
  media::DigitGate gate_;
};

}  // namespace portico::call
