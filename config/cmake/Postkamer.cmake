# SPDX-License-Identifier: EUPL-1.2
#
# Compiler settings, third-party libraries, and the helpers with which every folder declares its
# targets. A folder is a library, a namespace and a row of the layering table in tests/rules.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Paths are hashed relative to this tree, so that a second clone finds what the first one built.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# What every target of ours is built with. Third-party headers come in as SYSTEM.
add_library(postkamer_settings INTERFACE)
target_include_directories(postkamer_settings INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(postkamer_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  -Wno-restrict  # g++ 12 sees overlap in `text + std::string` that is not there (GCC bug 105329)
  $<$<CONFIG:Release>:-fstack-protector-strong -D_FORTIFY_SOURCE=2>
  $<$<CONFIG:Debug>:-D_GLIBCXX_ASSERTIONS>)
target_link_options(postkamer_settings INTERFACE -Wl,-z,relro,-z,now)
target_compile_definitions(postkamer_settings INTERFACE
  POSTKAMER_VERSION="${PROJECT_VERSION}")
if(POSTKAMER_FUZZ)
  # Another compiler than ours: what it warns of is not what we hold ourselves to.
  target_compile_options(postkamer_settings INTERFACE -Wno-error -Wno-unknown-warning-option
    -fsanitize=fuzzer-no-link -fno-sanitize-recover=all)
endif()
if(POSTKAMER_SANITIZE)
  target_compile_options(postkamer_settings INTERFACE -fsanitize=${POSTKAMER_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(postkamer_settings INTERFACE -fsanitize=${POSTKAMER_SANITIZE})
endif()

# Third-party libraries as third::NAME. Debian's OpenCV is taken module by module, because its CMake
# package pulls in imgcodecs and with it GPL libraries.
function(third_party name)
  cmake_parse_arguments(ARG "" "" "LIBRARIES;INCLUDES;TARGETS" ${ARGN})
  add_library(third_${name} INTERFACE IMPORTED GLOBAL)
  add_library(third::${name} ALIAS third_${name})
  foreach(library IN LISTS ARG_LIBRARIES)
    find_library(third_${name}_${library} ${library} REQUIRED)
    target_link_libraries(third_${name} INTERFACE ${third_${name}_${library}})
  endforeach()
  target_link_libraries(third_${name} INTERFACE ${ARG_TARGETS})
  target_include_directories(third_${name} SYSTEM INTERFACE ${ARG_INCLUDES})
endfunction()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo)

set(opencv /usr/include/opencv4)
third_party(opencv LIBRARIES opencv_core opencv_imgproc INCLUDES ${opencv})
third_party(opencv_features LIBRARIES opencv_features2d opencv_calib3d opencv_flann TARGETS third_opencv)
third_party(opencv_dnn LIBRARIES opencv_dnn TARGETS third_opencv)
third_party(tiff LIBRARIES tiff)
third_party(jpeg LIBRARIES jpeg)
third_party(png LIBRARIES png)
third_party(deflate LIBRARIES deflate)
third_party(leptonica LIBRARIES lept)
third_party(tesseract LIBRARIES tesseract lept)
if(POSTKAMER_FUZZ)
  # clang in C++20 mode refuses one defaulted destructor of qpdf 11.3 (qpdf issue 942); written out, it means the same.
  set(qpdf ${CMAKE_BINARY_DIR}/qpdf-for-clang)
  file(READ /usr/include/qpdf/JSON.hh header)
  string(REPLACE "~JSON_array() = default;" "~JSON_array() {}" header "${header}")
  file(WRITE ${qpdf}/qpdf/JSON.hh "${header}")
endif()
third_party(qpdf LIBRARIES qpdf INCLUDES ${qpdf})
third_party(zxing LIBRARIES ZXing)
third_party(curl LIBRARIES curl)
third_party(zmq LIBRARIES zmq)
third_party(sqlite LIBRARIES SQLiteCpp sqlite3)
third_party(seccomp LIBRARIES seccomp)
third_party(sodium LIBRARIES sodium)
third_party(crypto LIBRARIES crypto)
third_party(re2 LIBRARIES re2)
third_party(prometheus LIBRARIES prometheus-cpp-core)
third_party(toml TARGETS)
third_party(json TARGETS)
third_party(pango TARGETS PkgConfig::PANGOCAIRO)

# postkamer_library(NAME SOURCES a.cc ... USES base model third::tiff ...)
# A library of one folder. USES names our own libraries without prefix, third-party ones as third::x.
function(postkamer_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_library(pk_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(pk_${name} PUBLIC postkamer_settings)
  postkamer_uses(pk_${name} ${ARG_USES})
endfunction()

# Tells the sources of a target where the tree lies. Only for those that must know: it keeps the rest of
# the objects the same in every clone.
function(postkamer_knows_source_dir target)
  target_compile_definitions(${target} PRIVATE POSTKAMER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
endfunction()

function(postkamer_uses target)
  foreach(used IN LISTS ARGN)
    if(used MATCHES "::")
      target_link_libraries(${target} PUBLIC ${used})
    else()
      target_link_libraries(${target} PUBLIC pk_${used})
    endif()
  endforeach()
endfunction()

# postkamer_program(NAME SOURCES main.cc USES ...): an executable in bin/.
function(postkamer_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC postkamer_settings)
  postkamer_knows_source_dir(${name})
  postkamer_uses(${name} ${ARG_USES})
  if(name MATCHES "^postkamer")
    set_property(GLOBAL APPEND PROPERTY POSTKAMER_PROGRAMS ${name})
  endif()
endfunction()

# postkamer_test(NAME LABEL unit|corpus|system|faults|fuzz|rules SOURCES a_test.cc ... USES ...)
# One GoogleTest program, run by CTest as one test. TIMEOUT (seconds) is 120 when left out;
# NIGHTLY_TIMEOUT, for `./check --nightly`, ten times that. NIGHTLY: built and run by
# that alone.
function(postkamer_test name)
  cmake_parse_arguments(ARG "NIGHTLY" "LABEL;TIMEOUT;NIGHTLY_TIMEOUT" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC postkamer_settings GTest::gmock GTest::gtest_main)
  postkamer_knows_source_dir(${name})
  postkamer_uses(${name} ${ARG_USES})
  if(ARG_NIGHTLY AND NOT POSTKAMER_NIGHTLY)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  postkamer_test_limits(${name} LABEL ${ARG_LABEL} TIMEOUT "${ARG_TIMEOUT}"
    NIGHTLY_TIMEOUT "${ARG_NIGHTLY_TIMEOUT}")
endfunction()

# Label, time limits and environment of a CTest test; for those that are no GoogleTest program too.
function(postkamer_test_limits name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT;NIGHTLY_TIMEOUT" "" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set(environment "OMP_THREAD_LIMIT=1;POSTKAMER_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  if(POSTKAMER_SANITIZE)  # slower by as much, and nothing undefined is let pass
    list(APPEND environment UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
      LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/leaks-of-others.txt
      # Libraries are not built for it, and test houses fork.
      TSAN_OPTIONS=ignore_noninstrumented_modules=1:die_after_fork=0)
    math(EXPR ARG_TIMEOUT "10 * ${ARG_TIMEOUT}")
  endif()
  if(POSTKAMER_NIGHTLY)
    list(APPEND environment POSTKAMER_NIGHTLY=1)
    math(EXPR ARG_TIMEOUT "10 * ${ARG_TIMEOUT}")
    if(ARG_NIGHTLY_TIMEOUT)
      set(ARG_TIMEOUT ${ARG_NIGHTLY_TIMEOUT})
    endif()
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT}
    ENVIRONMENT "${environment}")
endfunction()
