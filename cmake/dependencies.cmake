# SPDX-License-Identifier: MIT
# Everything comes from Debian; scripts/install-dependencies has the packages' names.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(libuv REQUIRED IMPORTED_TARGET libuv>=1.44)
pkg_check_modules(protobuf_c REQUIRED IMPORTED_TARGET libprotobuf-c>=1.4)
pkg_check_modules(jansson REQUIRED IMPORTED_TARGET jansson>=2.14)
pkg_check_modules(ncursesw REQUIRED IMPORTED_TARGET ncursesw>=6)
pkg_check_modules(libdw REQUIRED IMPORTED_TARGET libdw>=0.188)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash>=0.8)
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8>=10.40)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib>=1.2.11)
pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl>=7.88)
find_program(PROTOC_C protoc-c REQUIRED)
if(AWRY_BUILD_TESTS)
	pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka>=1.1.5)
endif()
