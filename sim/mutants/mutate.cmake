# Writes COPY: SOURCE with the changes that MUTATION says.

file(READ ${ROOT}/${SOURCE} text)

function(change source before after)
  if(NOT source STREQUAL SOURCE)
    return()
  endif()
  string(FIND "${text}" "${before}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${MUTATION}: ${source} no longer has the text to change:\n${before}")
  endif()
  string(REPLACE "${before}" "${after}" changed "${text}")
  set(text "${changed}" PARENT_SCOPE)
endfunction()

include(${MUTATION})
file(WRITE ${COPY} "${text}")
