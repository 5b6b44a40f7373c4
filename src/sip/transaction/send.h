#pragma once
// The one thing that `sip` asks of the world: these bytes, that way.

#include <string>
#include <vector>

#include "sip/transaction/flow.h"

namespace portico::sip {

struct Send {
  Flow flow;
  std::string bytes;
};

}  // namespace portico::sip
