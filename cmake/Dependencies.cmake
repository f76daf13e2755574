# Finds what crm stands on, and says everything that is missing in one message.

set(missing "")

# crm_need(<Debian package> <find_package arguments>...)
macro(crm_need debian name)
    find_package(${name} ${ARGN} QUIET)
    if(NOT ${name}_FOUND)
        list(APPEND missing "${name}:${debian}")
    endif()
endmacro()

crm_need(libc6-dev Threads)
crm_need(libsqlite3-dev SQLite3 3.40)
crm_need(libsqlitecpp-dev SQLiteCpp 3.2)
crm_need(libfmt-dev fmt 9)
crm_need(libutf8proc-dev Utf8proc)
crm_need(libsodium-dev Sodium)
crm_need(libhowardhinnant-date-dev date)
crm_need(nlohmann-json3-dev nlohmann_json 3.11)
if(CRM_BUILD_TESTS)
    crm_need(doctest-dev doctest 2.4)
endif()
if(CRM_BUILD_PYTHON)
    # Before pybind11, which would find another Python (pyenv) on its own.
    crm_need(python3-dev Python 3.9 COMPONENTS Interpreter Development.Module)
    if(Python_FOUND AND NOT pybind11_DIR)
        execute_process(COMMAND "${Python_EXECUTABLE}" -m pybind11 --cmakedir
            OUTPUT_VARIABLE pybind11_HINT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
    crm_need(pybind11-dev pybind11 2.10 HINTS "${pybind11_HINT}")
endif()

if(missing)
    set(lines "")
    set(packages "")
    foreach(entry IN LISTS missing)
        string(REPLACE ":" ";" entry "${entry}")
        list(GET entry 0 name)
        list(GET entry 1 debian)
        string(APPEND lines "  ${name} (Debian package ${debian})\n")
        string(APPEND packages " ${debian}")
    endforeach()
    message(FATAL_ERROR "crm needs, and did not find:\n${lines}On Debian: apt-get install${packages}")
endif()

# What a program that holds our objects must be linked with. The system's SQLite, dynamically: a
# second copy in one process would drop the locks of the first.
set(CRM_LINKED SQLiteCpp SQLite::SQLite3 Utf8proc::Utf8proc Sodium::Sodium date::date-tz Threads::Threads)
