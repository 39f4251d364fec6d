# SPDX-License-Identifier: MIT
# Files by which other projects find the libraries: by pkg-config, or by find_package(awry).
# The installed tree may be moved: all paths in it are relative.
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/awry)
file(RELATIVE_PATH awry_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix) # from awry.pc up to the prefix
string(REGEX REPLACE "/$" "" awry_prefix "${awry_prefix}")

set(libraries awry-agent awry)
if(AWRY_TLS)
	list(APPEND libraries awry-tls)
endif()
set(agent_private) # needed only for linking an archive
if(NOT BUILD_SHARED_LIBS)
	set(agent_private "Requires.private: libprotobuf-c libxxhash\nLibs.private: -ldl -pthread\n")
endif()
foreach(name ${libraries})
	configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${name}.pc @ONLY)
	install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

install(TARGETS ${libraries} EXPORT awry LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT awry NAMESPACE awry:: FILE awryTargets.cmake DESTINATION ${package_folder})
# A program that links an archive needs the libraries that its objects call.
set(needed)
if(NOT BUILD_SHARED_LIBS)
	set(needed "libuv libuv" "protobuf_c libprotobuf-c" "xxhash libxxhash")
	if(AWRY_TLS)
		list(APPEND needed "openssl libssl libcrypto")
	endif()
endif()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/awryConfig.cmake.in awryConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(awryConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/awryConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/awryConfigVersion.cmake DESTINATION ${package_folder})
