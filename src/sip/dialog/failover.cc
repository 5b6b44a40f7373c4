#include "sip/dialog/failover.h"

#include <algorithm>

namespace portico::sip {

Result<void> set_hops(Session& session, std::vector<Flow> hops) {
  const auto present = std::ranges::find_if(hops, [&](const Flow& f) {
    return f.transport == session.flow.transport && f.remote == session.flow.remote;
  });
  if (present != hops.end()) std::rotate(hops.begin(), present, hops.end());
  const bool connected = is_reliable(session.flow.transport) && session.flow.connection != 0;
  if (connected && present != hops.end()) hops.erase(hops.begin());
  if (!connected && !hops.empty()) {
    session.flow = hops.front();
    session.flow_is_set = true;
    hops.erase(hops.begin());
  }
  if (hops.size() > kOtherHopsMax) hops.resize(kOtherHopsMax);
  hops.shrink_to_fit();
  session.other_hops = std::move(hops);
  return {};
}

bool move_on(Session& session, std::uint32_t hop) {
  if (session.hop != hop) return true;  // another request found out before
  if (session.other_hops.empty()) return false;
  session.flow = session.other_hops.front();
  session.flow_is_set = true;
  session.other_hops.erase(session.other_hops.begin());
  ++session.hop;
  return true;
}

}  // namespace portico::sip
