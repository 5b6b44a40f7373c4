#pragma once
// A caller that knows the protocol, holds conversations with the server and spoils most of what it says: so
// that spoiled messages meet the server in every state that a call has.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "mutate/mutator.h"
#include "mutate/wire.h"
#include "sip/message/message.h"

namespace portico::mutate {

struct Target {
  std::string user;
  std::string host;      // of the Request-URI
  std::string password;  // empty: only guesses
};

class Attacker {
 public:
  Attacker(Target target, Wire& wire, std::uint64_t seed);

  void converse();  // one conversation from INVITE to its end

  std::uint64_t spoiled() const { return spoiled_; }    // spoiled messages sent
  std::uint64_t proofs() const { return proofs_; }      // answers to challenges made with the right password
  std::uint64_t answered() const { return answered_; }  // conversations that came to a 200
  std::uint64_t heard() const { return heard_; }        // messages from the server

  // True once for each proof: whether `bytes` hold one that was not used before.
  bool redeem_proof(std::string_view bytes);

 private:
  void begin();
  bool log_in();
  void talk();
  void end();
  void say(const std::string& message);
  std::string request(const std::string& method, const std::string& extra = {}, const std::string& type = {},
                      const std::string& body = {});
  std::string proof();
  void listen(Millis patience);
  void on_message(const std::string& bytes);
  void answer(const sip::Message& request);

  const Target target_;
  Wire& wire_;
  Mutator mutator_;
  std::set<std::string> unused_proofs_;  // response= values
  std::uint64_t spoiled_ = 0, proofs_ = 0, answered_ = 0, heard_ = 0;

  // --- the conversation ---
  std::string call_id_, from_tag_, to_tag_, remote_target_, invite_branch_, challenge_, rseq_;
  std::uint32_t cseq_ = 0, invite_cseq_ = 0;
  int final_ = 0;  // of the last INVITE
};

}  // namespace portico::mutate
