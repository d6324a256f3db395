# Programs that are broken on purpose, one rule each, to show that somebody notices. The tables of
# mutations are sim/mutants/*.cmake. A mutant is a test program, or tally-sim, with changed copies of
# some source files linked first, so that the library's own are not. A test fails if the text to
# change is gone. sim/mutants/prove.py builds and runs them all.

# Built and run with every other test; the rest is built only where it is asked for.
set(TALLY_MUTANTS_ALWAYS settle_twice drop_hold skip_sync)
set(TALLY_MUTANTS_LIVES 200)

# mutation(name "what is broken" catcher source before after [source before after]...)
#   catcher  FOLDER_test: the tests of that folder
#            lives: simulated lives
#            oracle: lives in which the domain's own invariants are not checked
function(mutation name broken catcher)
  set(copies "")
  math(EXPR last "${ARGC} - 1")
  foreach(at RANGE 3 ${last} 3)
    tally_mutated_copy(${name} ${ARGV${at}} copy)
    list(APPEND copies ${copy})
  endforeach()
  list(REMOVE_DUPLICATES copies)
  add_library(mutated_${name} OBJECT EXCLUDE_FROM_ALL ${copies})
  target_link_libraries(mutated_${name} PRIVATE wiring)
  target_compile_options(mutated_${name} PRIVATE -w)
  tally_precompile(mutated_${name} base precompiled.h)
  set(objects $<TARGET_OBJECTS:mutated_${name}>)
  if(catcher MATCHES "^(lives|oracle)$")
    set(program tally-sim)
    set(libraries sim)
    if(catcher STREQUAL oracle)
      list(APPEND objects $<TARGET_OBJECTS:mutated_no_invariants>)
    endif()
  else()
    set(program ${catcher})
    string(REGEX REPLACE "_test$" "" libraries ${catcher})
    list(APPEND libraries GTest::gtest GTest::gtest_main)
  endif()
  add_executable(mutant_${name} EXCLUDE_FROM_ALL ${objects} $<TARGET_OBJECTS:${program}>)
  set_target_properties(mutant_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(mutant_${name} PRIVATE ${libraries})
  target_link_options(mutant_${name} PRIVATE -s)
  set_property(GLOBAL APPEND_STRING PROPERTY TALLY_MUTANT_LIST "${name}\t${catcher}\t${broken}\n")
endfunction()

# The rule that writes the copy; one for each source, however many of its places are changed.
function(tally_mutated_copy name source copy)
  get_filename_component(stem ${source} NAME)
  set(path ${CMAKE_BINARY_DIR}/mutants/${name}/${stem})
  set(${copy} ${path} PARENT_SCOPE)
  get_property(known SOURCE ${path} PROPERTY GENERATED)
  if(known)
    return()
  endif()
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/mutants/mutate.cmake)
  add_custom_command(OUTPUT ${path}
    COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} -DSOURCE=${source} -DCOPY=${path}
      -DNAME=${name} -DTABLE=${CMAKE_CURRENT_LIST_FILE} -P ${script}
    DEPENDS ${CMAKE_SOURCE_DIR}/${source} ${CMAKE_CURRENT_LIST_FILE} ${script}
      ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/mutants/stands_once.cmake)
endfunction()

# Every file there is a table, but for the scripts: none is forgotten in a list.
file(GLOB TALLY_MUTANT_TABLES CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_LIST_DIR}/mutants
  ${CMAKE_CURRENT_LIST_DIR}/mutants/*.cmake)
list(TRANSFORM TALLY_MUTANT_TABLES REPLACE "\\.cmake$" "")
list(REMOVE_ITEM TALLY_MUTANT_TABLES mutate check stands_once)
foreach(table IN LISTS TALLY_MUTANT_TABLES)
  include(sim/mutants/${table}.cmake)
endforeach()
get_property(list GLOBAL PROPERTY TALLY_MUTANT_LIST)
file(WRITE ${CMAKE_BINARY_DIR}/mutants/list.tsv "${list}")

add_test(NAME mutants_find_their_text COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR}
  "-DTABLES=${TALLY_MUTANT_TABLES}" -P ${CMAKE_CURRENT_LIST_DIR}/mutants/check.cmake)
foreach(name IN LISTS TALLY_MUTANTS_ALWAYS)
  set_target_properties(mutant_${name} PROPERTIES EXCLUDE_FROM_ALL FALSE)
  add_test(NAME mutant_${name}_is_caught COMMAND mutant_${name} --once --runs ${TALLY_MUTANTS_LIVES})
  set_tests_properties(mutant_${name}_is_caught PROPERTIES
    PASS_REGULAR_EXPRESSION "broke what must hold" TIMEOUT 300)
endforeach()
