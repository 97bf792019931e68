# Other projects' libraries, measured beside ours when their Debian package is installed
# (scripts/bootstrap --peers). For each one found: target peer_<package> and its version.

option(CONTEND_PEERS "measure other projects' primitives where installed" ON)
find_package(PkgConfig REQUIRED)

# peer(PACKAGE DEBIAN_PACKAGE LIBRARIES...)
function(peer_found package debian libraries)
  find_program(DPKG_QUERY dpkg-query)
  set(version "version unknown")
  if(DPKG_QUERY)
    execute_process(COMMAND ${DPKG_QUERY} -W -f "\${Version}" ${debian}
                    OUTPUT_VARIABLE version ERROR_QUIET)
  endif()
  add_library(peer_${package} INTERFACE)
  target_link_libraries(peer_${package} INTERFACE ${libraries})
  target_compile_definitions(peer_${package} INTERFACE
    CT_PACKAGE_${package}="${debian} ${version}")
  message(STATUS "contend: peer ${package}: ${debian} ${version}")
endfunction()

if(CONTEND_PEERS)
  find_library(NSYNC_LIBRARY nsync)
  find_path(NSYNC_INCLUDE nsync.h)
  if(NSYNC_LIBRARY AND NSYNC_INCLUDE)
    peer_found(nsync libnsync-dev "${NSYNC_LIBRARY}")
  endif()

  pkg_check_modules(CK IMPORTED_TARGET ck)
  if(CK_FOUND)
    peer_found(ck libck-dev PkgConfig::CK)
  endif()

  find_package(absl CONFIG QUIET)
  if(absl_FOUND)
    peer_found(absl libabsl-dev absl::synchronization)
  endif()

  find_package(TBB CONFIG QUIET)
  if(TBB_FOUND)
    peer_found(tbb libtbb-dev TBB::tbb)
  endif()

  # The ring is inlined from headers; no library of DPDK's is needed.
  pkg_check_modules(DPDK libdpdk)
  if(DPDK_FOUND)
    peer_found(dpdk libdpdk-dev "")
    target_include_directories(peer_dpdk SYSTEM INTERFACE ${DPDK_INCLUDE_DIRS})
  endif()

  find_path(CONCURRENTQUEUE_INCLUDE concurrentqueue/blockingconcurrentqueue.h)
  if(CONCURRENTQUEUE_INCLUDE)
    peer_found(concurrentqueue libconcurrentqueue-dev "")
  endif()

  pkg_check_modules(GLIB IMPORTED_TARGET glib-2.0)
  if(GLIB_FOUND)
    peer_found(glib libglib2.0-dev PkgConfig::GLIB)
  endif()

  find_path(BOOST_SPSC_QUEUE_INCLUDE boost/lockfree/spsc_queue.hpp)
  if(BOOST_SPSC_QUEUE_INCLUDE)
    peer_found(boost libboost-dev "")
  endif()

  find_path(READERWRITERQUEUE_INCLUDE readerwriterqueue/readerwriterqueue.h)
  if(READERWRITERQUEUE_INCLUDE)
    peer_found(readerwriterqueue libreaderwriterqueue-dev "")
  endif()

  pkg_check_modules(URCU_CDS IMPORTED_TARGET liburcu-cds)
  if(URCU_CDS_FOUND)
    peer_found(urcu liburcu-dev PkgConfig::URCU_CDS)
  endif()

  pkg_check_modules(LIBUV IMPORTED_TARGET libuv)
  if(LIBUV_FOUND)
    peer_found(uv libuv1-dev PkgConfig::LIBUV)
  endif()

  # The C++ compiler's own library, as of C++20.
  include(CheckCXXSourceCompiles)
  block(SCOPE_FOR VARIABLES)
    set(CMAKE_CXX_STANDARD 20)
    check_cxx_source_compiles("#include <barrier>
      #include <semaphore>
      int main() { std::barrier<> b(1); b.arrive_and_wait(); }" CONTEND_STDCXX_20)
  endblock()
  if(CONTEND_STDCXX_20)
    peer_found(stdcxx libstdc++6 "")
    # Only its own adapters: the others' headers are read by the project's standard.
    set_target_properties(peer_stdcxx PROPERTIES PEER_SOURCE_OPTIONS -std=c++20)
  endif()
endif()
