#pragma once
// A document as it may be shown: the values of attributes whose names end in "password" become *****
// (voice-api.md section 1). The text need not be well-formed; what is not closed is masked to its end.

#include <string>
#include <string_view>

namespace portico::webhook {

std::string mask_passwords(std::string_view document);

}  // namespace portico::webhook
