#pragma once
// What an engine wants done: packets to send, events to tell, recording chunks to write. The driver drains
// all three after each apply/on_packet/tick batch and calls clear(), which keeps the memory.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"
#include "media/commands.h"
#include "media/events.h"

namespace portico::media {

struct OutPacket {
  PortId port = 0;
  bool rtcp = false;  // goes out of the port's RTCP socket; false with rtcp_mux
  Endpoint to;
  std::uint32_t offset = 0;  // into Outputs::buffer
  std::uint32_t size = 0;
};

// Samples for a recording's file. Chunks of one recording come in order and must be written in order, by
// FileWriters on a worker. About twice a second while it records.
struct FileChunk {
  PortId port = 0;
  RecordId record;
  std::string path;
  FileFormat format = FileFormat::wav;
  unsigned rate = 8'000;  // Hz
  unsigned channels = 1;
  std::vector<std::int16_t> samples;      // interleaved
  std::optional<RecordingClosed> closed;  // last chunk: what to tell once the file is closed
};

struct Outputs {
  Bytes buffer;
  std::vector<OutPacket> packets;
  std::vector<Event> events;
  std::vector<FileChunk> chunks;

  ByteView bytes_of(const OutPacket& packet) const {
    return ByteView(buffer).subspan(packet.offset, packet.size);
  }
  bool empty() const { return packets.empty() && events.empty() && chunks.empty(); }
  void clear() {
    buffer.clear();
    packets.clear();
    events.clear();
    chunks.clear();
  }
};

}  // namespace portico::media
