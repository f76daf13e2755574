/// Whether two files hold the same: what a benchmark wrote, and what its twin did.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "raw.hpp"

namespace bench::raw {

/// Compares every base table of both files row by row; tells how many rows, -1 where they differ.
inline std::int64_t equal_rows(const std::string& ours, const std::string& twin) {
    const Connection a(ours, false), b(twin, false);
    Statement tables(
        a,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
        "AND name NOT LIKE '%\\_fts%' ESCAPE '\\' AND name <> 'meta'");
    std::int64_t rows = 0;
    while (tables.step()) {
        const std::string table =
            reinterpret_cast<const char*>(sqlite3_column_text(tables.handle(), 0));
        const std::string all = "SELECT * FROM " + table + " ORDER BY 1, 2";
        Statement left(a, all), right(b, all);
        for (;; ++rows) {
            const bool more = left.step();
            if (more != right.step()) return -1;
            if (!more) break;
            for (int i = 0; i < sqlite3_column_count(left.handle()); ++i) {
                auto *x = sqlite3_column_value(left.handle(), i),
                     *y = sqlite3_column_value(right.handle(), i);
                const int type = sqlite3_value_type(x), size = sqlite3_value_bytes(x);
                if (type != sqlite3_value_type(y) || size != sqlite3_value_bytes(y)) return -1;
                if (size > 0 && std::memcmp(sqlite3_value_blob(x), sqlite3_value_blob(y),
                                            static_cast<std::size_t>(size)) != 0)
                    return -1;
            }
        }
    }
    return rows;
}

}  // namespace bench::raw
