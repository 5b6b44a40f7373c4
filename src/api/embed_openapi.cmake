# cmake -DINPUT=FILE -DOUTPUT=FILE.cc -P embed_openapi.cmake: the text as a string literal, one line a line.
file(READ ${INPUT} text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REPLACE "\n" "\\n\"\n\"" text "${text}")
file(WRITE ${OUTPUT} "namespace portico::api {\nextern const char kOpenapiYaml[];\nconst char kOpenapiYaml[] =\n\"${text}\";\n}\n")
