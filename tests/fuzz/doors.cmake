# Doors for files (fuzz/doors.h): a libFuzzer program each, in the preset fuzz only. A door is
# compiled with what it needs and nothing else.

function(tally_door name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_SOURCE_DIR}/src/)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/fuzz_main.cc
    ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${name}_door.cc ${arg_SOURCES})
  target_include_directories(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(fuzz_${name} PRIVATE TALLY_FUZZ_DOOR=${name})
  target_link_libraries(fuzz_${name} PRIVATE ${arg_LINKS} -fsanitize=fuzzer)
endfunction()

tally_door(receipt LINKS workers json base)
tally_door(job_toml SOURCES platform/job_folder_toml.cc LINKS base PkgConfig::TOMLPLUSPLUS)
tally_door(halt SOURCES server/halt_block.cc LINKS base)
tally_door(snapshot LINKS ledger)
tally_door(mark_file LINKS ledger)
tally_door(tree_file LINKS ledger)
