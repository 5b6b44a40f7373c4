#include "account/deployment.h"

#include <algorithm>

namespace portico::account {

bool Deployment::knows_region(std::string_view region) const {
  return std::find(regions.begin(), regions.end(), region) != regions.end();
}

}  // namespace portico::account
