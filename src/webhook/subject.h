#pragma once
// From a call's webhook to what this room works with.

#include "call/ports.h"
#include "webhook/attempt.h"
#include "webhook/exchanges.h"

namespace portico::webhook {

Subject subject_of(const call::Webhook& webhook);
Target target_of(call::Callback callback);

}  // namespace portico::webhook
