#include "storage/functions.hpp"

#include <sqlite3.h>

#include <new>
#include <string>

#include "crm/error.hpp"
#include "crm/text.hpp"
#include "storage/connection.hpp"
#include "storage/statement_cache.hpp"

namespace crm::storage {
namespace {

std::string_view text_of(sqlite3_value* value) {
    const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return {data, data ? static_cast<std::size_t>(sqlite3_value_bytes(value)) : 0};
}

void fold_sql(sqlite3_context* context, int, sqlite3_value** arguments) try {
    if (sqlite3_value_type(arguments[0]) == SQLITE_NULL) return;
    thread_local std::string folded;
    folded.clear();
    fold_into(text_of(arguments[0]), folded);
    sqlite3_result_text64(context, folded.data(), folded.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
} catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
} catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
}

using TokenSink = int (*)(void*, int, const char*, int, int, int);

struct Sink {
    TokenSink add;
    void* context;
    int code = SQLITE_OK;
};

bool pass_on(void* context, const Token& token) {
    auto& sink = *static_cast<Sink*>(context);
    sink.code = sink.add(sink.context, 0, token.text.data(), static_cast<int>(token.text.size()),
                         static_cast<int>(token.begin), static_cast<int>(token.end));
    return sink.code == SQLITE_OK;
}

int create_tokenizer(void*, const char**, int, Fts5Tokenizer** made) {
    static char stateless;
    *made = reinterpret_cast<Fts5Tokenizer*>(&stateless);
    return SQLITE_OK;
}

void delete_tokenizer(Fts5Tokenizer*) {}

int tokenize_fts5(Fts5Tokenizer*, void* context, int, const char* text, int size,
                  TokenSink add) try {
    Sink sink{add, context};
    tokenize({text, text ? static_cast<std::size_t>(size) : 0}, pass_on, &sink);
    return sink.code;
} catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
} catch (...) {
    return SQLITE_ERROR;
}

fts5_api* find_fts5(sqlite3* handle) {
    std::string_view sql = "SELECT fts5(?1)";
    const StatementCache::Entry query{prepare_next(handle, sql)};
    fts5_api* api = nullptr;
    sqlite3_bind_pointer(query.statement, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(query.statement);
    return api;
}

}  // namespace

void register_functions(sqlite3* handle) {
    constexpr int traits = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    const int code = sqlite3_create_function_v2(handle, "crm_fold", 1, traits, nullptr, fold_sql,
                                                nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_sqlite(handle, code, "registering crm_fold");
    auto* api = find_fts5(handle);
    if (!api) throw Error{"this SQLite has no FTS5: link the system's libsqlite3"};
    fts5_tokenizer tokenizer{create_tokenizer, delete_tokenizer, tokenize_fts5};
    api->xCreateTokenizer(api, "crm", nullptr, &tokenizer, nullptr);
}

}  // namespace crm::storage
