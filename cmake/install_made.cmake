# Runs inside of `cmake --install` and `cpack`, which set CMAKE_INSTALL_PREFIX and DESTDIR;
# install.cmake sets `tally`, `made` and `packaging`.

set(BINDIR ${CMAKE_INSTALL_PREFIX}/bin)
set(SYSCONFDIR ${CMAKE_INSTALL_PREFIX}/etc)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(SYSCONFDIR /etc)
endif()
file(REMOVE_RECURSE ${made})
file(MAKE_DIRECTORY ${made})

function(make file)
  execute_process(COMMAND ${ARGN} OUTPUT_FILE ${made}/${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
make(tally.1 ${tally} manual)
execute_process(COMMAND gzip --best --no-name ${made}/tally.1 COMMAND_ERROR_IS_FATAL ANY)
make(changelog.gz gzip --best --no-name --stdout ${packaging}/debian/changelog)
make(tally ${tally} completion bash)
configure_file(${packaging}/tally.service.in ${made}/tally.service @ONLY)

set(share ${CMAKE_INSTALL_PREFIX}/share)
file(INSTALL ${made}/tally.1.gz DESTINATION ${share}/man/man1)
file(INSTALL ${made}/changelog.gz DESTINATION ${share}/doc/tallystick)
file(INSTALL ${made}/tally DESTINATION ${share}/bash-completion/completions)
# Debian 12 looks for units of packages in /lib, and /usr/local has a place of its own.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  file(INSTALL ${made}/tally.service DESTINATION /lib/systemd/system)
else()
  file(INSTALL ${made}/tally.service DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
endif()
file(MAKE_DIRECTORY $ENV{DESTDIR}${SYSCONFDIR}/tally/jobs)
# Settings that somebody has changed stay.
if(NOT EXISTS $ENV{DESTDIR}${SYSCONFDIR}/tally/tally.toml)
  file(INSTALL ${packaging}/tally.toml DESTINATION ${SYSCONFDIR}/tally)
endif()
