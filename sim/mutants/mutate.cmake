# Writes COPY: SOURCE with the changes that mutation NAME of TABLE makes to it.

file(READ ${ROOT}/${SOURCE} text)

include(${CMAKE_CURRENT_LIST_DIR}/stands_once.cmake)

function(change before after)
  expect_once("${NAME}" ${SOURCE} "${text}" "${before}")
  string(REPLACE "${before}" "${after}" changed "${text}")
  set(text "${changed}" PARENT_SCOPE)
endfunction()

function(mutation name)
  if(NOT name STREQUAL NAME)
    return()
  endif()
  math(EXPR last "${ARGC} - 1")
  foreach(at RANGE 3 ${last} 3)
    math(EXPR before "${at} + 1")
    math(EXPR after "${at} + 2")
    if("${ARGV${at}}" STREQUAL SOURCE)
      change("${ARGV${before}}" "${ARGV${after}}")
    endif()
  endforeach()
  file(WRITE ${COPY} "${text}")
endfunction()

include(${TABLE})
