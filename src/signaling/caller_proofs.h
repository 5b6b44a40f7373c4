#pragma once
// Where the callers of a pump's calls are and which of them have proved it, and so what may be sent to whom:
// an INVITE or a request in a dialog may be forged, to have our answers flood the owner of its source
// address. Owner thread of the pump only.

#include <cstddef>
#include <unordered_map>

#include "base/address.h"
#include "base/time.h"
#include "signaling/door.h"
#include "sip/transaction/send.h"

namespace portico::signaling {

bool is_answer(const sip::Send& one);

class CallerProofs {
 public:
  explicit CallerProofs(Door& door) : door_(door) {}  // `door` outlives this

  void make_room(IpAddress caller) { callers_[caller]; }  // so that began() cannot fail for want of memory
  // A call from there was let in. Not `proven`: by UDP, without any proof that its caller is where it says;
  // `invite_bytes` is what it has sent.
  void began(IpAddress caller, bool proven, std::size_t invite_bytes, TimePoint now);
  void acknowledged(IpAddress caller);  // the answer of such a call was, which proves it
  void ended(IpAddress caller);         // a call that is proven, or needs to be no more

  // A request of `bytes` by `flow` names our tag, which went to `caller`. True: it came from there.
  bool named_tag(IpAddress caller, const sip::Flow& flow, std::size_t bytes, TimePoint now);
  // An answer of a call of `caller` to a request in its dialog, wherever that seemed to come from.
  bool may_answer(IpAddress caller, const sip::Send& one, TimePoint now);
  // What goes out because time has passed: an answer again, until it is acknowledged.
  bool may_repeat(const sip::Send& one, TimePoint now);

 private:
  struct Caller {
    unsigned proven_calls = 0;
    unsigned unproven_calls = 0;
    std::size_t request_bytes = 0;  // of the last unproven INVITE, until a large repetition pays with it
  };
  std::size_t paid_elsewhere(const sip::Send& one);

  Door& door_;
  std::unordered_map<IpAddress, Caller> callers_;         // of the pump's sessions
  std::unordered_map<IpAddress, std::size_t> elsewhere_;  // bytes that requests in dialogs may draw there
};

}  // namespace portico::signaling
