#include "sip/dialog/failover.h"

#include <algorithm>

namespace portico::sip {
namespace {

bool is_present(const Session& session, const Flow& hop) {
  return hop.transport == session.flow.transport && hop.remote == session.flow.remote;
}

// Requests go to the address that the peer's Contact or Record-Route names, which is not where its own come
// from: one of a NAT between two private networks, or of a container, leads nowhere.
bool is_elsewhere(const Session& session) {
  return !session.flow_is_set && !session.unproven && !session.target_is_dead &&
         next_flow(session.dialog, session.flow).remote != session.flow.remote;
}

}  // namespace

Result<void> set_hops(Session& session, std::vector<Flow> hops) {
  const auto present = std::ranges::find_if(hops, [&](const Flow& f) { return is_present(session, f); });
  if (present != hops.end()) std::rotate(hops.begin(), present, hops.end());
  const bool connected = is_reliable(session.flow.transport) && session.flow.connection != 0;
  // The address of its connection stays among the others: the peer may go on by another one.
  const std::size_t others_max = kOtherHopsMax + (connected && present != hops.end() ? 1 : 0);
  if (!connected && !hops.empty()) {
    session.flow = hops.front();
    session.flow_is_set = true;
    hops.erase(hops.begin());
  }
  if (hops.size() > others_max) hops.resize(others_max);
  hops.shrink_to_fit();
  session.other_hops = std::move(hops);
  return {};
}

void follow(Turn& turn, Session& session, const Flow& flow) {
  if (session.flow_is_set) return;
  const bool elsewhere = flow.connection != session.flow.connection;
  session.flow = flow;
  if (elsewhere) tell(turn, Moved{session.id});
}

void take_target(Turn& turn, Session& session, const Message& message, const Flow& flow) {
  const std::string before = session.dialog.remote_target;
  refresh_target(session.dialog, message);
  // With a route set the next machine is its first, wherever the target is.
  if (session.dialog.remote_target == before || !session.dialog.route_set.empty()) return;
  session.flow_is_set = false;
  session.target_is_dead = false;
  session.other_hops.clear();
  session.flow = flow;
  tell(turn, Moved{session.id});
}

bool move_on(Session& session, std::uint32_t hop) {
  if (session.hop != hop) return true;  // another request found out before
  if (is_elsewhere(session)) {
    session.target_is_dead = true;
    ++session.hop;
    return true;
  }
  std::erase_if(session.other_hops, [&](const Flow& f) { return is_present(session, f); });
  if (session.other_hops.empty()) return false;
  session.flow = session.other_hops.front();
  session.flow_is_set = true;
  session.other_hops.erase(session.other_hops.begin());
  ++session.hop;
  return true;
}

}  // namespace portico::sip
