#include "bxml/groups.h"

namespace portico::bxml {

std::string_view method_name(Method method) { return method == Method::get ? "GET" : "POST"; }

std::string_view file_format_name(FileFormat format) { return format == FileFormat::wav ? "wav" : "mp3"; }

}  // namespace portico::bxml
