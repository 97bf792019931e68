# One line per test. Exit 77 means skipped.
include_guard(GLOBAL)

# contend_test(NAME [SOURCES FILE...] [LIBS LIBRARY...] [PROPERTIES NAME VALUE...]): the program of
# test_<NAME>.c and SOURCES.
function(contend_test name)
  cmake_parse_arguments(PARSE_ARGV 1 t "" "" "SOURCES;LIBS;PROPERTIES")
  add_executable(test_${name} test_${name}.c ${t_SOURCES})
  target_link_libraries(test_${name} PRIVATE ${t_LIBS} contend_warnings)
  target_include_directories(test_${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND test_${name})
  contend_test_properties(${name} ${t_PROPERTIES})
endfunction()

# contend_script_test(NAME [SCRIPT NAME] [ARGUMENTS ARGUMENT...] [PROPERTIES NAME VALUE...]):
# test_<SCRIPT>.sh, or test_<NAME>.sh.
function(contend_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 t "" "SCRIPT" "ARGUMENTS;PROPERTIES")
  if(NOT t_SCRIPT)
    set(t_SCRIPT ${name})
  endif()
  add_test(NAME ${name} COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/test_${t_SCRIPT}.sh" ${t_ARGUMENTS})
  contend_test_properties(${name} ${t_PROPERTIES})
endfunction()

# contend_command_test(NAME ARGUMENT...): contend ARGUMENT... ends with 0; alone on the machine.
function(contend_command_test name)
  add_test(NAME ${name} COMMAND contend ${ARGN})
  contend_test_properties(${name} RUN_SERIAL ON TIMEOUT 600)
endfunction()

# In the source directory's root, so that tests find their data; the last of a property named counts.
function(contend_test_properties name)
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 120
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  if(ARGN)
    set_tests_properties(${name} PROPERTIES ${ARGN})
  endif()
endfunction()
