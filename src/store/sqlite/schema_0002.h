#pragma once
// Schema 2: where an unfinished recording's `recordingAvailable` goes (account::RecordingNotice as JSON).

namespace portico::store::sqlite {

inline constexpr const char* kSchema0002 = R"sql(
ALTER TABLE recordings ADD COLUMN notice TEXT;
)sql";

}  // namespace portico::store::sqlite
