#pragma once
// Whom a port listens to and sends to (architecture section 4 "Source lock"). With SRTP the first packet
// whose tag proves it decides; in the clear two packets in a row of one SSRC from one address do, and that
// address must have the IP that SDP told unless the far side is behind a NAT. From then on only that address
// counts until a re-INVITE, or the end of a hold if it is not heard any more then, with one exception: who
// came first may have guessed the port. So for kSourceLearning after the first lock an address that SDP or
// signalling speak for takes over from one that they do not, never the other way round. One owner.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/address.h"
#include "base/time.h"
#include "rtp/packet.h"

namespace portico::media {

inline constexpr auto kSourceLearning = 10s;
// A stream that has not been heard for so long has stopped; longer than the longest packet (60 ms).
inline constexpr auto kStreamSilence = 80ms;

class SourceLock {
 public:
  struct Expectation {
    Endpoint sdp;              // c= and m=
    bool any_address = false;  // behind a NAT
    bool proven = false;       // packets that reach on_packet have passed their SRTP tag
    IpAddress signalling;      // behind a NAT: where media will come from too, most likely

    friend bool operator==(const Expectation&, const Expectation&) = default;
  };

  enum class Verdict : std::uint8_t {
    accept,        // take it
    locked_now,    // take it: this one locked the source
    taken_over,    // take it: the source is this one now, and no longer one that came before it
    came_back,     // take it: the locked source, which was in doubt
    new_stream,    // take it: the locked address goes on with another SSRC
    unproven,      // one more is needed
    other_stream,  // another SSRC of the locked address: the present one is to stop first, and in the clear
                   // one more is needed
  };

  // Unlocks.
  void expect(const Expectation& expectation);
  // The locked source may have gone: until it is heard again, whoever it may be now is locked as at the
  // start. What is sent goes to it meanwhile.
  void doubt();
  const Expectation& expectation() const { return expectation_; }

  // Cheap and without side effect, before decryption: may this address speak at all?
  bool admits(TimePoint now, const Endpoint& from) const;
  // For packets of admitted addresses, decrypted, with a payload type that was negotiated.
  Verdict on_packet(TimePoint now, const Endpoint& from, const rtp::Header& header);

  const std::optional<Endpoint>& locked() const { return locked_; }
  // False while a better source may take over from the locked one.
  bool settled(TimePoint now) const { return locked_ && !learning(now, *locked_); }
  std::optional<std::uint32_t> ssrc() const { return ssrc_; }
  // Where to send: the locked address, before that what SDP says. Nothing for an unspecified one (hold).
  std::optional<Endpoint> target() const;

 private:
  struct Candidate {
    Endpoint from;
    std::uint32_t ssrc = 0;
    std::uint16_t next_sequence = 0;
    bool used = false;
  };
  // Several, so that packets in between cannot keep two honest ones from following each other.
  struct Candidates {
    std::array<Candidate, 3> row{};
    std::uint8_t oldest = 0;
  };
  enum class Standing : std::uint8_t { stranger, neighbour, named };
  Standing standing(const Endpoint& from) const;
  Standing best_standing() const;
  bool learning(TimePoint now, const Endpoint& from) const;
  bool confirms(const Endpoint& from, const rtp::Header& header);
  Verdict lock(TimePoint now, const Endpoint& from, std::uint32_t ssrc);

  Expectation expectation_;
  std::optional<Endpoint> locked_;
  bool doubted_ = false;
  std::optional<std::uint32_t> ssrc_;
  TimePoint heard_{};  // the last packet of that address and SSRC
  TimePoint learning_until_{};
  // One row a standing: strangers, who may be as many as they like, throw out each other only. Made when
  // a first packet is to wait for the next; the next lock or description lets go of it.
  std::unique_ptr<std::array<Candidates, 3>> candidates_;
};

}  // namespace portico::media
