#include "medianode/media_node.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <latch>
#include <semaphore>
#include <set>
#include <thread>

#include "async/workers.h"
#include "audio/goertzel.h"
#include "audio/pcm.h"
#include "audio/wav_reader.h"
#include "base/hash.h"
#include "base/limits.h"
#include "medianode/misses.h"
#include "medianode/phone.h"
#include "medianode/sound_cache.h"

namespace portico::medianode {
namespace {

const auto kLoopback = *parse_ip("127.0.0.1");

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

audio::Pcm tone(double hz, std::size_t samples) {
  audio::Pcm pcm{.rate = 8'000, .samples = {}};
  for (std::size_t i = 0; i < samples; ++i)
    pcm.samples.push_back(static_cast<std::int16_t>(
        10'000.0 * std::sin(2.0 * 3.14159265358979 * hz * static_cast<double>(i) / 8'000.0)));
  return pcm;
}

class MediaNodeTest : public ::testing::Test {
 protected:
  void start(NodeOptions options = {}) {
    if (options.bind.is_unspecified() && options.public_ip.is_unspecified()) options.bind = kLoopback;
    options.rtp_port_low = 21'000;
    options.rtp_port_high = 22'999;
    auto made = MediaNode::start(options, sounds, workers);
    ASSERT_TRUE(made.has_value()) << made.error().what;
    node = std::move(*made);
  }

  media::Ready open(media::PortId port, std::optional<Endpoint> expected, std::uint64_t group = 0) {
    node->open({.port = port, .group = group, .expected_rtp = expected, .signalling_source = kLoopback},
               events.sink());
    const auto ready = events.wait<media::Ready>(port);
    return ready ? *ready : media::Ready{};
  }

  void configure(media::PortId port, const media::StreamDescription& stream) {
    node->send(media::Configure{.port = port, .seq = 1, .stream = stream});
  }

  // A leg whose source is locked on the phone.
  media::Ready locked(media::PortId port, Phone& phone) {
    const auto ready = open(port, phone.address());
    configure(port, phone.stream());
    barrier(port);
    for (int i = 0; i < 3; ++i) phone.speak(ready.local_rtp);
    const auto source = events.wait<media::SourceLocked>(port);
    if (source) EXPECT_EQ(source->remote, phone.address());
    return ready;
  }

  // Returns when the media thread has done what it was told before.
  void barrier(media::PortId port) {
    node->send(media::ReportQuality{.port = port, .seq = next_seq++});
    events.wait<media::Quality>(port);
  }

  static constexpr std::size_t kLateParties = 10;

  // Frames made up for what the parties of the ports from `first` on had not sent.
  std::uint64_t concealed(media::PortId first) {
    std::uint64_t frames = 0;
    for (auto port = first; port < first + kLateParties; ++port) {
      node->send(media::ReportQuality{.port = port, .seq = next_seq++});
      const auto quality = events.wait<media::Quality>(port);
      if (quality) frames += quality->frames_concealed;
    }
    return frames;
  }

  // The same for a new node whose thread sleeps for 100 ms while all that they say in these comes at once.
  std::uint64_t concealed_by_a_late_thread(media::PortId first) {
    std::string pattern = (std::filesystem::temp_directory_path() / "portico-node-XXXXXX").string();
    const std::string directory = mkdtemp(pattern.data());
    start();
    std::vector<Phone> phones(kLateParties);
    std::vector<Endpoint> there;
    for (std::size_t i = 0; i < kLateParties; ++i) {
      there.push_back(locked(first + i, phones[i]).local_rtp);
      const auto name = "r-" + std::to_string(i);
      node->send(media::Record{
          .port = first + i, .seq = next_seq++, .record = name, .path = directory + "/" + name});
    }
    const auto sleeper = first + kLateParties;
    const auto asleep = std::make_shared<std::binary_semaphore>(0);
    node->open({.port = sleeper, .signalling_source = kLoopback}, [asleep](const media::Event& event) {
      if (!std::holds_alternative<media::Quality>(event)) return;
      asleep->release();
      std::this_thread::sleep_for(100ms);
    });
    const auto all_speak = [&] {
      for (std::size_t i = 0; i < kLateParties; ++i) phones[i].speak(there[i], 600);
    };
    for (int round = 0; round < 20; ++round) {  // by the clock of the node's own packets
      for (auto& phone : phones) EXPECT_TRUE(phone.hear().has_value());
      all_speak();
    }
    const auto before = concealed(first);
    node->send(media::ReportQuality{.port = sleeper, .seq = next_seq++});
    asleep->acquire();
    for (int packets = 0; packets < 5; ++packets) all_speak();
    const auto frames = concealed(first) - before;
    node.reset();
    std::filesystem::remove_all(directory);
    return frames;
  }

  void close(media::PortId port) {
    node->send(media::Close{.port = port, .seq = 1'000'000});
    events.wait<media::Quality>(port);
  }

  SoundCache sounds;
  async::Workers workers{2};
  Events events;
  std::unique_ptr<MediaNode> node;
  std::uint64_t next_seq = 1'000;
};

TEST_F(MediaNodeTest, GivesAnEvenPortWithTheOddOneBesideIt) {
  start();
  Phone phone;
  const auto ready = open(1, phone.address());
  EXPECT_EQ(ready.local_rtp.ip, kLoopback);
  EXPECT_EQ(ready.local_rtp.port % 2, 0);
  EXPECT_EQ(ready.local_rtcp.port, ready.local_rtp.port + 1);
  EXPECT_GE(ready.local_rtp.port, 21'000);
  EXPECT_LE(ready.local_rtcp.port, 22'999);
}

// Its sockets stay open between two calls, and what came to them meanwhile is nobody's.
TEST_F(MediaNodeTest, ReadsWhatStrangersSendWhileThereIsNoLeg) {
  start();
  Phone phone;
  const auto ready = open(1, phone.address());
  close(1);
  const auto before = misses(Miss::stranger);
  for (int i = 0; i < 5; ++i) phone.speak(ready.local_rtp);
  const auto give_up = Clock::now() + kPatience;
  while (misses(Miss::stranger) < before + 5 && Clock::now() < give_up) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(misses(Miss::stranger), before + 5);
}

// Nobody but the ticks of media threads looks whether a worker has become free.
TEST_F(MediaNodeTest, TheLastRecordingIsClosedThoughTheWorkersWereBusyWhenItsCallEnded) {
  start();
  Phone phone;
  locked(1, phone);
  std::promise<void> hold;
  const auto until = hold.get_future().share();
  std::latch begun(2);  // both threads are taken, then the queue is filled
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(workers.run([&begun, until] {
      begun.count_down();
      until.wait();
    }));
  }
  begun.wait();
  while (workers.run([] {})) {
  }
  const auto path = std::filesystem::temp_directory_path() / ("portico-last-" + random_hex(16) + ".wav");
  node->send(media::Record{.port = 1, .seq = 900'000, .record = "r-1", .path = path.string()});
  close(1);
  EXPECT_EQ(node->ports(), 0U);
  hold.set_value();
  EXPECT_TRUE(events.wait<media::RecordingClosed>(1).has_value());
  std::filesystem::remove(path);
}

TEST_F(MediaNodeTest, TellsOfACommandThatFoundTheQueueFull) {
  start();
  open(1, std::nullopt);
  std::promise<void> held;
  std::promise<void> hold;
  const auto until = hold.get_future().share();
  node->open({.port = 2, .signalling_source = kLoopback}, [&held, until](const media::Event& event) {
    if (std::holds_alternative<media::Ready>(event)) held.set_value();
    until.wait();
  });
  held.get_future().wait();  // the media thread does nothing now
  for (std::size_t i = 0; i < limits::kMediaCommandsMax; ++i)
    node->send(media::Stop{.port = 1, .seq = i + 1});
  node->send(media::Play{.port = 1, .seq = 900'000, .play = 1, .sounds = {media::SoundKey("x")}});
  EXPECT_TRUE(events.wait<media::CommandLost>(1).has_value());
  hold.set_value();
  close(1);
}

TEST_F(MediaNodeTest, PlaysAToneThatIsHeardAtItsFrequency) {
  start();
  ASSERT_TRUE(sounds.put("tone-700", tone(700, 8'000)).has_value());
  Phone phone;
  const auto ready = open(1, phone.address());
  configure(1, phone.stream());
  node->send(media::Play{.port = 1, .seq = 2, .play = 1, .sounds = {media::SoundKey("tone-700")}});
  std::vector<std::int16_t> heard;
  while (heard.size() < 4'000) {
    const auto packet = phone.hear();
    ASSERT_TRUE(packet.has_value());
    EXPECT_EQ(packet->from, ready.local_rtp);
    heard.insert(heard.end(), packet->samples.begin(), packet->samples.end());
  }
  const audio::Samples steady(heard.data() + 800, 3'200);
  EXPECT_GT(audio::tone_share(steady, 8'000, 700), 0.95);
  EXPECT_LT(audio::tone_share(steady, 8'000, 900), 0.05);
  const auto ended = events.wait<media::PlayEnded>(1);
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->end, media::PlayEnd::completed);
}

TEST_F(MediaNodeTest, LegsOfOneSourceThatWaitAreOnSocketsOfTheirOwn) {
  start();
  Phone a;
  Phone b;
  const auto first = open(1, a.address());
  const auto second = open(2, b.address());
  EXPECT_NE(first.local_rtp, second.local_rtp);
  const auto third = open(3, std::nullopt);
  const auto fourth = open(4, std::nullopt);
  EXPECT_EQ((std::set<Endpoint>{first.local_rtp, second.local_rtp, third.local_rtp, fourth.local_rtp}.size()),
            4U)
      << "late offers have a socket where nobody waits";
}

TEST_F(MediaNodeTest, LockedLegsShareASocketAndEachHearsItsOwnParty) {
  start();
  Phone a;
  Phone b;
  Phone elsewhere("127.0.0.44");
  const auto first = locked(1, a);
  const auto second = locked(2, b);
  const auto third = locked(3, elsewhere);
  EXPECT_EQ(first.local_rtp, second.local_rtp);
  EXPECT_EQ(first.local_rtp, third.local_rtp);
  EXPECT_EQ(node->socket_pairs(), 1U);
  for (int i = 0; i < 5; ++i) b.speak(first.local_rtp, 500);
  for (int i = 0; i < 2; ++i) elsewhere.speak(first.local_rtp, 500);
  const auto heard = [&](media::PortId port, std::uint64_t packets) {
    std::uint64_t received = 0;
    for (int i = 0; received < packets && i < 10'000; ++i) {  // packets are read in their own time
      node->send(media::ReportQuality{.port = port, .seq = next_seq++});
      const auto quality = events.wait<media::Quality>(port);
      received = quality ? quality->packets_received : packets;
    }
    return received;
  };
  // Of the three that locked a source the first proved nothing yet.
  EXPECT_EQ(heard(2, 7), 7U);
  EXPECT_EQ(heard(3, 4), 4U);
  EXPECT_EQ(heard(1, 2), 2U) << "its own, none of the others'";
}

TEST_F(MediaNodeTest, APacketThatMayBeOfTwoLegsIsDroppedAndCounted) {
  start({.bind = kLoopback, .socket_pairs_max = 1});
  Phone a;
  Phone b;
  const auto first = open(1, a.address());
  const auto second = open(2, b.address());
  ASSERT_EQ(first.local_rtp, second.local_rtp) << "there is one socket, so they share it by exact address";
  configure(1, a.stream());
  configure(2, b.stream());
  barrier(2);
  Phone stray;  // of the same address, but of no leg's port
  const auto ambiguous = misses(Miss::ambiguous_source);
  stray.speak(first.local_rtp);
  for (int i = 0; i < 3; ++i) b.speak(first.local_rtp);
  for (int i = 0; i < 3; ++i) a.speak(first.local_rtp);
  EXPECT_EQ(events.wait<media::SourceLocked>(1)->remote, a.address());
  EXPECT_EQ(events.wait<media::SourceLocked>(2)->remote, b.address());
  EXPECT_EQ(misses(Miss::ambiguous_source), ambiguous + 1);
  const auto strangers = misses(Miss::stranger);
  stray.speak(first.local_rtp);
  a.speak(first.local_rtp);
  while (misses(Miss::stranger) == strangers) barrier(1);
  EXPECT_EQ(misses(Miss::stranger), strangers + 1) << "nobody waits any more";
}

TEST_F(MediaNodeTest, WithoutAFreeSocketALateOfferIsRefused) {
  start({.bind = kLoopback, .socket_pairs_max = 1});
  open(1, std::nullopt);
  node->open({.port = 2, .expected_rtp = std::nullopt, .signalling_source = kLoopback}, events.sink());
  const auto lost = events.wait<media::PortLost>(2);
  ASSERT_TRUE(lost.has_value());
  EXPECT_FALSE(lost->reason.empty());
  EXPECT_EQ(node->ports(), 1U);
}

TEST_F(MediaNodeTest, OnAWildcardBindTheVoiceComesFromTheAddressThatWasSpokenTo) {
  start({.bind = {}, .public_ip = *parse_ip("127.0.0.77")});
  ASSERT_TRUE(sounds.put("tone", tone(500, 80'000)).has_value());
  Phone phone;
  const auto ready = open(1, phone.address());
  EXPECT_EQ(ready.local_rtp.ip.to_string(), "127.0.0.77");
  configure(1, phone.stream());
  node->send(media::Play{.port = 1, .seq = 2, .play = 1, .sounds = {media::SoundKey("tone")}});
  EXPECT_EQ(phone.hear()->from, ready.local_rtp) << "before the first packet came: the public address";
  const Endpoint other{.ip = *parse_ip("127.0.0.99"), .port = ready.local_rtp.port};
  for (int i = 0; i < 3; ++i) phone.speak(other);
  while (phone.hear()->from != other) {
  }
}

TEST_F(MediaNodeTest, OnAWildcardBindAStrangerDoesNotChooseTheAddressThatTheVoiceComesFrom) {
  start({.bind = {}, .public_ip = *parse_ip("127.0.0.77")});
  Phone phone;
  Phone stranger("127.0.0.3");
  const auto ready = open(1, phone.address());
  configure(1, phone.stream());
  const Endpoint other{.ip = *parse_ip("127.0.0.2"), .port = ready.local_rtp.port};
  media::Quality quality;
  while (quality.strangers == 0) {
    stranger.speak(other);
    node->send(media::ReportQuality{.port = 1, .seq = next_seq++});
    quality = *events.wait<media::Quality>(1);
  }
  for (std::uint64_t heard = 0; heard < quality.packets_sent + 3; ++heard)
    EXPECT_EQ(phone.hear()->from, ready.local_rtp);
}

TEST_F(MediaNodeTest, LegsThatOfferSrtpAreOnSocketsOfTheirOwnUntilTheyProveThemselves) {
  start();
  Phone phone;
  const auto first = open(1, phone.address());
  const auto place = [&](media::PortId port, const char* sdp) {
    node->open({.port = port,
                .expected_rtp = *parse_endpoint(sdp),
                .signalling_source = parse_endpoint(sdp)->ip,
                .srtp = true},
               events.sink());
    return events.wait<media::Ready>(port)->local_rtp.port;
  };
  const auto second = place(2, "203.0.113.9:4000");
  EXPECT_EQ(second, first.local_rtp.port) << "one beside those in the clear";
  EXPECT_NE(place(3, "203.0.113.10:4000"), second);
}

TEST_F(MediaNodeTest, RecordsWhatThePartySays) {
  std::string pattern = (std::filesystem::temp_directory_path() / "portico-node-XXXXXX").string();
  const std::string directory = mkdtemp(pattern.data());
  start();
  ASSERT_TRUE(sounds.put("clock", tone(300, 80'000)).has_value());
  Phone phone;
  const auto ready = open(1, phone.address());
  configure(1, phone.stream());
  node->send(media::Play{.port = 1, .seq = 2, .play = 1, .sounds = {media::SoundKey("clock")}, .loop = true});
  node->send(media::Record{.port = 1, .seq = 3, .record = "r-1", .path = directory + "/r-1.wav"});
  // The node's own packets are the clock that the phone speaks by.
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(phone.hear().has_value());
    phone.speak(ready.local_rtp, 600);
  }
  node->send(media::StopRecord{.port = 1, .seq = 4, .record = "r-1"});
  const auto closed = events.wait<media::RecordingClosed>(1);
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(closed->end, media::RecordEnd::stopped) << closed->reason;
  std::ifstream file(closed->path, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  const auto pcm = audio::read_wav(bytes);
  ASSERT_TRUE(pcm.has_value());
  EXPECT_EQ(pcm->samples.size(), closed->samples);
  ASSERT_GT(pcm->samples.size(), 12'000U) << "a second and a half of two";
  const audio::Samples middle(pcm->samples.data() + 6'000, 1'600);
  EXPECT_GT(audio::tone_amplitude(middle, 8'000, 600), 4'000);
  EXPECT_LT(audio::tone_amplitude(middle, 8'000, 300), 400) << "what we play is not the party";
  std::filesystem::remove_all(directory);
}

// What lies in the sockets when a thread comes late is heard in the frames that it makes up for.
TEST_F(MediaNodeTest, ALateThreadReadsWhatWaitsBeforeItPlays) {
  // This test's own thread may be late too: one good try of three will do.
  auto least = concealed_by_a_late_thread(1);
  for (const media::PortId first : {100U, 200U}) {
    if (least >= kLateParties) least = concealed_by_a_late_thread(first);
  }
  EXPECT_LT(least, kLateParties) << "not a frame of each";
}

TEST_F(MediaNodeTest, ARecordingUnderWayWhenTheNodeEndsIsClosedAndTold) {
  std::string pattern = (std::filesystem::temp_directory_path() / "portico-node-XXXXXX").string();
  const std::string directory = mkdtemp(pattern.data());
  start();
  Phone phone;
  locked(1, phone);
  node->send(media::Record{.port = 1, .seq = next_seq++, .record = "r-2", .path = directory + "/r-2.wav"});
  barrier(1);
  node.reset();
  const auto closed = events.wait<media::RecordingClosed>(1);
  ASSERT_TRUE(closed.has_value());
  EXPECT_EQ(closed->end, media::RecordEnd::hangup) << closed->reason;
  EXPECT_TRUE(events.wait<media::PortLost>(1).has_value());
  std::filesystem::remove_all(directory);
}

TEST_F(MediaNodeTest, PortsOfOneGroupAreOnOneThread) {
  start({.bind = kLoopback, .threads = 2});
  // Threads are dealt alternate pairs of the range, so the port tells the thread.
  const auto thread_of = [](const media::Ready& ready) { return ready.local_rtp.port / 2 % 2; };
  std::set<int> threads;
  for (std::uint64_t group = 0; group < 4; ++group) {
    const auto one = open(group * 2 + 1, std::nullopt, group);
    const auto other = open(group * 2 + 2, std::nullopt, group);
    EXPECT_EQ(thread_of(one), thread_of(other));
    threads.insert(thread_of(one));
  }
  EXPECT_EQ(threads.size(), 2U);
}

TEST_F(MediaNodeTest, RefusesAnIdThatIsInUse) {
  start();
  open(1, std::nullopt);
  node->open({.port = 1}, events.sink());
  EXPECT_TRUE(events.wait<media::PortLost>(1).has_value());
  EXPECT_EQ(node->ports(), 1U) << "the first is as it was";
}

TEST_F(MediaNodeTest, ManyPortsLeaveNoDescriptorBehind) {
  const auto before = open_descriptors();
  start({.bind = kLoopback, .socket_pairs_max = 500});
  Phone phone;
  for (int round = 0; round < 2; ++round) {
    for (media::PortId port = 1; port <= 400; ++port) open(port, phone.address());
    EXPECT_GT(node->socket_pairs(), limits::kIdleSocketPairsMax + 1);
    for (media::PortId port = 1; port <= 400; ++port) {
      configure(port, phone.stream());
      close(port);
    }
    EXPECT_EQ(node->ports(), 0U);
    open(1'000, std::nullopt);  // the thread has finished its turn by now
    EXPECT_LE(node->socket_pairs(), limits::kIdleSocketPairsMax + 1);
    configure(1'000, phone.stream());
    close(1'000);
  }
  node.reset();
  EXPECT_EQ(open_descriptors(), before + 1) << "the phone's own";
}

// Those of the last calls remember who may send on: they are closed later, though there is no leg any more.
TEST_F(MediaNodeTest, NoMoreSocketsStayOpenWithoutALegThanMay) {
  constexpr media::PortId kLegs = limits::kIdleSocketPairsMax + 10;
  start({.bind = kLoopback, .socket_pairs_max = 500});
  Phone phone;
  for (media::PortId port = 1; port <= kLegs; ++port) {
    const auto ready = open(port, phone.address());
    configure(port, phone.stream());
    barrier(port);
    for (int i = 0; i < 3; ++i) phone.speak(ready.local_rtp);
  }
  for (media::PortId port = 1; port <= kLegs; ++port) events.wait<media::SourceLocked>(port);
  EXPECT_EQ(node->socket_pairs(), kLegs);
  for (media::PortId port = 1; port <= kLegs; ++port)
    node->send(media::Close{.port = port, .seq = 1'000'000});
  const auto give_up = Clock::now() + kPatience;
  while (node->socket_pairs() > limits::kIdleSocketPairsMax && Clock::now() < give_up)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(node->socket_pairs(), limits::kIdleSocketPairsMax);
}

TEST_F(MediaNodeTest, SaysWhatIsWrongWithItsOptions) {
  EXPECT_EQ(MediaNode::start({.rtp_port_low = 5'000, .rtp_port_high = 5'000}, sounds, workers).error().code,
            Code::invalid);
  EXPECT_EQ(MediaNode::start({.bind = *parse_ip("192.0.2.1")}, sounds, workers).error().code,
            Code::unavailable);
}

}  // namespace
}  // namespace portico::medianode
