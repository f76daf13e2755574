#include "rights/raw_file.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

#include "storage/functions.hpp"

namespace crm::test::rights {
namespace {

using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

Json value_of(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL: return {};
        case SQLITE_INTEGER: return Json(std::int64_t{sqlite3_column_int64(statement, column)});
        case SQLITE_FLOAT: return Json(sqlite3_column_double(statement, column));
        default:
            return Json(
                std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, column)),
                            static_cast<std::size_t>(sqlite3_column_bytes(statement, column))));
    }
}

void bind(sqlite3_stmt* statement, int index, const Json& value) {
    if (value.is_integer())
        sqlite3_bind_int64(statement, index, value.integer());
    else if (value.is_string())
        sqlite3_bind_text(statement, index, value.string().data(),
                          static_cast<int>(value.string().size()), SQLITE_TRANSIENT);
}

}  // namespace

RawFile::RawFile(const std::filesystem::path& path) {
    if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
        fail("opening");
    storage::register_functions(handle_);
}

RawFile::~RawFile() { sqlite3_close(handle_); }

void RawFile::fail(const std::string& sql) const {
    throw std::runtime_error(std::string(sqlite3_errmsg(handle_)) + ": " + sql);
}

sqlite3_stmt* RawFile::prepared(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement,
                           nullptr) != SQLITE_OK)
        fail(sql);
    return statement;
}

void RawFile::run(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

void RawFile::run(const std::string& sql, std::initializer_list<Json> parameters) {
    const Statement statement(prepared(sql), sqlite3_finalize);
    int index = 1;
    for (const Json& parameter : parameters) bind(statement.get(), index++, parameter);
    if (sqlite3_step(statement.get()) != SQLITE_DONE) fail(sql);
}

std::vector<Row> RawFile::rows(const std::string& sql) {
    const Statement statement(prepared(sql), sqlite3_finalize);
    std::vector<Row> found;
    int code = 0;
    while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
        Row& row = found.emplace_back();
        for (int column = 0; column < sqlite3_column_count(statement.get()); ++column)
            row[sqlite3_column_name(statement.get(), column)] = value_of(statement.get(), column);
    }
    if (code != SQLITE_DONE) fail(sql);
    return found;
}

std::string RawFile::bytes() {
    sqlite3_int64 size = 0;
    unsigned char* all = sqlite3_serialize(handle_, "main", &size, 0);
    if (all == nullptr) fail("serialize");
    std::string bytes(reinterpret_cast<const char*>(all), static_cast<std::size_t>(size));
    sqlite3_free(all);
    return bytes;
}

std::int64_t integer_in(const Row& row, std::string_view column) {
    const auto found = row.find(column);
    return found != row.end() && found->second.is_integer() ? found->second.integer() : 0;
}

std::string text_in(const Row& row, std::string_view column) {
    const auto found = row.find(column);
    return found != row.end() && found->second.is_string() ? found->second.string() : std::string{};
}

}  // namespace crm::test::rights
