#include "portico/dial.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "async/scope.h"
#include "async/workers.h"
#include "audio/decode_audio.h"
#include "audio/wav_reader.h"
#include "net/signals.h"
#include "portico/commands.h"
#include "portico/dialer.h"
#include "portico/free_ports.h"
#include "portico/spoken_text.h"
#include "sip/message/uri.h"

namespace portico::app {
namespace {

constexpr int kAudible = 256;  // of 32767: above codec noise

template <typename T>
boost::json::value or_null(const std::optional<T>& value) {
  return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

// The address we would send from to reach the far side: asked of the kernel, nothing is sent.
IpAddress address_towards(const Endpoint& target) {
  IpAddress found = IpAddress::v4(0x7F000001);
  sockaddr_storage address;
  const auto size = to_sockaddr(target, address);
  const int fd = ::socket(target.ip.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return found;
  socklen_t length = sizeof address;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0) {
    found = from_sockaddr(reinterpret_cast<sockaddr&>(address)).ip;
  }
  ::close(fd);
  return found;
}

Result<std::optional<audio::Pcm>> sound_to_play(const DialOptions& options) {
  if (!options.say.empty()) {
    auto spoken = speak_text(options.say);
    if (!spoken) return fail(spoken.error());
    return std::optional(std::move(*spoken));
  }
  if (options.play_file.empty()) return std::nullopt;
  std::ifstream in(options.play_file, std::ios::binary);
  if (!in) return fail(Code::not_found, options.play_file + ": cannot be read");
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto text = bytes.str();
  auto decoded = audio::decode_audio(as_bytes(text), "", options.play_file);
  if (!decoded) return fail(Code::invalid, options.play_file + ": " + decoded.error().what);
  return std::optional(std::move(*decoded));
}

// Milliseconds into the recording at which something can be heard.
std::optional<std::int64_t> first_sound(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto text = bytes.str();
  const auto pcm = audio::decode_audio(as_bytes(text), "audio/wav", path);
  if (!pcm) return std::nullopt;
  for (std::size_t i = 0; i < pcm->samples.size(); ++i) {
    if (std::abs(pcm->samples[i]) > kAudible) return static_cast<std::int64_t>(i * 1000 / pcm->rate);
  }
  return std::nullopt;
}

class RecordFile {
 public:
  explicit RecordFile(const std::string& asked) : path_(asked), temporary_(asked.empty()) {
    if (temporary_) path_ = (std::filesystem::temp_directory_path() / "portico-dial-XXXXXX").string();
    std::error_code ignored;
    existed_ = std::filesystem::exists(path_, ignored);
    const int fd = temporary_ ? ::mkstemp(path_.data()) : ::open(path_.c_str(), kFlags, 0666);
    if (fd < 0) {
      fault_ = path_ + " cannot be written: " + std::generic_category().message(errno);
    } else {
      ::close(fd);
    }
  }
  ~RecordFile() {
    std::error_code ignored;
    if (existed_) return;
    // A call that was not answered leaves no file.
    if (temporary_ || std::filesystem::file_size(path_, ignored) == 0)
      std::filesystem::remove(path_, ignored);
  }
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;
  const std::string& path() const { return path_; }
  const std::string& fault() const { return fault_; }  // empty: it can be written

 private:
  static constexpr int kFlags = O_CREAT | O_WRONLY | O_CLOEXEC;
  std::string path_;
  bool temporary_;
  bool existed_ = false;
  std::string fault_;
};

async::Task<> run_and_stop(Dialer& dialer, net::IoLoop& loop) {
  auto run = dialer.run();
  co_await std::move(run);
  loop.stop();
}

Result<DialReport> place_call(const DialOptions& options) {
  auto sound = sound_to_play(options);
  if (!sound) return fail(sound.error());
  const RecordFile record(options.record_file);
  if (!record.fault().empty()) return fail(Code::unavailable, record.fault());
  medianode::SoundCache cache;
  std::vector<media::Sound> sounds;
  std::shared_ptr<const audio::Pcm> pinned;
  if (*sound) {
    auto kept = cache.put("dial", std::move(**sound));
    if (!kept) return fail(kept.error());
    pinned = *kept;
    sounds.emplace_back(media::SoundKey("dial"));
  }
  async::Workers workers(1);
  std::unique_ptr<medianode::MediaNode> node;
  const auto settle = [&](const Endpoint& target) -> Result<Dialer::Here> {
    const auto local = address_towards(target);
    const auto ports = free_ports(local);
    if (!ports) return fail(ports.error());
    auto started = medianode::MediaNode::start(
        {.bind = local, .public_ip = local, .rtp_port_low = ports->low, .rtp_port_high = ports->high}, cache,
        workers);
    if (!started) return fail(started.error());
    node = std::move(*started);
    return Dialer::Here{.ip = local, .media = node.get()};
  };
  net::IoLoop loop("dial");
  auto resolver = net::Resolver::make();
  if (!resolver) return fail(resolver.error());
  Dialer dialer(options, {.loop = loop, .resolver = **resolver, .settle = settle}, std::move(sounds),
                record.path());
  const net::Signals signals(loop, [&](int) { dialer.hang_up(); });
  async::Scope scope(loop);
  scope.start(run_and_stop(dialer, loop));
  loop.run();
  auto report = dialer.report();
  if (report.answered()) report.first_audio_ms = first_sound(record.path());
  return report;
}

}  // namespace

std::string to_json(const DialReport& r) {
  boost::json::object out;
  out["status"] = r.status;
  out["reason"] = r.reason;
  out["challenged"] = r.challenged;
  out["codec"] = r.codec.empty() ? boost::json::value(nullptr) : boost::json::value(r.codec);
  out["ringMs"] = or_null(r.ring_ms);
  out["answerMs"] = or_null(r.answer_ms);
  out["firstAudioMs"] = or_null(r.first_audio_ms);
  out["durationMs"] = r.duration_ms;
  out["hangupBy"] = r.hangup_by.empty() ? boost::json::value(nullptr) : boost::json::value(r.hangup_by);
  out["rtp"] = boost::json::object{{"sent", r.rtp_sent},
                                   {"received", r.rtp_received},
                                   {"lost", r.rtp_lost},
                                   {"jitterMs", r.rtp_jitter_ms}};
  out["digitsReceived"] = r.digits_received;
  return boost::json::serialize(out);
}

std::string to_text(const DialReport& r) {
  std::ostringstream out;
  out << (r.status == 0 ? "no answer" : std::to_string(r.status)) << " " << r.reason
      << (r.challenged ? " (after a challenge)" : "") << "\n";
  if (!r.why.empty()) out << "why: " << r.why << "\n";
  if (!r.answered()) return out.str();
  out << "answered after " << r.answer_ms.value_or(0) << " ms, " << r.codec << ", "
      << (r.first_audio_ms ? "first sound after " + std::to_string(*r.first_audio_ms) + " ms"
                           : "nothing was heard")
      << "\n"
      << "lasted " << r.duration_ms << " ms, ended by the " << r.hangup_by << " side\n"
      << "RTP: " << r.rtp_sent << " sent, " << r.rtp_received << " received, " << r.rtp_lost
      << " lost, jitter " << r.rtp_jitter_ms << " ms\n";
  if (!r.digits_received.empty()) out << "digits received: " << r.digits_received << "\n";
  return out.str();
}

int dial(const DialOptions& options) {
  if (const auto uri = sip::parse_uri(options.uri); !uri || !uri->is_sip()) {
    return complain(2, "\"" + options.uri + "\" is not a SIP URI such as sip:user@example.org");
  }
  const auto report = place_call(options);
  if (!report) return complain(1, report.error().what);
  std::cout << (options.json ? to_json(*report) + "\n" : to_text(*report));
  return report->answered() ? 0 : 1;
}

}  // namespace portico::app
