#include "sdp/session_description.h"

namespace portico::sdp {
namespace {

void add_address(std::string& out, const Connection& connection) {
  const bool ipv6 =
      connection.ip ? !connection.ip->is_v4() : connection.host.find(':') != std::string_view::npos;
  out += ipv6 ? "IN IP6 " : "IN IP4 ";
  if (connection.host.empty()) {
    out += connection.ip.value_or(IpAddress{}).to_string();
  } else {
    out += connection.host;
  }
  out += "\r\n";
}

void add_attributes(std::string& out, std::span<const Attribute> attributes) {
  for (const auto& attribute : attributes) {
    out.append("a=").append(attribute.name);
    if (!attribute.value.empty()) out.append(":").append(attribute.value);
    out += "\r\n";
  }
}

void add_media(std::string& out, const MediaDescription& media) {
  out.append("m=").append(media.type).append(" ").append(std::to_string(media.port));
  out.append(" ").append(media.protocol);
  for (const auto format : media.formats) out.append(" ").append(format);
  out += "\r\n";
  if (media.connection) {
    out += "c=";
    add_address(out, *media.connection);
  }
  add_attributes(out, media.attributes);
}

}  // namespace

std::string write(const SessionDescription& description) {
  std::string out = "v=0\r\no=";
  const auto& origin = description.origin;
  out.append(origin.username)
      .append(" ")
      .append(origin.session_id)
      .append(" ")
      .append(origin.version)
      .append(" ");
  add_address(out, origin.address);
  out.append("s=").append(description.name).append("\r\n");
  if (description.connection) {
    out += "c=";
    add_address(out, *description.connection);
  }
  out += "t=0 0\r\n";
  add_attributes(out, description.attributes);
  for (const auto& media : description.media) add_media(out, media);
  return out;
}

}  // namespace portico::sdp
