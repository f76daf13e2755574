/// A CRM file without the library: plain SQLite, for what must not share code with it.
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crm/json.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace crm::test::rights {

/// A row by the names of its columns.
using Row = std::map<std::string, Json, std::less<>>;

/// One connection with the tokenizer of the file's search index and nothing else of ours. Every
/// failure is a std::runtime_error with SQLite's words.
class RawFile {
public:
    explicit RawFile(const std::filesystem::path& path);
    ~RawFile();
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;

    /// Any number of statements without parameters.
    void run(const std::string& sql);
    /// One statement with its parameters ?1, ?2 …
    void run(const std::string& sql, std::initializer_list<Json> parameters);
    std::vector<Row> rows(const std::string& sql);
    /// The whole file as it is, what stands in the WAL included.
    std::string bytes();

private:
    sqlite3_stmt* prepared(const std::string& sql);
    [[noreturn]] void fail(const std::string& sql) const;

    sqlite3* handle_ = nullptr;
};

/// The integer of a field; 0 where it is absent or NULL.
std::int64_t integer_in(const Row& row, std::string_view column);
/// The text of a field; empty where it is absent or NULL.
std::string text_in(const Row& row, std::string_view column);

}  // namespace crm::test::rights
