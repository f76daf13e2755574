/// Prepared statements kept by their text or their slot, and handed out one use at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace crm::storage {

/// The statements of one connection. Not thread-safe, like the connection.
class StatementCache {
public:
    /// One prepared statement, and a chain of copies for nested use of the same text.
    struct Entry {
        explicit Entry(sqlite3_stmt* prepared) : statement(prepared) {}
        ~Entry();
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        bool chain_in_use() const;

        sqlite3_stmt* statement;
        bool in_use = false;
        int last_named = 0;  // the parameter that was bound by its name last
        std::uint64_t used_at = 0;
        std::unique_ptr<Entry> copy{};
    };

    explicit StatementCache(sqlite3* handle) : handle_(handle) {}

    Entry& take(std::string_view sql);
    Entry& take(std::uint32_t slot, const std::function<std::string()>& make);
    void give_back(Entry& entry) noexcept;
    /// Drops everything; what is in use goes when it is given back.
    void clear();

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>{}(text);
        }
    };
    using Owned = std::unique_ptr<Entry>;
    using ByText = std::unordered_map<std::string, Owned, Hash, std::equal_to<>>;

    Owned prepare(std::string_view sql) const;
    Entry& free_copy(Entry& first);
    ByText::iterator insert(std::string_view sql);
    void drop_oldest();
    void forget(Owned entry);

    sqlite3* handle_;
    ByText by_text_{};
    std::vector<Owned> by_slot_{};
    std::vector<Owned> forgotten_{};  // dropped while in use
    std::uint64_t uses_ = 0;
};

/// Prepares the first statement of `sql` and moves `sql` on to what follows it. Null where nothing
/// but white space and comments is left. Throws Error where SQLite refuses the text.
sqlite3_stmt* prepare_next(sqlite3* handle, std::string_view& sql, unsigned flags = 0);

}  // namespace crm::storage
