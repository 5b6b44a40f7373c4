#include "call/inline_documents.h"

#include <gtest/gtest.h>

namespace portico::call {
namespace {

std::shared_ptr<const bxml::Document> document(std::string base_url) {
  bxml::Document made;
  made.base_url = std::move(base_url);
  return std::make_shared<const bxml::Document>(std::move(made));
}

TEST(InlineDocuments, KnowTheLastTextOfAnApplication) {
  InlineDocuments documents;
  const auto first = document("https://a/");
  documents.keep("1", "<Response/>", first);
  EXPECT_EQ(documents.find("1", "<Response/>", "https://a/"), first);
  EXPECT_EQ(documents.find("1", "<Response><Hangup/></Response>", "https://a/"), nullptr);
  EXPECT_EQ(documents.find("1", "<Response/>", "https://b/"), nullptr);
  EXPECT_EQ(documents.find("2", "<Response/>", "https://a/"), nullptr);
  documents.keep("1", "<Bxml/>", document("https://a/"));
  EXPECT_EQ(documents.find("1", "<Response/>", "https://a/"), nullptr);
}

TEST(InlineDocuments, AreBounded) {
  InlineDocuments documents;
  for (std::size_t i = 0; i < 2 * InlineDocuments::kMax + 1; ++i) {
    documents.keep(std::to_string(i), "x", document(""));
    ASSERT_LE(documents.size(), InlineDocuments::kMax);
  }
}

}  // namespace
}  // namespace portico::call
