# Writes one C++ source that defines embedded_schema() and embedded_queries() from the SQL of schema/.
#   cmake -DROOT=<project> -DOUT=embedded_sql.cpp -P tools/embed_sql.cmake
#
# schema/order.txt             "-- version: N" and then the files of the schema, one a line, in order
# schema/<concept>.sql         tables
# schema/migrations/NNNN_what.sql  the step that leads to version NNNN
# schema/query/<concept>.sql   queries, each under a line "-- name: chain" or "-- name: chain unfiltered"
cmake_minimum_required(VERSION 3.25)

set(piece_limit 15000)  # compilers may cut a longer literal
set(schema_dir "${ROOT}/schema")

# Text as adjacent raw string literals, cut at line ends.
function(to_literal text result)
    set(literal "")
    while(TRUE)
        string(LENGTH "${text}" length)
        if(length LESS_EQUAL piece_limit)
            break()
        endif()
        string(SUBSTRING "${text}" 0 ${piece_limit} piece)
        string(FIND "${piece}" "\n" cut REVERSE)
        if(cut EQUAL -1)
            message(FATAL_ERROR "embed_sql: a line of more than ${piece_limit} bytes")
        endif()
        math(EXPR cut "${cut} + 1")
        string(SUBSTRING "${text}" 0 ${cut} piece)
        string(SUBSTRING "${text}" ${cut} -1 text)
        string(APPEND literal "R\"crm~(${piece})crm~\"\n")
    endwhile()
    set(${result} "${literal}R\"crm~(${text})crm~\"" PARENT_SCOPE)
endfunction()

function(read_order version files)
    file(STRINGS "${schema_dir}/order.txt" lines)
    set(names "")
    foreach(line IN LISTS lines)
        string(STRIP "${line}" line)
        if(line MATCHES "^-- version: *([0-9]+)$")
            set(${version} ${CMAKE_MATCH_1} PARENT_SCOPE)
        elseif(line AND NOT line MATCHES "^(--|#)")
            string(REGEX REPLACE "\\.sql$" "" line "${line}")
            list(APPEND names "${line}")
        endif()
    endforeach()
    set(${files} "${names}" PARENT_SCOPE)
endfunction()

function(check_order names)
    file(GLOB present RELATIVE "${schema_dir}" "${schema_dir}/*.sql")
    foreach(name IN LISTS present)
        string(REGEX REPLACE "\\.sql$" "" name "${name}")
        if(NOT name IN_LIST names)
            message(FATAL_ERROR "embed_sql: schema/${name}.sql is not in schema/order.txt")
        endif()
    endforeach()
endfunction()

function(embed_schema names result)
    set(sql "")
    foreach(name IN LISTS names)
        file(READ "${schema_dir}/${name}.sql" text)
        string(APPEND sql "${text}\n")
    endforeach()
    to_literal("${sql}" literal)
    set(${result} "${literal}" PARENT_SCOPE)
endfunction()

function(embed_migrations version result)
    file(GLOB paths "${schema_dir}/migrations/[0-9][0-9][0-9][0-9]_*.sql")
    list(SORT paths)
    set(entries "")
    set(last 1)
    foreach(path IN LISTS paths)
        cmake_path(GET path STEM stem)
        string(REGEX MATCH "^0*([1-9][0-9]*)_(.*)$" ignored "${stem}")
        set(to ${CMAKE_MATCH_1})
        string(REPLACE "_" " " what "${CMAKE_MATCH_2}")
        file(READ "${path}" text)
        to_literal("${text}" literal)
        string(APPEND entries "    {${to}, ${literal}, \"${what}\"},\n")
        set(last ${to})
    endforeach()
    if(NOT last EQUAL version)
        message(FATAL_ERROR "embed_sql: order.txt says version ${version}, migrations lead to ${last}")
    endif()
    set(${result} "${entries}" PARENT_SCOPE)
endfunction()

# Walks a file from one "-- name:" line to the next.
function(embed_query_file path result)
    cmake_path(GET path STEM concept)
    file(READ "${path}" text)
    set(text "\n${text}\n")
    set(marker "\n-- name: ")
    string(LENGTH "${marker}" marker_length)
    set(entries "")
    string(FIND "${text}" "${marker}" at)
    while(NOT at EQUAL -1)
        math(EXPR at "${at} + ${marker_length}")
        string(SUBSTRING "${text}" ${at} -1 text)
        string(FIND "${text}" "\n" end)
        string(SUBSTRING "${text}" 0 ${end} head)
        string(SUBSTRING "${text}" ${end} -1 text)
        string(FIND "${text}" "${marker}" at)
        string(SUBSTRING "${text}" 0 ${at} body)
        if(NOT head MATCHES "^([a-z0-9_]+)( unfiltered)? *$")
            message(FATAL_ERROR "embed_sql: ${path}: cannot read \"-- name: ${head}\"")
        endif()
        set(name "${concept}.${CMAKE_MATCH_1}")
        set(unfiltered "false")
        if(CMAKE_MATCH_2)
            set(unfiltered "true")
        endif()
        string(STRIP "${body}" body)
        to_literal("${body}" literal)
        string(APPEND entries "    {\"${name}\", ${literal}, ${unfiltered}},\n")
    endwhile()
    set(${result} "${entries}" PARENT_SCOPE)
endfunction()

read_order(version names)
if(NOT version)
    message(FATAL_ERROR "embed_sql: schema/order.txt has no line \"-- version: N\"")
endif()
check_order("${names}")
embed_schema("${names}" schema)
embed_migrations(${version} migrations)
set(queries "")
file(GLOB paths "${schema_dir}/query/*.sql")
list(SORT paths)
foreach(path IN LISTS paths)
    embed_query_file("${path}" entries)
    string(APPEND queries "${entries}")
endforeach()

# One empty element more than there are, because C++ has no empty arrays.
file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT [[
// Made by tools/embed_sql.cmake from schema/. Do not edit.
#include "storage/embedded.hpp"

namespace crm::storage {
namespace {

constexpr std::string_view schema_sql =
@schema@;

constexpr Migration migrations[] = {
@migrations@    {0, "", ""},
};

constexpr NamedQuery queries[] = {
@queries@    {"", "", false},
};

}  // namespace

const Schema& embedded_schema() {
    static constexpr Schema schema{
        @version@, schema_sql, std::span{migrations}.first(std::size(migrations) - 1)};
    return schema;
}

std::span<const NamedQuery> embedded_queries() {
    return std::span{queries}.first(std::size(queries) - 1);
}

}  // namespace crm::storage
]])
