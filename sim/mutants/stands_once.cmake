# What a mutation changes must be there exactly once: a second place that reads the same is another
# rule.
# And it must be in a source: whoever includes a header goes on including the header as it is.
function(expect_once name source text before)
  if(NOT source MATCHES "\\.cc$")
    message(SEND_ERROR "${name}: ${source} is no .cc file: nothing would be mutated")
  endif()
  string(FIND "${text}" "${before}" first)
  string(FIND "${text}" "${before}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(SEND_ERROR "${name}: ${source} does not have this text exactly once:\n${before}")
  endif()
endfunction()
