// A page that a person can read without any script: each operation with its parameters, bodies and answers.

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>

#include "api/operations/openapi.h"

namespace portico::api {
namespace {

constexpr std::string_view kStyle = R"css(
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2733;background:#fff}
h1{font-size:1.7rem}h2{margin-top:2.5rem;border-bottom:1px solid #d5dde5}h3{margin:2rem 0 .3rem;font-size:1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}code.m{color:#fff;background:#0b5c8a;border-radius:3px;padding:.1rem .4rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-top:1px solid #e7ecf1}
pre{background:#f4f7fa;padding:.7rem;overflow:auto}
@media (prefers-color-scheme:dark){body{color:#dfe7ee;background:#12181f}h2,td,th{border-color:#2c3843}pre{background:#1b242d}}
)css";

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string text(const YAML::Node& node) { return node && node.IsScalar() ? escaped(node.Scalar()) : ""; }

// An example as a client would send it.
std::string as_json(const YAML::Node& node) {
  if (node.IsScalar()) {
    bool flag = false;
    double number = 0;
    const bool bare = node.Tag() == "?" && (YAML::convert<bool>::decode(node, flag) ||
                                            YAML::convert<double>::decode(node, number));
    return bare ? node.Scalar() : "\"" + node.Scalar() + "\"";
  }
  std::string out;
  if (node.IsSequence()) {
    for (const auto& item : node) out += (out.empty() ? "" : ", ") + as_json(item);
    return "[" + out + "]";
  }
  for (const auto& member : node) {
    out += (out.empty() ? "" : ", ") + as_json(member.first) + ": " + as_json(member.second);
  }
  return "{" + out + "}";
}

class Page {
 public:
  explicit Page(const YAML::Node& document) : document_(document) {}

  std::string write() {
    const auto info = document_["info"];
    out_ =
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>" +
        text(info["title"]) + "</title><style>" + std::string(kStyle) + "</style><h1>" + text(info["title"]) +
        "</h1><p>" + text(info["description"]) +
        "</p><p>As a document for tools: " + "<a href=\"/openapi.yaml\">/openapi.yaml</a></p>";
    for (const auto& tag : document_["tags"]) write_tag(tag);
    write_schemas();
    return std::move(out_) + "</html>\n";
  }

 private:
  static constexpr std::array kMethods{"get", "post", "put", "patch", "delete"};

  // "#/components/schemas/Call" looked up.
  YAML::Node resolved(const YAML::Node& node) const {
    if (!node || !node.IsMap() || !node["$ref"]) return node;
    const auto reference = node["$ref"].Scalar();
    YAML::Node at = document_;
    for (std::size_t i = 2; i <= reference.size();) {
      const auto end = std::min(reference.find('/', i), reference.size());
      at.reset(at[reference.substr(i, end - i)]);
      i = end + 1;
    }
    return at;
  }

  void write_tag(const YAML::Node& tag) {
    out_ += "<h2>" + text(tag["name"]) + "</h2><p>" + text(tag["description"]) + "</p>";
    for (const auto& path : document_["paths"]) {
      for (const auto* method : kMethods) {
        const auto operation = path.second[method];
        if (operation && operation["tags"][0].Scalar() == tag["name"].Scalar()) {
          write_operation(method, path.first.Scalar(), path.second, operation);
        }
      }
    }
  }

  void write_operation(std::string method, const std::string& path, const YAML::Node& item,
                       const YAML::Node& operation) {
    std::transform(method.begin(), method.end(), method.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    out_ += "<h3 id=\"" + text(operation["operationId"]) + "\"><code class=\"m\">" + method +
            "</code> <code>" + escaped(path) + "</code></h3><p>" + text(operation["summary"]) + "</p>";
    if (operation["description"]) out_ += "<p>" + text(operation["description"]) + "</p>";
    write_parameters(item["parameters"], operation["parameters"]);
    if (const auto body = resolved(operation["requestBody"])) write_contents("Body", body);
    out_ += "<table><tr><th>Answer<th>Meaning<th>Body</tr>";
    for (const auto& response : operation["responses"]) {
      const auto answer = resolved(response.second);
      out_ += "<tr><td>" + text(response.first) + "<td>" + text(answer["description"]) + "<td>" +
              contents(answer) + "</tr>";
    }
    out_ += "</table>";
  }

  void write_parameters(const YAML::Node& shared, const YAML::Node& own) {
    std::string rows;
    for (const auto& list : {shared, own}) {
      for (const auto& reference : list) {
        const auto parameter = resolved(reference);
        if (parameter["in"].Scalar() == "path") continue;  // the path shows it
        rows += "<tr><td><code>" + text(parameter["name"]) + "</code><td>" + text(parameter["in"]) + "<td>" +
                type(parameter["schema"]) + "<td>" + text(parameter["description"]) + "</tr>";
      }
    }
    if (!rows.empty()) out_ += "<table><tr><th>Parameter<th>In<th>Type<th>Meaning</tr>" + rows + "</table>";
  }

  void write_contents(const std::string& title, const YAML::Node& body) {
    out_ += "<p>" + title + ": " + contents(body) + "</p>";
    for (const auto& content : body["content"]) {
      if (content.second["example"]) {
        out_ += "<pre>" + escaped(as_json(content.second["example"])) + "</pre>";
      }
    }
  }

  std::string contents(const YAML::Node& answer) const {
    std::string out;
    for (const auto& content : answer["content"]) {
      out += (out.empty() ? "" : "<br>") + ("<code>" + text(content.first) + "</code> ") +
             type(content.second["schema"]);
    }
    return out;
  }

  std::string type(const YAML::Node& schema) const {
    if (!schema) return "";
    if (schema["$ref"]) {
      const auto reference = schema["$ref"].Scalar();
      const auto name = escaped(reference.substr(reference.rfind('/') + 1));
      return "<a href=\"#" + name + "\">" + name + "</a>";
    }
    if (schema["items"]) return "list of " + type(schema["items"]);
    if (schema["enum"]) return alternatives(schema["enum"]);
    if (schema["type"] && schema["type"].IsSequence()) return alternatives(schema["type"]);
    return text(schema["type"]);
  }

  static std::string alternatives(const YAML::Node& list) {
    std::string out;
    for (const auto& item : list) out += (out.empty() ? "" : " | ") + text(item);
    return out;
  }

  void write_schemas() {
    out_ += "<h2>Shapes</h2>";
    for (const auto& schema : document_["components"]["schemas"]) {
      const auto name = text(schema.first);
      out_ +=
          "<h3 id=\"" + name + "\">" + name + "</h3><p>" + text(schema.second["description"]) + "</p><table>";
      for (const auto& property : schema.second["properties"]) {
        out_ += "<tr><td><code>" + text(property.first) + "</code><td>" + type(property.second) + "<td>" +
                text(resolved(property.second)["description"]) + "</tr>";
      }
      out_ += "</table>";
    }
  }

  YAML::Node document_;
  std::string out_;
};

}  // namespace

Result<std::string> docs_page(std::string_view yaml) {
  try {
    return Page(YAML::Load(std::string(yaml))).write();
  } catch (const YAML::Exception& error) {
    return fail(Code::invalid, std::string("the API's description is not readable: ") + error.what());
  }
}

}  // namespace portico::api
