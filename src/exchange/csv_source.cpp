#include "exchange/csv_source.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "crm/error.hpp"
#include "exchange/hash.hpp"

namespace crm::exchange {

CsvRows::CsvRows(const std::filesystem::path& path, const CsvOptions& options)
    : path_(path), reader_(path, options) {
    header_ = reader_.header();
    if (options.header) return;
    waiting_ = read();
    for (std::size_t i = 1; waiting_ && i <= row_.fields.size(); ++i)
        header_.push_back(std::to_string(i));
}

bool CsvRows::read() { return reader_.next(row_); }

bool CsvRows::next(SourceRow& row) {
    if (!waiting_ && !read()) return false;
    waiting_ = false;
    values_.assign(row_.fields.begin(), row_.fields.end());
    row = {row_.number, values_, row_.problem};
    return true;
}

std::string CsvRows::hash() const {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path_, ignored)) return {};
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path_.c_str(), "rb"),
                                                               &std::fclose};
    std::array<char, 1 << 16> buffer;
    Murmur128 murmur;
    for (std::size_t size = 1; file && size > 0;) {
        size = std::fread(buffer.data(), 1, buffer.size(), file.get());
        murmur.add({buffer.data(), size});
    }
    if (!file || std::ferror(file.get()))
        throw IoError(path_.string() + ": " + std::generic_category().message(errno));
    return murmur.hex();
}

}  // namespace crm::exchange
