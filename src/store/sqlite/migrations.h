#pragma once
// Brings a file to the schema that this program knows. The table schema_version holds one row a migration
// done.

#include "store/sqlite/connection.h"

namespace portico::store::sqlite {

std::int64_t newest_schema();
// Each missing migration in one transaction, so that two processes starting together do not meet half a
// schema. unsupported when the file was written by a newer program.
Result<void> migrate(Connection& connection, WallTime now);

}  // namespace portico::store::sqlite
