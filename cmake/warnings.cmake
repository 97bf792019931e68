# Every warning the checks insist on; errors unless CONTEND_WERROR is off (a user's newer compiler may
# know warnings that we have not met).
option(CONTEND_WERROR "treat warnings as errors" OFF)
add_library(contend_warnings INTERFACE)
target_compile_options(contend_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wvla
  $<$<COMPILE_LANGUAGE:C>:-Wconversion -Wstrict-prototypes -Wmissing-prototypes>
  $<$<BOOL:${CONTEND_WERROR}>:-Werror>)
