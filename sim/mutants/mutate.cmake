# Writes COPY: SOURCE with the changes that mutation NAME of TABLE makes to it.

file(READ ${ROOT}/${SOURCE} text)

# The text must be there exactly once: a second place that reads the same is another rule.
function(change before after)
  string(FIND "${text}" "${before}" first)
  string(FIND "${text}" "${before}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "${NAME}: ${SOURCE} does not have this text exactly once:\n${before}")
  endif()
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
