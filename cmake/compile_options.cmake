# Options every target of ours gets. Warnings are errors; sanitizers come from PORTICO_SANITIZE.
set(PORTICO_SANITIZE "" CACHE STRING "-fsanitize= list, for example address,undefined")
option(PORTICO_TESTS "build the tests" ON)
option(PORTICO_FUZZ "build libFuzzer targets" OFF)

add_library(portico_options INTERFACE)
target_compile_options(portico_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
                       -Wno-missing-field-initializers)
target_include_directories(portico_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(portico_options INTERFACE PORTICO_VERSION="${PROJECT_VERSION}"
                           BOOST_ASIO_NO_DEPRECATED)
if(PORTICO_SANITIZE)
  add_compile_options(-fsanitize=${PORTICO_SANITIZE} -fno-sanitize=function -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PORTICO_SANITIZE})
endif()
if(PORTICO_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
add_link_options(-fuse-ld=lld-19)
