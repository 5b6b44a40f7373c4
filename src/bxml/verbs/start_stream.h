#pragma once
// Streams audio over a websocket. Non-blocking, the next verb waits until it is set up. Contract: bxml.md,
// StartStream.

#include <string>
#include <string_view>
#include <vector>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

enum class StreamMode : unsigned char { unidirectional, bidirectional };

struct StartStream {
  static constexpr std::string_view kName = "StartStream";
  Position at;
  std::string name;  // empty: the generated stream id
  StreamMode mode = StreamMode::unidirectional;
  Tracks tracks = Tracks::inbound;
  std::string destination;              // ws:// or wss://
  Credentials destination_credentials;  // HTTP Basic on the handshake
  Callback events;                      // streamEventUrl; no fallback
  std::vector<Param> params;            // at most 12
};

void read(const Element& element, Reading& reading, StartStream& out);

}  // namespace portico::bxml
