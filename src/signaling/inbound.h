#pragma once
// An INVITE without To tag: facts are gathered, the door decides, and what it decided is carried out.
// Contract voice-applications.md section 5. Nothing is kept of an INVITE that is not admitted. Lives for one
// INVITE.

#include "admission/decide.h"
#include "signaling/pump.h"

namespace portico::signaling {

class Inbound {
 public:
  explicit Inbound(Pump& pump) : pump_(pump), directory_(pump.directory_.current()) {}
  void on_invite(const sip::NewRequest& invite);
  void on_refused(const sip::NewRequest& invite);  // answered already, with its fault

 private:
  struct Target {
    const account::Application* application = nullptr;
    admission::Scheme scheme = admission::Scheme::other;
    bool host_is_ours = false;
  };
  Target target_of(const sip::NewRequest& invite);
  admission::Facts first_facts(const sip::NewRequest& invite);
  admission::Facts gather(const sip::NewRequest& invite, Now now);
  void gather_late(const sip::NewRequest& invite, TimePoint now, admission::Facts& facts);
  bool is_ours(std::string_view host, const sip::Flow& flow) const;
  void refuse(const sip::NewRequest& invite, const admission::Facts& facts,
              const admission::Decision& decision, Now now);
  void decide(const sip::NewRequest& invite, admission::Facts& facts, sip::SessionId& session, Now now);
  void give_place_back(const admission::Facts& facts);
  sip::SessionId open_session(const sip::NewRequest& invite, TimePoint now, admission::Facts& facts);
  void admit(const sip::NewRequest& invite, sip::SessionId session, const admission::Facts& facts, Now now);
  void record(const sip::NewRequest& invite, const admission::Facts& facts,
              const admission::Decision& decision, Now now);
  void record_refused_call(const sip::NewRequest& invite, const admission::Facts& facts,
                           const admission::Decision& decision, Now now);

  Pump& pump_;
  // One for the whole decision: the application must not change, or go, between being found and being called.
  const account::Snapshot& directory_;
  std::string why_;                 // that the facts of this INVITE point to
  sip::HeaderLines media_headers_;  // of a refusal in step 12: what would have been taken
  bool placed_ = false;             // the account's calls count this one, and no call says when it ends
  bool noted_ = false;              // the log has a line of it
  std::uint64_t guess_ = 0;         // wrong credentials, as AuthFailures tells them apart
};

}  // namespace portico::signaling
