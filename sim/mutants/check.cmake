# Fails unless every mutation of TABLES finds what it changes, so that none of them rots unseen
# between two runs of prove.py.

include(${CMAKE_CURRENT_LIST_DIR}/stands_once.cmake)

function(mutation name)
  math(EXPR last "${ARGC} - 1")
  foreach(at RANGE 3 ${last} 3)
    math(EXPR before "${at} + 1")
    file(READ ${ROOT}/${ARGV${at}} text)
    expect_once(${name} ${ARGV${at}} "${text}" "${ARGV${before}}")
  endforeach()
endfunction()

foreach(table IN LISTS TABLES)
  include(${CMAKE_CURRENT_LIST_DIR}/${table}.cmake)
endforeach()
