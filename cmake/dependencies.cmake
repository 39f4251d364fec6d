# SPDX-License-Identifier: MIT
# All dependencies come from Debian; scripts/install-dependencies has the packages' names.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_program(PROTOC_C protoc-c REQUIRED)

# awry_need(NAME MODULE>=VERSION…): a library, as PkgConfig::NAME.
macro(awry_need name)
	pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${ARGN})
endmacro()

# Needed by the libraries of this project and by awry-symbolize.
awry_need(libuv libuv>=1.44)
awry_need(protobuf_c libprotobuf-c>=1.4)
awry_need(xxhash libxxhash>=0.8)
awry_need(libdw libdw>=0.188)
if(AWRY_TLS)
	awry_need(openssl libssl>=3.0 libcrypto>=3.0)
endif()
if(AWRY_VIEWER)
	awry_need(jansson jansson>=2.14)
	awry_need(ncursesw ncursesw>=6)
	awry_need(pcre2 libpcre2-8>=10.40)
	awry_need(sqlite3 sqlite3>=3.40)
	awry_need(zlib zlib>=1.2.11)
	awry_need(libcurl libcurl>=7.88)
	awry_need(zstd libzstd>=1.4)
endif()
if(AWRY_BUILD_TESTS)
	awry_need(cmocka cmocka>=1.1.5)
endif()
