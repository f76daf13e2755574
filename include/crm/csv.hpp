/// CSV: tables as text, read row by row in bounded memory and written so that others read them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crm/api.hpp"

namespace crm::inline v1 {

/// How a CSV file is written; nothing of it is guessed but the delimiter, and that only if asked.
struct CsvOptions {
    /// utf-8 (a byte order mark is skipped), utf-16 (with byte order mark), cp1250, cp1251, cp1252,
    /// iso-8859-2, latin1, koi8-r; usual other spellings ("UTF8", "windows-1251") are accepted.
    std::string encoding = "utf-8";
    /// 0: whichever of comma, semicolon, tab, | and ^ the first line holds most of.
    char delimiter = 0;
    /// nullopt: no quoting at all; a `"` is then a character like any other. Right for registers
    /// published with `^`, where with quoting a name that begins with `"` swallows the next rows.
    std::optional<char> quote = '"';
    /// Whether the first row names the columns.
    bool header = true;
    /// Whether the apostrophes that `CsvFormat::formula_safe` put in front are taken off again.
    bool formula_safe = false;
};

/// One row of data. With a problem the fields are as far as they could be told: show them to
/// people, do not import them.
struct CsvRow {
    std::int64_t number = 0;                 ///< of the data row, from 1; blank lines do not count
    std::int64_t line = 0;                   ///< physical line on which it begins, from 1
    std::vector<std::string_view> fields{};  ///< borrowed: valid until the next call of the reader
    std::string problem{};                   ///< what is wrong with the row; empty where nothing is
};

/// Fills a buffer with up to so many bytes; answers how many, 0 at the end. May throw.
using CsvSource = std::function<std::size_t(char* buffer, std::size_t size)>;

/// Reads RFC 4180 and its usual dialects: CRLF, LF or CR; doubled quotes, delimiters and line ends
/// within quotes; a quote inside an unquoted field is literal; blank lines are skipped.
///
///     CsvReader reader{path, {.encoding = "cp1251"}};
///     for (CsvRow row; reader.next(row);)
///         if (row.problem.empty()) use(row.fields);
///
/// A bad row is no exception: it is delivered with its `problem`, so that rows add up. Such are: a
/// number of fields other than the heading's, text after a closing quote, NUL, bytes that are not
/// of the encoding, more than `row_limit` bytes (no fields then), and a quote never closed, which
/// makes the rest of the file one row. Holds 64 KB, or as much as the longest row, up to
/// `row_limit`. Used by one thread at a time.
class CRM_API CsvReader {
public:
    static constexpr std::size_t row_limit = std::size_t{16} << 20;

    /// Opens a file. Throws NotFound, IoError, and Invalid for options that make no sense, a CRM
    /// file that this process has open (or what stands beside it), and a heading that cannot be
    /// used: faulty itself, or naming two columns alike (`field` is that name; several columns
    /// without a name are allowed).
    explicit CsvReader(const std::filesystem::path& path, const CsvOptions& options = {});
    /// Reads from anything; throws as above, and what the source throws.
    explicit CsvReader(CsvSource source, const CsvOptions& options = {});
    /// Reads a text in memory, which must outlive the reader.
    static CsvReader from_text(std::string_view text, const CsvOptions& options = {});
    CsvReader(CsvReader&&) noexcept;
    CsvReader& operator=(CsvReader&&) noexcept;
    ~CsvReader();

    /// The names of the columns; empty for an empty file and where `header` is off.
    const std::vector<std::string>& header() const noexcept;
    /// The delimiter in use, told or given.
    char delimiter() const noexcept;
    /// Bytes taken from the source so far: for showing progress.
    std::int64_t bytes_read() const noexcept;
    /// Reads the next row over `row`, whose memory is used again; false at the end. Throws IoError
    /// where the file cannot be read, never for what it holds.
    bool next(CsvRow& row);

private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

/// How CSV is to be written.
struct CsvFormat {
    char delimiter = ',';
    bool crlf = false;  ///< CRLF at the end of each row instead of LF
    /// Puts ' before text that a spreadsheet could run as a formula: it begins with = + - @, tab or
    /// CR, or with apostrophes and one of these. Read back with `CsvOptions::formula_safe` nothing
    /// is lost.
    bool formula_safe = false;
};

/// Writes RFC 4180, without a byte order mark. Quotes a field where it must, and where telling the
/// delimiter from the first line could otherwise go wrong. Used by one thread at a time.
class CRM_API CsvWriter {
public:
    /// Appends to a string, which must outlive the writer. Throws Invalid for a delimiter that is
    /// not ASCII, a line end or a quote.
    explicit CsvWriter(std::string& out, const CsvFormat& format = {});
    /// Writes each row to a stream as it is complete; IoError where the stream fails.
    explicit CsvWriter(std::ostream& out, const CsvFormat& format = {});
    CsvWriter(const CsvWriter&) = delete;
    CsvWriter& operator=(const CsvWriter&) = delete;

    /// Writes a whole row; after fields written singly, ends their row.
    void row(std::span<const std::string_view> fields);
    void row(std::span<const std::string> fields);
    void row(std::initializer_list<std::string_view> fields);
    /// Writes one more field of the row that `end_row` ends.
    CsvWriter& field(std::string_view text);
    /// The same for what is no text of anybody's, such as a number: a formula is not looked for.
    CsvWriter& typed_field(std::string_view text);
    void end_row();

private:
    CsvWriter& add(std::string_view text, bool guarded);
    void quoted(std::string_view text, bool guarded);

    std::string line_;  ///< the row in the making, where a stream takes it
    std::string& text_;
    std::ostream* stream_ = nullptr;
    CsvFormat format_;
    std::size_t fields_ = 0;
    bool is_blank_ = true;
    std::array<bool, 256> needs_quotes_{};
};

}  // namespace crm
