# Servers that are broken on purpose, one rule each, to show that the simulator notices. A mutant is
# tally-sim with a changed copy of some source files: the copies are linked first, so the library's
# own are not. sim/mutants/NAME.cmake says what is changed; the build fails if that text is gone.

function(tally_mutated object source mutation)
  set(copy ${CMAKE_BINARY_DIR}/mutants/${object}.cc)
  add_custom_command(OUTPUT ${copy}
    COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_SOURCE_DIR} -DSOURCE=${source} -DCOPY=${copy}
      -DMUTATION=${CMAKE_SOURCE_DIR}/sim/mutants/${mutation}.cmake
      -P ${CMAKE_SOURCE_DIR}/sim/mutants/mutate.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/${source} ${CMAKE_SOURCE_DIR}/sim/mutants/${mutation}.cmake
      ${CMAKE_SOURCE_DIR}/sim/mutants/mutate.cmake)
  add_library(mutated_${object} OBJECT ${copy})
  target_link_libraries(mutated_${object} PRIVATE wiring)
  target_compile_options(mutated_${object} PRIVATE -w)
endfunction()

# The mutant must be caught within `lives` lives.
function(tally_mutant name lives)
  set(objects "")
  foreach(object IN LISTS ARGN)
    list(APPEND objects $<TARGET_OBJECTS:mutated_${object}>)
  endforeach()
  add_executable(mutant_${name} ${CMAKE_SOURCE_DIR}/sim/main.cc ${objects})
  target_link_libraries(mutant_${name} PRIVATE sim)
  add_test(NAME mutant_${name}_is_caught COMMAND mutant_${name} --runs ${lives})
  set_tests_properties(mutant_${name}_is_caught PROPERTIES
    PASS_REGULAR_EXPRESSION "broke what must hold" TIMEOUT 300)
endfunction()

# The domain's own invariants would end each of the first two at once; without them the oracle must.
tally_mutated(invariants src/domain/invariants.cc no_invariants)
tally_mutated(decide_work src/domain/run/decide_work.cc settle_twice)
tally_mutated(apply src/domain/run/apply.cc settle_twice)
tally_mutated(charge src/domain/run/charge.cc drop_hold)
tally_mutated(segment_store src/server/wiring/segment_store.cc skip_sync)

tally_mutant(settle_twice 200 decide_work apply invariants)
tally_mutant(drop_hold 200 charge invariants)
tally_mutant(skip_sync 200 segment_store)
