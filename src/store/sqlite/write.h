#pragma once
// One of the writes that nobody waits for, inside the transaction of its batch.

#include "account/store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/log_trimming.h"

namespace portico::store::sqlite {

enum class Applied : unsigned char { written, enqueued, dropped };

Result<Applied> apply(Connection& db, const account::Write& write, LogTrimmings& trimmings, bool outbox_full);

}  // namespace portico::store::sqlite
