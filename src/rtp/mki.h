#pragma once
// The master key identifier in a packet (RFC 3711 section 3.1). There is one key a direction, so it is a
// constant: taken out before libsrtp2 looks and put in after it wrote. (libsrtp2 2.5 looks for it in the
// wrong place of an SRTCP packet of the suites with the short tag.)

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace portico::rtp {

// `tail`: bytes that follow the MKI. True when the identifier was there and is now gone: the packet is
// shorter by it.
bool remove_mki(std::span<std::uint8_t> packet, ByteView mki, std::size_t tail);

// `buffer` has room for the MKI behind the packet's `length` bytes. Returns the new length.
std::size_t insert_mki(std::span<std::uint8_t> buffer, std::size_t length, ByteView mki, std::size_t tail);

}  // namespace portico::rtp
