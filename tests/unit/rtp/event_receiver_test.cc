#include "rtp/event_receiver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rtp/event_sender.h"
#include "rtp/sequence.h"

namespace portico::rtp {
namespace {

// A packet as the network may bring it.
struct Sent {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  Bytes payload;
};

std::string told(const DigitEvents& events) {
  std::string text;
  for (const auto& event : events) {
    if (!text.empty()) text += ' ';
    const bool began = event.phase == DigitEvent::Phase::began;
    text += began ? '+' : '-';
    text += event.digit;
    if (!began) text += ":" + std::to_string(event.duration.count());
  }
  return text;
}

// A phone that keys digits of 100 ms with 100 ms between them: packets 0..4 are updates of 20 ms, 4..6 the
// three ends.
std::vector<Sent> keyed(std::string_view digits, Millis duration = 100ms) {
  std::vector<Sent> packets;
  std::uint16_t sequence = 65'530;  // wraps in the first digit
  std::uint32_t timestamp = 0xFFFF'FF00;
  for (const char digit : digits) {
    EventSender sender({.event = *event_of(digit), .duration = duration}, timestamp, 8'000);
    while (const auto out = sender.next()) {
      const auto payload = write_telephone_event(out->event);
      packets.push_back({sequence++, out->timestamp, out->marker, {payload.begin(), payload.end()}});
    }
    timestamp = sender.end_timestamp() + 800;
    sequence = static_cast<std::uint16_t>(sequence + 5);  // audio between
  }
  return packets;
}

// Hears the packets 20 ms apart and tells what came of them; "!reason" for a drop. Silence follows at the
// end.
std::string heard(const std::vector<Sent>& packets) {
  EventReceiver receiver(8'000);
  SequenceExtender sequences;
  TimePoint now{50s};
  std::string text;
  const auto say = [&](const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : " ") + more;
  };
  for (const auto& sent : packets) {
    const Packet packet{.header = {.payload_type = 101,
                                   .marker = sent.marker,
                                   .sequence = sent.sequence,
                                   .timestamp = sent.timestamp},
                        .payload = sent.payload};
    const auto sequence = static_cast<std::int64_t>(sequences.extend(sent.sequence));
    const auto events = receiver.on_packet(packet, sequence, now);
    say(events ? told(*events) : "!" + std::string(drop_name(events.error())));
    now += 20ms;
  }
  say(told(receiver.on_time(now + 300ms)));
  return text;
}

std::vector<Sent> without(std::vector<Sent> packets, std::vector<std::size_t> lost) {
  std::sort(lost.rbegin(), lost.rend());
  for (const auto i : lost) packets.erase(packets.begin() + static_cast<std::ptrdiff_t>(i));
  return packets;
}

std::vector<Sent> in_order(const std::vector<Sent>& packets, const std::vector<std::size_t>& order) {
  std::vector<Sent> out;
  for (const auto i : order) out.push_back(packets[i]);
  return out;
}

TEST(EventReceiver, HearsEachDigitOnceWhateverTheNetworkDoes) {
  const auto one = keyed("1");
  const auto two = keyed("11");  // 7 packets each; the same digit twice
  ASSERT_EQ(one.size(), 7U);
  auto unmarked = one;
  for (auto& packet : unmarked) packet.marker = false;
  auto all_marked = one;
  for (auto& packet : all_marked) packet.marker = true;
  struct Row {
    const char* what;
    std::vector<Sent> packets;
    const char* told;
  };
  const Row rows[] = {
      {"nothing lost", one, "+1 -1:100"},
      {"marker lost with its packet", without(one, {0}), "+1 -1:100"},
      {"no marker at all", unmarked, "+1 -1:100"},
      {"a marker on every packet", all_marked, "+1 -1:100"},
      {"all but the last end lost", without(one, {0, 1, 2, 3, 4, 5}), "+1 -1:100"},
      {"one of three ends lost", without(one, {4}), "+1 -1:100"},
      {"all ends lost: over by silence", without(one, {4, 5, 6}), "+1 -1:80"},
      {"all ends lost: over by the next digit", without(two, {4, 5, 6}), "+1 -1:80 +1 -1:100"},
      {"begin of the second lost", without(two, {7, 8}), "+1 -1:100 +1 -1:100"},
      {"ends of one and begin of the other lost", without(two, {4, 5, 6, 7, 8}), "+1 -1:80 +1 -1:100"},
      {"only the first packet arrives", in_order(one, {0}), "+1 -1:20"},
      {"every packet twice", in_order(one, {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}), "+1 -1:100"},
      {"updates reordered", in_order(one, {1, 0, 3, 2, 4, 5, 6}), "+1 -1:100"},
      {"end before the last update", in_order(one, {0, 1, 2, 4, 3, 5, 6}), "+1 -1:100"},
      {"begin after the end", in_order(one, {4, 0, 1, 2, 3, 5, 6}), "+1 -1:100"},
      {"end of the first after the second's begin", in_order(two, {0, 1, 2, 3, 7, 4, 5, 6, 8, 9, 10, 11}),
       "+1 -1:80 +1 !event_stale !event_stale !event_stale -1:100"},
      {"a late twin of the first end after the second digit", in_order(two, {0, 4, 7, 8, 9, 10, 11, 6}),
       "+1 -1:100 +1 -1:100 !event_stale"},
  };
  for (const auto& row : rows) EXPECT_EQ(heard(row.packets), row.told) << row.what;
}

TEST(EventReceiver, HearsAPin) {
  EXPECT_EQ(heard(keyed("12*#D")), "+1 -1:100 +2 -2:100 +* -*:100 +# -#:100 +D -D:100");
}

TEST(EventReceiver, HearsALongDigitInSegmentsAsOne) {
  EXPECT_EQ(heard(keyed("5", 20s)), "+5 -5:20000");  // 160,000 ticks: three segments
  EXPECT_EQ(heard(keyed("55", 9s)), "+5 -5:9000 +5 -5:9000");
}

TEST(EventReceiver, HearsALongDigitWhoseSegmentBoundaryIsLost) {
  const auto packets = keyed("5", 9s);
  const auto boundary = static_cast<std::size_t>(
      std::find_if(packets.begin(), packets.end(),
                   [&](const Sent& s) { return s.timestamp != packets[0].timestamp; }) -
      packets.begin());
  EXPECT_EQ(heard(without(packets, {boundary - 1})), "+5 -5:9000");
  EXPECT_EQ(heard(without(packets, {boundary})), "+5 -5:9000");
}

// One key at 48 kHz, 20 ms a packet: so long that its second segment begins `step` after the first. `pause`
// is what is lost before the boundary.
std::string heard_across_a_boundary(std::uint32_t step, bool marker, Millis pause) {
  EventReceiver receiver(48'000);
  TimePoint now{1s};
  std::string text;
  std::int64_t sequence = 0;
  const auto press = [&](std::uint32_t timestamp, bool first, std::uint16_t duration, bool end = false) {
    const auto payload = write_telephone_event({.event = 5, .end = end, .duration = duration});
    text += told(receiver.on_time(now));
    const Header header{.marker = first, .timestamp = timestamp};
    text += told(*receiver.on_packet({.header = header, .payload = payload}, ++sequence, now));
    now += 20ms;
  };
  for (std::uint16_t duration = 960; duration <= 64'320; duration += 960)
    press(4'096, duration == 960, duration);
  now += pause;
  press(4'096 + step, marker, 705);
  press(4'096 + step, false, 1'665);
  for (int i = 0; i < 3; ++i) press(4'096 + step, false, 2'625, true);
  return text + told(receiver.on_time(now + 1s));
}

TEST(EventReceiver, HearsALongDigitAsOneHoweverItsSegmentsFollowEachOther) {
  EXPECT_EQ(heard_across_a_boundary(65'535, false, 0ms), "+5-5:1420");
  EXPECT_EQ(heard_across_a_boundary(66'240, false, 0ms), "+5-5:1434") << "as libwebrtc sends it";
  EXPECT_EQ(heard_across_a_boundary(65'535, false, 240ms), "+5-5:1340") << "it paused before the boundary";
  EXPECT_EQ(heard_across_a_boundary(66'240, false, 240ms), "+5-5:1340");
  EXPECT_EQ(heard_across_a_boundary(66'240, true, 0ms), "+5-5:1340 +5-5:54") << "the same key again";
  EXPECT_EQ(heard_across_a_boundary(72'000, false, 0ms), "+5-5:1340 +5-5:54");
}

TEST(EventReceiver, HearsALongDigitOfLibwebrtcThatEndsOnTheBoundaryAsOne) {
  EventReceiver receiver(48'000);
  std::int64_t sequence = 0;
  const auto press = [&](std::uint32_t timestamp, std::uint16_t duration, bool end) {
    const auto payload = write_telephone_event({.event = 5, .end = end, .duration = duration});
    return told(*receiver.on_packet({.header = {.timestamp = timestamp}, .payload = payload}, ++sequence,
                                    TimePoint{1s}));
  };
  std::string text = press(4'096, 63'360, false);
  for (int i = 0; i < 3; ++i) text += press(4'096, 65'535, true);
  for (int i = 0; i < 3; ++i) text += press(4'096 + 66'240, 705, true);
  EXPECT_EQ(text, "+5-5:1365");
}

TEST(EventReceiver, HearsAKeyThatIsPressedAgainAfterItsEndAsTwo) {
  EventReceiver receiver(48'000);
  std::int64_t sequence = 0;
  const auto press = [&](std::uint32_t timestamp, std::uint16_t duration, TimePoint now) {
    const auto payload = write_telephone_event({.event = 5, .end = true, .duration = duration});
    return told(receiver.on_time(now)) +
           told(*receiver.on_packet({.header = {.timestamp = timestamp}, .payload = payload}, ++sequence,
                                    now));
  };
  EXPECT_EQ(press(0, 960, TimePoint{1s}), "+5 -5:20");
  EXPECT_EQ(press(65'535, 960, TimePoint{3s}), "+5 -5:20");
}

TEST(EventReceiver, HearsASourceThatNumbersItsPacketsAnew) {
  EventReceiver receiver(8'000);
  const Bytes payload{1, 0x8A, 0x03, 0x20};
  const auto press = [&](std::int64_t sequence, std::uint32_t timestamp) {
    const auto events =
        receiver.on_packet({.header = {.timestamp = timestamp}, .payload = payload}, sequence, TimePoint{1s});
    return events ? told(*events) : "!";
  };
  EXPECT_EQ(press(65'537, 1'000), "+1 -1:100");
  EXPECT_EQ(press(10, 9'000), "!");
  receiver.renumber();
  EXPECT_EQ(press(10, 9'000), "+1 -1:100");
  EXPECT_EQ(press(9, 1'000), "!");
}

TEST(EventReceiver, TakesEventsPackedIntoOnePacket) {
  const Bytes payload{1, 0x8A, 0x03, 0x20, 2, 0x8A, 0x03, 0x20};
  EXPECT_EQ(heard({{1, 1'000, true, payload}}), "+1 -1:100 +2 -2:100");
  EXPECT_EQ(heard({{1, 1'000, true, payload}, {1, 1'000, true, payload}}),
            "+1 -1:100 +2 -2:100 !event_stale");
  EXPECT_EQ(heard({{1, 1'000, true, payload}, {2, 1'000, false, payload}, {3, 1'000, false, payload}}),
            "+1 -1:100 +2 -2:100")
      << "the end is sent three times";
  const Bytes first{1, 0x8A, 0x03, 0x20};
  const Bytes going_on{1, 0x8A, 0x03, 0x20, 1, 10, 0, 160};  // the same key again
  const Bytes ended{1, 0x8A, 0x03, 0x20, 1, 0x8A, 0x03, 0x20};
  EXPECT_EQ(heard({{1, 1'000, true, first}, {2, 1'000, false, going_on}, {3, 1'000, false, ended}}),
            "+1 -1:100 +1 -1:100");
}

TEST(EventReceiver, KeepsSilentAboutEventsThatAreNoDigits) {
  EXPECT_EQ(heard({{1, 1'000, true, {16, 10, 0, 160}}, {2, 1'000, false, {16, 0x8A, 1, 64}}}), "");
  EXPECT_EQ(heard({{1, 1'000, true, {3, 10, 0, 160}}, {2, 2'000, true, {16, 10, 0, 160}}}), "+3 -3:20");
}

TEST(EventReceiver, DropsPayloadsOfOddLength) {
  EXPECT_EQ(heard({{1, 1'000, true, {}}}), "!event_bad_payload");
  EXPECT_EQ(heard({{1, 1'000, true, {1, 10, 0}}}), "!event_bad_payload");
  EXPECT_EQ(heard({{1, 1'000, true, {1, 10, 0, 160, 7}}}), "!event_bad_payload");
}

TEST(EventReceiver, HearsADigitHoweverManyPacketsLieBeforeIt) {
  const Bytes payload{1, 0x8A, 0x03, 0x20};
  for (const std::int64_t between : {1'000, 40'000, 65'530, 65'536, 70'000, 140'000}) {
    EventReceiver receiver(8'000);
    const auto press = [&](std::int64_t sequence) {
      const Header header{.sequence = static_cast<std::uint16_t>(sequence),
                          .timestamp = static_cast<std::uint32_t>(sequence * 160)};
      return told(*receiver.on_packet({.header = header, .payload = payload}, sequence, TimePoint{1s}));
    };
    EXPECT_EQ(press(10), "+1 -1:100");
    EXPECT_EQ(press(10 + between), "+1 -1:100") << between << " packets later";
  }
}

TEST(EventReceiver, EndsAHeldDigitByTheClockAndNotBefore) {
  EventReceiver receiver(8'000);
  EXPECT_EQ(receiver.deadline(), kNever);
  const Bytes payload{9, 10, 0, 160};
  const TimePoint t0{10s};
  ASSERT_TRUE(receiver.on_packet({.header = {.sequence = 1, .timestamp = 5}, .payload = payload}, 1, t0));
  EXPECT_TRUE(receiver.active());
  EXPECT_EQ(receiver.deadline(), t0 + kEventSilenceMax);
  EXPECT_TRUE(receiver.on_time(t0 + kEventSilenceMax - 1ms).empty());
  EXPECT_EQ(told(receiver.on_time(t0 + kEventSilenceMax)), "-9:20");
  EXPECT_FALSE(receiver.active());
  const auto late =
      receiver.on_packet({.header = {.sequence = 2, .timestamp = 5}, .payload = payload}, 2, t0 + 1s);
  EXPECT_TRUE(late->empty());  // told already
}

TEST(EventReceiver, CountsItsClockAtFortyEightKilohertz) {
  EventReceiver receiver(48'000);
  const Bytes payload{1, 0x80, 0x12, 0xC0};  // 4800 ticks
  const auto events =
      receiver.on_packet({.header = {.sequence = 1, .timestamp = 5}, .payload = payload}, 1, TimePoint{1s});
  EXPECT_EQ(told(*events), "+1 -1:100");
}

}  // namespace
}  // namespace portico::rtp
