# SPDX-License-Identifier: MIT
# What a program outside of this tree needs to find the libraries: by pkg-config, or by find_package(awry).
# The installed tree may be moved: everything in it is found relative to itself.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/awry)
file(RELATIVE_PATH awry_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix) # from awry.pc up to the prefix
string(REGEX REPLACE "/$" "" awry_prefix "${awry_prefix}")

foreach(name awry awry-agent awry-tls)
	configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${name}.pc @ONLY)
	install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

install(TARGETS awry-agent awry awry-tls EXPORT awry LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT awry NAMESPACE awry:: FILE awryConfig.cmake DESTINATION ${package_folder})
write_basic_package_version_file(awryConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/awryConfigVersion.cmake DESTINATION ${package_folder})
