# What `cmake --install` puts where, and the Debian package of the same.
#
#   cmake --build --preset release --target tally
#   cmake --install build/release --prefix /usr/local
#   cpack --config build/release/CPackConfig.cmake -B build/package    # tallystick_0.1.0_amd64.deb
#
# Manual page, completion and unit are made by install_made.cmake when it is installed: by the
# program itself, and for the prefix that is named.

include(GNUInstallDirs)
set(doc ${CMAKE_INSTALL_DATAROOTDIR}/doc/tallystick)
install(TARGETS tally RUNTIME)
install(FILES docs/how_to/run_in_production.md packaging/debian/copyright DESTINATION ${doc})
install(DIRECTORY examples/jobs DESTINATION ${doc}/examples USE_SOURCE_PERMISSIONS)
install(CODE "set(tally \"$<TARGET_FILE:tally>\")
  set(made \"${CMAKE_BINARY_DIR}/install\")
  set(packaging \"${CMAKE_SOURCE_DIR}/packaging\")")
install(SCRIPT cmake/install_made.cmake)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tallystick)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Tallystick authors <tallystick@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "spending limit for agents and jobs, with a verifiable ledger")
set(CPACK_PACKAGE_DESCRIPTION "The most that a run may cost is held before it starts, and it is charged
once. Every decision and every cent is in an append-only, hashed and signed
ledger that anyone can verify without the server.

This package holds the server, its unit and the command line.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/cmake/package_date.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# bubblewrap makes the sandbox of jobs; release builds need SSE 4.2.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, bubblewrap")
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND CMAKE_BUILD_TYPE STREQUAL "Release")
  string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", sse4.2-support")
endif()
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3, jq")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/debian/conffiles"
  "${CMAKE_SOURCE_DIR}/packaging/debian/postinst" "${CMAKE_SOURCE_DIR}/packaging/debian/prerm"
  "${CMAKE_SOURCE_DIR}/packaging/debian/postrm")
include(CPack)
