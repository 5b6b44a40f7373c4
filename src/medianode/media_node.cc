#include "medianode/media_node.h"

#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "async/workers.h"
#include "base/counters.h"
#include "base/limits.h"
#include "medianode/media_thread.h"
#include "rtp/srtp.h"

namespace portico::medianode {
namespace {

constexpr std::size_t kSmallRangePairs = 256;  // a range as small as this may be opened whole

// A quarter of the range is far more than the legs that wait at one time; half of the descriptors stay for
// others.
std::size_t default_pairs_max(std::size_t pairs_in_range) {
  rlimit files{};
  const std::size_t descriptors = getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 1'024;
  const auto wanted = std::min(pairs_in_range, std::max(pairs_in_range / 4, kSmallRangePairs));
  return std::max<std::size_t>(std::min(wanted, descriptors / 4), 1);
}

bool is_local(const IpAddress& ip) { return net::UdpSocket::bind({.ip = ip, .port = 0}).has_value(); }

LegsOptions legs_options(const NodeOptions& options, const PortRange& range) {
  LegsOptions legs;
  legs.bind = options.bind;
  legs.public_ip = options.public_ip.is_unspecified() ? options.bind : options.public_ip;
  if (options.bind.is_unspecified() && is_local(legs.public_ip)) legs.default_source = legs.public_ip;
  const auto pairs =
      options.socket_pairs_max != 0 ? options.socket_pairs_max : default_pairs_max(range.pairs());
  legs.socket_pairs_max = std::max<std::size_t>(pairs / options.threads, 1);
  return legs;
}

void count_dropped(const char* reason) {
  counter("portico_media_commands_dropped_total", "Commands that reached no media thread, by reason",
          {{"reason", reason}})
      .add();
}

}  // namespace

struct MediaNode::State {
  explicit State(async::Workers& workers) : recordings(workers) {}

  // Members are destroyed from the last to the first: threads, then what they refer to.
  PortDirectory directory;
  RecordingWriter recordings;
  std::vector<std::unique_ptr<MediaThread>> threads;
};

MediaNode::MediaNode(std::unique_ptr<State> state) : state_(std::move(state)) {}
MediaNode::~MediaNode() = default;

Result<std::unique_ptr<MediaNode>> MediaNode::start(const NodeOptions& options, media::SoundSource& sounds,
                                                    async::Workers& workers) {
  const auto range = PortRange::make(options.rtp_port_low, options.rtp_port_high, options.threads);
  if (!range) return fail(range.error());
  const auto tried = net::UdpSocket::bind({.ip = options.bind, .port = 0});
  if (!tried) return fail(tried.error());
  if (auto ready = rtp::start_srtp(); !ready) return fail(ready.error());
  auto state = std::make_unique<State>(workers);
  auto legs = legs_options(options, *range);
  for (unsigned i = 0; i < options.threads; ++i) {
    legs.thread = i;
    auto thread = MediaThread::start(legs, *range, sounds, state->recordings, state->directory);
    if (!thread) return fail(thread.error());
    state->threads.push_back(std::move(*thread));
  }
  return std::unique_ptr<MediaNode>(new MediaNode(std::move(state)));
}

void MediaNode::open(const PortRequest& request, EventSink events) {
  const auto thread = static_cast<unsigned>(request.group % state_->threads.size());
  const auto sink = std::make_shared<const EventSink>(std::move(events));
  if (!state_->directory.add(request.port, {.thread = thread, .events = sink})) {
    (*sink)(media::PortLost{.port = request.port, .reason = "the port's id is in use"});
    return;
  }
  if (state_->threads[thread]->push(Opening{.request = request, .events = sink})) return;
  count_dropped("queue_full");
  state_->directory.remove(request.port);
  (*sink)(media::PortLost{.port = request.port, .reason = "the media thread is overloaded"});
}

void MediaNode::send(media::Command command) {
  const auto port = media::port_of(command);
  const auto place = state_->directory.place_of(port);
  if (!place) return count_dropped("unknown_port");
  if (state_->threads[place->thread]->push(std::move(command))) return;
  count_dropped("queue_full");
  (*place->events)(media::CommandLost{.port = port});  // who waits for what comes of it would wait for ever
}

std::set<media::RecordId> MediaNode::unfinished_recordings() const { return state_->recordings.unfinished(); }

std::size_t MediaNode::ports() const { return state_->directory.size(); }

std::size_t MediaNode::socket_pairs() const {
  std::size_t pairs = 0;
  for (const auto& thread : state_->threads) pairs += thread->socket_pairs();
  return pairs;
}

}  // namespace portico::medianode
