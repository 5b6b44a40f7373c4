#pragma once
// Schema 4: the call's tag, for the events that a start tells in place of a process that died.

namespace portico::store::sqlite {

inline constexpr const char* kSchema0004 = R"sql(
ALTER TABLE calls ADD COLUMN tag TEXT;
)sql";

}  // namespace portico::store::sqlite
