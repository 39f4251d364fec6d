# SPDX-License-Identifier: MIT
# Compiler options for all code, and helper functions for the folders.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_LINK_DEPENDS_NO_SHARED ON) # do not relink a program when only code in a shared library changes
if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

add_compile_definitions(_GNU_SOURCE)
add_compile_options(
	-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings
	-Wundef -Wvla -Wformat=2 -Wno-unused-parameter -Wno-missing-field-initializers
	-fno-omit-frame-pointer -fno-semantic-interposition -ftls-model=initial-exec)
if(NOT BUILD_SHARED_LIBS)
	# In a statically linked program, symbols/symbols.c recognises the libraries' frames by these file names.
	add_compile_options(-fdebug-prefix-map=${PROJECT_SOURCE_DIR}/=/usr/src/awry/)
endif()
if(AWRY_WERROR)
	add_compile_options(-Werror)
endif()
if(AWRY_SANITIZE STREQUAL "address")
	add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined)
	add_link_options(-fsanitize=address,undefined)
elseif(AWRY_SANITIZE STREQUAL "thread")
	add_compile_options(-fsanitize=thread)
	if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
		# gcc warns about fences, which TSan does not support; the data that they order here are atomic
		add_compile_options(-Wno-tsan)
	endif()
	add_link_options(-fsanitize=thread)
elseif(AWRY_SANITIZE STREQUAL "fuzzer")
	add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
	add_link_options(-fsanitize=fuzzer-no-link,address,undefined)
elseif(AWRY_SANITIZE)
	message(FATAL_ERROR "AWRY_SANITIZE is '${AWRY_SANITIZE}'; allowed are address, thread, fuzzer, or nothing")
endif()

# awry_objects(NAME FILES… [LIBRARIES …]): the objects of one folder, which libraries and tests share.
function(awry_objects name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
	add_library(${name} OBJECT ${arg_UNPARSED_ARGUMENTS})
	target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
	target_link_libraries(${name} PUBLIC ${arg_LIBRARIES})
endfunction()

# awry_library(NAME OBJECTS… LIBRARIES … PUBLIC …): a library made of the objects of some folders. LIBRARIES: the libraries that
# their code calls. NAME.map beside it lists the exports of the shared library.
function(awry_library name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;PUBLIC")
	if(BUILD_SHARED_LIBS)
		add_library(${name} SHARED)
		target_link_libraries(${name} PRIVATE ${arg_UNPARSED_ARGUMENTS} PUBLIC ${arg_PUBLIC})
		set(map ${CMAKE_CURRENT_SOURCE_DIR}/${name}.map)
		target_link_options(${name} PRIVATE -Wl,--version-script=${map} -Wl,--no-undefined-version)
		set_target_properties(${name} PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0 LINK_DEPENDS ${map})
	else()
		# an archive contains the objects; a program that links it needs the libraries that they call, but no targets of our folders
		add_library(${name} STATIC)
		foreach(objects ${arg_UNPARSED_ARGUMENTS})
			target_sources(${name} PRIVATE $<TARGET_OBJECTS:${objects}>)
		endforeach()
		target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} PUBLIC ${arg_PUBLIC})
		set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
	endif()
	add_library(awry::${name} ALIAS ${name})
endfunction()
