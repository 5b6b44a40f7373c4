# tests/unit/<room>/ mirrors src/<room>/: one test binary a room, unit_<room>, one ctest entry a binary.
# A room's test folder may hold a CMakeLists.txt that adds to the target (more libraries, data).
# Paths are relative to the checkout, where the tests run: so compilers' caches serve every checkout.
# The tests' own sources are not optimised: that halves the time they take to compile, and what they test is.
function(portico_unit_tests)
  foreach(room ${PORTICO_ROOMS})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${room}/*.cc)
    if(sources AND TARGET portico_${room})
      add_executable(unit_${room} ${sources})
      target_link_libraries(unit_${room} PRIVATE portico_${room} GTest::gtest_main GTest::gmock)
      target_include_directories(unit_${room} PRIVATE ${CMAKE_SOURCE_DIR}/tests/unit)
      target_compile_options(unit_${room} PRIVATE -O0)
      target_compile_definitions(unit_${room} PRIVATE
                                 PORTICO_TEST_DATA="tests/data" PORTICO_FUZZ_DIR="fuzz")
      if(EXISTS ${CMAKE_SOURCE_DIR}/tests/unit/${room}/CMakeLists.txt)
        add_subdirectory(${CMAKE_SOURCE_DIR}/tests/unit/${room} tests/unit/${room})
      endif()
      add_test(NAME unit_${room} COMMAND unit_${room} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    endif()
  endforeach()
endfunction()

# fuzz/<target>/<target>.cc names the room it links in its first line: "// room: sip". Corpus: fuzz/<target>/corpus.
function(portico_fuzz_targets)
  file(GLOB targets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*/*.cc)
  foreach(source ${targets})
    get_filename_component(name ${source} NAME_WE)
    file(STRINGS ${source} head LIMIT_COUNT 1)
    string(REGEX MATCH "room: ([a-z]+)" _ "${head}")
    add_executable(fuzz_${name} ${source})
    target_link_libraries(fuzz_${name} PRIVATE portico_${CMAKE_MATCH_1})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()

# tests/sim: whole systems on injected time over a bad network; tests/calls: call flows as text, run on the same world.
function(portico_simulation)
  add_library(sim_world STATIC ${CMAKE_SOURCE_DIR}/tests/sim/network.cc ${CMAKE_SOURCE_DIR}/tests/sim/server.cc
              ${CMAKE_SOURCE_DIR}/tests/sim/sim_media.cc ${CMAKE_SOURCE_DIR}/tests/sim/sim_ports.cc)
  target_link_libraries(sim_world PUBLIC portico_signaling)
  target_include_directories(sim_world PUBLIC ${CMAKE_SOURCE_DIR}/tests)
  file(GLOB sim_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/sim/*.cc)
  get_target_property(world_sources sim_world SOURCES)
  list(REMOVE_ITEM sim_sources ${world_sources})
  # Of the room that joins all others only what a start does about an earlier crash: the rest are sockets and files.
  add_executable(sim ${sim_sources} ${CMAKE_SOURCE_DIR}/src/portico/recovery.cc)
  target_link_libraries(sim PRIVATE sim_world portico_webhook portico_store portico_objects)
  # The clocks and the chance of the process become the run's: tests/sim/linked_time.h.
  target_link_options(sim PRIVATE -Wl,--wrap=_ZN7portico11random_fillESt4spanIhLm18446744073709551615EE
                      -Wl,--wrap=_ZNSt6chrono3_V212steady_clock3nowEv
                      -Wl,--wrap=_ZNSt6chrono3_V212system_clock3nowEv)
  add_test(NAME sim COMMAND sim)
  # Spoiled messages to the same world, or to a running server.
  file(GLOB mutate_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/mutate/*.cc)
  add_executable(mutate ${mutate_sources} ${CMAKE_SOURCE_DIR}/tests/sim/caller.cc
                 ${CMAKE_SOURCE_DIR}/tests/sim/phone_media.cc)
  target_link_libraries(mutate PRIVATE sim_world portico_audio)
  add_test(NAME mutate COMMAND mutate inside 10000)
  file(GLOB flow_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/calls/*.cc)
  if(flow_sources)
    add_executable(calls ${flow_sources})
    target_link_libraries(calls PRIVATE sim_world)
    file(GLOB flows CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/calls/*.call)
    add_test(NAME calls COMMAND calls ${flows})
  endif()
endfunction()

# tests/flood: the datagrams that tests/e2e/test_floods.py and `make flood` send.
function(portico_flood)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/flood/*.cc)
  add_executable(flood ${sources})
  target_link_libraries(flood PRIVATE portico_base)
  target_include_directories(flood PRIVATE ${CMAKE_SOURCE_DIR}/tests/flood)
endfunction()

# tests/scarce_memory: every parser with memory counted, and it and a whole call with each of its allocations failing.
function(portico_scarce_memory)
  add_executable(scarce_memory ${CMAKE_SOURCE_DIR}/tests/scarce_memory/main.cc
                 ${CMAKE_SOURCE_DIR}/tests/scarce_memory/memory.cc)
  target_link_libraries(scarce_memory PRIVATE portico_sdp portico_rtp portico_audio portico_bxml portico_speech
                        portico_signaling portico_api)
  target_include_directories(scarce_memory PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(scarce_memory PRIVATE PORTICO_FUZZ_DIR="${CMAKE_SOURCE_DIR}/fuzz")
  add_test(NAME scarce_memory COMMAND scarce_memory)
  add_executable(scarce_calls ${CMAKE_SOURCE_DIR}/tests/scarce_memory/call_test.cc
                 ${CMAKE_SOURCE_DIR}/tests/scarce_memory/memory.cc)
  target_link_libraries(scarce_calls PRIVATE portico_call GTest::gtest_main GTest::gmock)
  target_include_directories(scarce_calls PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/tests/unit)
  add_test(NAME scarce_calls COMMAND scarce_calls)
endfunction()
