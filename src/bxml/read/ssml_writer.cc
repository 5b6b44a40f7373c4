// Speech as text: once as normalised SSML, once for engines that know none.

#include <algorithm>
#include <cctype>

#include "bxml/read/ssml.h"
#include "bxml/xml/element.h"

namespace portico::bxml {
namespace {

bool is_space(char c) { return kWhiteSpace.find(c) != std::string_view::npos; }

bool holds_nothing(const std::vector<SsmlNode>& nodes) {
  return std::ranges::all_of(
      nodes, [](const SsmlNode& node) { return node.tag == SsmlTag::text && is_blank(node.text); });
}

// Ends with white space, which `ssml` has behind the closing tag.
bool ends_blank(const std::vector<SsmlNode>& nodes) {
  if (nodes.empty()) return false;
  const SsmlNode& last = nodes.back();
  return last.tag == SsmlTag::text ? is_space(last.text.back()) : ends_blank(last.children);
}

std::string_view attribute_of(const SsmlNode& node, std::string_view name) {
  for (const auto& [known, value] : node.attributes) {
    if (known == name) return value;
  }
  return {};
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
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
        out += is_space(c) ? ' ' : c;
    }
  }
  return out;
}

// Runs of white space become one blank, none at either end. A blank is written when something follows it.
class Line {
 public:
  void blank() { blank_ = true; }
  void raw(std::string_view text) {
    if (blank_ && !text_.empty()) text_ += ' ';
    blank_ = false;
    text_ += text;
  }
  // Directly behind what was written last: closing tags, punctuation.
  void attach(std::string_view text) { text_ += text; }
  std::string_view written() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  bool blank_ = false;
};

void write_ssml(const std::vector<SsmlNode>& nodes, Line& line) {
  for (const SsmlNode& node : nodes) {
    if (node.tag == SsmlTag::text) {
      for (const char c : node.text) is_space(c) ? line.blank() : line.raw(escaped({&c, 1}));
      continue;
    }
    std::string tag = "<" + std::string(ssml_tag_name(node.tag));
    for (const auto& [name, value] : node.attributes) tag += " " + name + "=\"" + escaped(value) + "\"";
    const bool empty = holds_nothing(node.children);
    line.raw(tag + (empty ? "/>" : ">"));
    write_ssml(node.children, line);
    if (!empty) line.attach("</" + std::string(ssml_tag_name(node.tag)) + ">");
  }
}

class PlainWriter {
 public:
  void write(const std::vector<SsmlNode>& nodes) {
    for (const SsmlNode& node : nodes) write(node);
  }
  std::string take() { return line_.take(); }

 private:
  void write(const SsmlNode& node);
  void words(std::string_view text);
  void pause(std::string_view mark);

  Line line_;
  bool spelling_ = false;
};

void PlainWriter::write(const SsmlNode& node) {
  switch (node.tag) {
    case SsmlTag::text:
      return words(node.text);
    case SsmlTag::break_:
      if (attribute_of(node, "strength") != "none") pause(",");
      return;
    case SsmlTag::paragraph:
    case SsmlTag::sentence:
      line_.blank();
      write(node.children);
      return pause(".");
    case SsmlTag::sub:
      if (attribute_of(node, "alias").empty()) return write(node.children);
      words(attribute_of(node, "alias"));
      if (ends_blank(node.children)) line_.blank();
      return;
    case SsmlTag::say_as: {
      const std::string_view how = attribute_of(node, "interpret-as");
      const bool before = std::exchange(spelling_, how == "characters" || how == "telephone");
      write(node.children);
      spelling_ = before;
      return;
    }
    default:
      return write(node.children);
  }
}

// Spelled text has a blank between any two letters or digits.
void PlainWriter::words(std::string_view text) {
  bool after_character = false;
  for (const char c : text) {
    if (is_space(c)) {
      line_.blank();
    } else {
      const bool character = std::isalnum(static_cast<unsigned char>(c)) != 0;
      if (spelling_ && character && after_character) line_.blank();
      line_.raw({&c, 1});
      after_character = character;
    }
  }
}

void PlainWriter::pause(std::string_view mark) {
  const std::string_view written = line_.written();
  if (written.empty()) return;
  if (std::string_view(".,;:!?").find(written.back()) == std::string_view::npos) line_.attach(mark);
  line_.blank();
}

bool has_break(const std::vector<SsmlNode>& nodes) {
  return std::ranges::any_of(
      nodes, [](const SsmlNode& node) { return node.tag == SsmlTag::break_ || has_break(node.children); });
}

}  // namespace

bool is_silent(const std::vector<SsmlNode>& nodes) {
  PlainWriter writer;
  writer.write(nodes);
  return writer.take().empty() && !has_break(nodes);
}

Speech write_speech(std::vector<SsmlNode> nodes) {
  Speech speech;
  Line line;
  write_ssml(nodes, line);
  speech.ssml = line.take();
  PlainWriter writer;
  writer.write(nodes);
  speech.plain = writer.take();
  speech.marked_up =
      std::ranges::any_of(nodes, [](const SsmlNode& node) { return node.tag != SsmlTag::text; });
  speech.nodes = std::move(nodes);
  return speech;
}

}  // namespace portico::bxml
