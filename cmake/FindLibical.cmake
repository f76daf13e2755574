# Finds libical without its own CMake package, whose targets differ between releases: Libical::Libical.
find_path(Libical_INCLUDE_DIR libical/ical.h)
find_library(Libical_LIBRARY ical)
mark_as_advanced(Libical_INCLUDE_DIR Libical_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libical REQUIRED_VARS Libical_LIBRARY Libical_INCLUDE_DIR)
if(Libical_FOUND AND NOT TARGET Libical::Libical)
    add_library(Libical::Libical UNKNOWN IMPORTED)
    set_target_properties(Libical::Libical PROPERTIES
        IMPORTED_LOCATION "${Libical_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${Libical_INCLUDE_DIR}")
endif()
