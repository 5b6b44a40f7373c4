// Sounds that claim more than they are: what is taken of memory goes by what came, not by what was said.

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <string>

#include "audio/decode_audio.h"
#include "base/limits.h"

namespace portico::audio {
namespace {

std::string little(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string wav_head(std::uint32_t told_bytes) {
  return "RIFF" + little(0xFFFF'FFFF, 4) + "WAVEfmt " + little(16, 4) + little(1, 2) + little(1, 2) +
         little(8'000, 4) + little(16'000, 4) + little(2, 2) + little(16, 2) + "data" + little(told_bytes, 4);
}

// ID3v2.4: four bytes of seven bits each say how long the tag is.
std::string id3(std::uint32_t told_bytes) {
  std::string out("ID3\x04\0\0", 6);
  for (int shift = 21; shift >= 0; shift -= 7) out += static_cast<char>(told_bytes >> shift & 0x7FU);
  return out;
}

// One frame of MPEG-1 layer III, 128 kbit/s, 44.1 kHz, whose side information and data are zero: 26 ms of
// silence.
std::string mp3_frame() { return "\xFF\xFB\x90\xC0" + std::string(413, '\0'); }

std::size_t samples_of(const std::string& file, const char* type) {
  const auto sound = decode_audio(as_bytes(file), type, "");
  return sound ? sound->samples.size() : 0;
}

TEST(Bombs, AWavThatClaimsHoursHoldsWhatCame) {
  for (const std::uint32_t told : {1'000U, 57'600'002U, 0x7FFF'FFFFU, 0xFFFF'FFFFU}) {
    EXPECT_EQ(samples_of(wav_head(told) + std::string(320, 'a'), "audio/wav"), 160U) << told;
  }
}

TEST(Bombs, AMillionEmptyChunksAreWalkedOnce) {
  std::string chunks;
  for (int i = 0; i < 1'000'000; ++i) chunks += std::string("junk\0\0\0\0", 8);
  const auto head = wav_head(4);
  EXPECT_EQ(samples_of(head.substr(0, 36) + chunks + "data" + little(4, 4) + "abcd", "audio/wav"), 2U);
}

TEST(Bombs, AnId3TagThatIsLongerThanTheFileGivesNoSound) {
  EXPECT_EQ(samples_of(id3(0x0FFF'FFFF), "audio/mpeg"), 0U);
  EXPECT_EQ(samples_of(id3(0x0FFF'FFFF) + mp3_frame() + mp3_frame(), "audio/mpeg"), 0U);
}

TEST(Bombs, TagsBehindTagsAreSkippedOrRefused) {
  std::string tags;
  for (int i = 0; i < 20'000; ++i) tags += id3(20) + std::string("TXXX\0\0\0\x0A\0\0\x03gzip\0bomb", 20);
  std::string frames;
  for (int i = 0; i < 40; ++i) frames += mp3_frame();
  EXPECT_LE(samples_of(tags + frames, "audio/mpeg"), 41U * 1'152U);
}

TEST(Bombs, AnMp3HoldsTheFramesThatCameWhateverItsHeaderClaims) {
  auto first = mp3_frame();
  // A Xing header (32 bytes of side information behind the frame header) that tells of 2^32-1 frames and
  // bytes.
  first.replace(36, 16, std::string("Xing\0\0\0\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16));
  std::string file = first;
  for (int i = 0; i < 100; ++i) file += mp3_frame();
  EXPECT_LE(samples_of(file, "audio/mpeg"), 102U * 1'152U);
}

TEST(Bombs, AFileLargerThanAPromptIsNotLookedAt) {
  const auto size = limits::kPromptBytesMax + 1;
  void* const room = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(room, MAP_FAILED);
  const auto sound = decode_audio({static_cast<const std::uint8_t*>(room), size}, "audio/wav", "");
  ::munmap(room, size);
  ASSERT_FALSE(sound);
  EXPECT_EQ(sound.error().code, Code::too_large);
}

}  // namespace
}  // namespace portico::audio
