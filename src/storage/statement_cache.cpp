#include "storage/statement_cache.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_set>

#include "crm/error.hpp"
#include "storage/connection.hpp"

namespace crm::storage {
namespace {

constexpr std::size_t text_limit = 512;

std::atomic<PreparedObserver> prepared_observer{nullptr};
std::atomic<PreparedRewriter> prepared_rewriter{nullptr};

void report_prepared(sqlite3_stmt* statement) {
    const auto observer = prepared_observer.load(std::memory_order_acquire);
    if (!observer || !statement) return;
    static std::mutex mutex;
    static std::unordered_set<std::string> seen;
    const std::string_view sql = sqlite3_sql(statement);
    const std::lock_guard lock{mutex};
    if (seen.emplace(sql).second) observer(sql);
}

bool is_blank(std::string_view sql) {
    return sql.find_first_not_of(" \t\r\n;") == std::string_view::npos;
}

sqlite3_stmt* prepare_as_written(sqlite3* handle, std::string_view& sql, unsigned flags) {
    while (!is_blank(sql)) {
        sqlite3_stmt* statement = nullptr;
        const char* tail = nullptr;
        const int code = sqlite3_prepare_v3(handle, sql.data(), static_cast<int>(sql.size()), flags,
                                            &statement, &tail);
        if (code != SQLITE_OK) throw_sqlite(handle, code, sql);
        sql.remove_prefix(static_cast<std::size_t>(tail - sql.data()));
        report_prepared(statement);
        if (statement) return statement;
    }
    return nullptr;
}

}  // namespace

PreparedObserver observe_prepared(PreparedObserver observer) {
    return prepared_observer.exchange(observer);
}

PreparedRewriter rewrite_prepared(PreparedRewriter rewriter) {
    return prepared_rewriter.exchange(rewriter);
}

sqlite3_stmt* prepare_next(sqlite3* handle, std::string_view& sql, unsigned flags) {
    std::string rewritten;  // outlives the text that stands for it; empty outside of tests
    const auto rewriter = prepared_rewriter.load(std::memory_order_acquire);
    if (rewriter && !is_blank(sql)) {
        rewritten = rewriter(sql);
        std::string_view text = rewritten;
        if (text != sql) return sql = {}, prepare_as_written(handle, text, flags);
    }
    return prepare_as_written(handle, sql, flags);
}

StatementCache::Entry::~Entry() { sqlite3_finalize(statement); }

bool StatementCache::Entry::chain_in_use() const {
    return in_use || (copy && copy->chain_in_use());
}

StatementCache::Entry& StatementCache::take(std::string_view sql) {
    auto found = by_text_.find(sql);
    if (found == by_text_.end()) found = insert(sql);
    found->second->used_at = ++uses_;
    return free_copy(*found->second);
}

StatementCache::Entry& StatementCache::take(std::uint32_t slot,
                                            const std::function<std::string()>& make) {
    if (slot >= by_slot_.size()) by_slot_.resize(slot + 1);
    if (!by_slot_[slot]) {
        Owned entry = prepare(make());  // may use the cache itself
        by_slot_[slot] = std::move(entry);
    }
    return free_copy(*by_slot_[slot]);
}

void StatementCache::give_back(Entry& entry) noexcept {
    entry.in_use = false;
    if (forgotten_.empty()) return;
    std::erase_if(forgotten_, [](const Owned& dropped) { return !dropped->chain_in_use(); });
}

void StatementCache::clear() {
    for (auto& [text, entry] : by_text_) forget(std::move(entry));
    for (auto& entry : by_slot_) forget(std::move(entry));
    by_text_.clear();
    by_slot_.clear();
}

StatementCache::Owned StatementCache::prepare(std::string_view sql) const {
    std::string_view rest = sql;
    auto entry = std::make_unique<Entry>(prepare_next(handle_, rest, SQLITE_PREPARE_PERSISTENT));
    if (!entry->statement) throw Misuse{"no SQL statement in the text"};
    if (const Entry second{prepare_next(handle_, rest)}; second.statement)
        throw Misuse{"one statement expected, another follows: " + std::string{sql}};
    return entry;
}

StatementCache::Entry& StatementCache::free_copy(Entry& first) {
    Entry* entry = &first;
    while (entry->in_use) {
        if (!entry->copy) entry->copy = prepare(sqlite3_sql(entry->statement));
        entry = entry->copy.get();
    }
    entry->in_use = true;
    return *entry;
}

StatementCache::ByText::iterator StatementCache::insert(std::string_view sql) {
    Owned entry = prepare(sql);
    if (by_text_.size() >= text_limit) drop_oldest();
    return by_text_.emplace(sql, std::move(entry)).first;
}

void StatementCache::drop_oldest() {
    const auto age = [](const auto& item) {
        return item.second->chain_in_use() ? UINT64_MAX : item.second->used_at;
    };
    const auto oldest = std::min_element(by_text_.begin(), by_text_.end(),
                                         [&](auto& a, auto& b) { return age(a) < age(b); });
    if (!oldest->second->chain_in_use()) by_text_.erase(oldest);
}

void StatementCache::forget(Owned entry) {
    if (entry && entry->chain_in_use()) forgotten_.push_back(std::move(entry));
}

}  // namespace crm::storage
