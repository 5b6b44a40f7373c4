#pragma once
// Schema 3: what a start looks for, calls and recordings that are not finished, without walking all that are.

namespace portico::store::sqlite {

inline constexpr const char* kSchema0003 = R"sql(
CREATE INDEX calls_open ON calls (node, call_id) WHERE state <> 'disconnected';
CREATE INDEX recordings_open ON recordings (recording_id) WHERE status = 'processing';
)sql";

}  // namespace portico::store::sqlite
