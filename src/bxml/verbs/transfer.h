#pragma once
// Calls parties and joins the first that answers. Blocking. Contract: bxml.md, Transfer, PhoneNumber, SipUri.

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

// A <PhoneNumber> or <SipUri>.
struct TransferTarget {
  enum class Kind : unsigned char { phone_number, sip_uri };
  Kind kind = Kind::phone_number;
  Position at;
  std::string to;       // E.164 or sip:/sips: URI, as `kind` says
  Callback answer;      // transferAnswerUrl: its document runs for this party only, before joining
  Callback disconnect;  // transferDisconnectUrl; no fallback
  TagChange tag;        // of the new leg; absent: the transferring call's
  std::string uui;      // with its encoding parameter; empty: none
};

struct Transfer {
  static constexpr std::string_view kName = "Transfer";
  Position at;
  std::string caller_id;            // transferCallerId, E.164; empty: the remote party's number of this call
  bool privacy = false;             // hide the number
  std::string caller_display_name;  // with privacy: Restricted, Anonymous, Private or Unavailable
  Millis call_timeout{30'000};      // 1 s .. 300 s from the start of ringing
  Callback complete;                // transferCompleteUrl
  TagChange tag;
  Diversion diversion;
  std::vector<TransferTarget> targets;  // 1 .. 8, ring all at once
};

void read(const Element& element, Reading& reading, Transfer& out);

}  // namespace portico::bxml
