#include "crm/csv.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ostream>
#include <system_error>
#include <unordered_set>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "crm/error.hpp"
#include "exchange/encoding.hpp"
#include "storage/registry.hpp"

namespace crm::inline v1 {
namespace {

constexpr std::size_t first_capacity = std::size_t{64} << 10;
constexpr std::size_t block_size = 64;
constexpr std::string_view utf8_mark = "\xef\xbb\xbf";
constexpr std::string_view known_delimiters = ",;\t|^";

bool is_newline(char c) { return c == '\n' || c == '\r'; }

std::string text_of(std::int64_t number) { return std::to_string(number); }

// ---- finding the bytes that mean something

/// What 64 bytes hold: a bit for each delimiter, quote and line end, and whether there is a byte
/// that is not plain ASCII, NUL included.
struct Block {
    std::uint64_t marks = 0;
    bool is_suspect = false;
};

#if defined(__SSE2__)
Block look(const char* at, char delimiter, char quote) {
    const auto equals = [](__m128i bytes, char c) {
        return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
    };
    Block block;
    __m128i suspect = _mm_setzero_si128();
    for (std::size_t i = 0; i < block_size / 16; ++i) {
        const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + i);
        const auto hits = _mm_or_si128(_mm_or_si128(equals(bytes, delimiter), equals(bytes, quote)),
                                       _mm_or_si128(equals(bytes, '\n'), equals(bytes, '\r')));
        const auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(hits));
        block.marks |= std::uint64_t{bits} << (16 * i);
        suspect = _mm_or_si128(suspect, _mm_or_si128(bytes, equals(bytes, '\0')));
    }
    block.is_suspect = _mm_movemask_epi8(suspect) != 0;
    return block;
}
#else
Block look(const char* at, char delimiter, char quote) {
    Block block;
    for (std::size_t i = 0; i < block_size; ++i) {
        const char c = at[i];
        const bool hit = (c == delimiter) | (c == quote) | (c == '\n') | (c == '\r');
        block.marks |= std::uint64_t{hit} << i;
        block.is_suspect |= (static_cast<unsigned char>(c) - 1u) >= 0x7fu;
    }
    return block;
}
#endif

// ---- options

void check_character(char c, const char* field) {
    const bool plain = c > 0 && !is_newline(c);
    if (!plain) throw Invalid("csv", field, "must be an ASCII character and no line end");
}

void check(const CsvOptions& options) {
    if (options.delimiter != 0) check_character(options.delimiter, "delimiter");
    if (!options.quote) return;
    check_character(*options.quote, "quote");
    if (*options.quote == options.delimiter)
        throw Invalid("csv", "quote", "must differ from the delimiter");
}

char tell_delimiter(std::string_view text, std::optional<char> quote) {
    std::array<std::size_t, 256> counts{};
    bool inside = false;
    bool blank = true;
    for (const char c : text) {
        if (!inside && is_newline(c)) {
            if (!blank) break;
            continue;
        }
        blank = false;
        if (c == quote) inside = !inside;
        if (!inside) ++counts[static_cast<unsigned char>(c)];
    }
    return std::ranges::max(known_delimiters, {},
                            [&](char c) { return counts[static_cast<unsigned char>(c)]; });
}

// ---- sources

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
    const std::string what = path.string() + ": " + std::generic_category().message(error);
    if (error == ENOENT) throw NotFound(what);
    throw IoError(what);
}

CsvSource source_of(const std::filesystem::path& path) {
    if (storage::is_held(path))
        throw Invalid("csv", "", path.string() + " is the CRM file itself, or belongs to it");
    std::shared_ptr<std::FILE> file{std::fopen(path.string().c_str(), "rb"), [](std::FILE* open) {
                                        if (open) std::fclose(open);
                                    }};
    if (!file) fail(path, errno);
    std::setvbuf(file.get(), nullptr, _IONBF, 0);
    return [file, path](char* buffer, std::size_t size) {
        const std::size_t read = std::fread(buffer, 1, size, file.get());
        if (read < size && std::ferror(file.get())) fail(path, errno);
        return read;
    };
}

CsvSource source_of(std::string_view text) {
    return [text](char* buffer, std::size_t size) mutable {
        const std::size_t read = text.copy(buffer, size);
        text.remove_prefix(read);
        return read;
    };
}

// ---- formulas

// Apostrophes before it count in, or the reader could not tell ours from the text's own.
bool begins_formula(std::string_view text) {
    const std::size_t first = text.find_first_not_of('\'');
    return first != std::string_view::npos &&
           std::string_view{"=+-@\t\r"}.find(text[first]) != std::string_view::npos;
}

std::string_view without_guard(std::string_view text) {
    return text.starts_with('\'') && begins_formula(text) ? text.substr(1) : text;
}

/// Takes doubled quotes and the closing one out of a quoted field, in place; `text` begins after
/// the opening quote.
std::string_view unquote(std::string_view text, char quote) {
    char* const begin = const_cast<char*>(text.data());  // it lies in the parser's own buffer
    char* out = begin;
    bool inside = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (inside && text[i] == quote) {
            inside = i + 1 < text.size() && text[i + 1] == quote;
            if (!inside) continue;
            ++i;
        }
        *out++ = text[i];
    }
    return {begin, static_cast<std::size_t>(out - begin)};
}

}  // namespace

// ---- the parser

/// A buffer that holds at least one whole row, and the place in it. A row that reaches past the
/// end of the buffer is parsed again from its beginning once more is there.
class CsvReader::Parser {
public:
    Parser(CsvSource source, const CsvOptions& options)
        : source_(std::move(source)),
          decoder_(options.encoding),
          quote_(options.quote.value_or('\n')),
          guarded_(options.formula_safe) {
        check(options);
        fill();
        if (decoder_.is_identity() && unread().starts_with(utf8_mark)) begin_ += utf8_mark.size();
        delimiter_ =
            options.delimiter != 0 ? options.delimiter : tell_delimiter(unread(), options.quote);
        rewind();
        if (options.header) read_header();
    }

    const std::vector<std::string>& header() const { return header_; }
    char delimiter() const { return delimiter_; }
    std::int64_t bytes_read() const { return bytes_read_; }

    bool next(CsvRow& row) {
        row.problem.clear();
        while (!parse(row)) {
            if (ended_) return finish_last(row);
            if (!fill()) return skip(row);
        }
        return true;
    }

private:
    enum class Quoted { no, yes, maybe };  // maybe: the last byte is a quote, the next one decides

    std::string_view unread() const { return {begin_, static_cast<std::size_t>(end_ - begin_)}; }

    /// Moves what is unread to the front and reads until the buffer is full or the source ends.
    /// False where there is no room and there may be none.
    bool fill() {
        const std::size_t kept = unread().size();
        if (capacity_ - kept < block_size) {
            if (capacity_ == row_limit) return false;
            grow();
        } else if (kept > 0) {
            std::memmove(buffer_.get(), begin_, kept);
        }
        begin_ = end_ = buffer_.get();
        extend(kept);
        rewind();
        while (!ended_ && room() >= block_size) read();
        return true;
    }

    // No mark must show in what of a block lies past the end.
    void extend(std::size_t size) {
        end_ += size;
        std::memset(end_, 0, block_size);
    }

    std::size_t room() const { return capacity_ - static_cast<std::size_t>(end_ - buffer_.get()); }

    // A block may reach past the end: so much is allocated on top.
    void grow() {
        const std::size_t capacity = std::max(first_capacity, capacity_ * 2);
        auto larger = std::make_unique_for_overwrite<char[]>(capacity + block_size);
        std::ranges::copy(unread(), larger.get());
        buffer_ = std::move(larger);
        capacity_ = capacity;
    }

    void read() {
        if (decoder_.is_identity()) {
            extend(take(end_, room()));
            return;
        }
        const std::size_t kept = raw_.size();
        raw_.resize(room() / exchange::Decoder::growth);
        raw_.resize(kept + take(raw_.data() + kept, raw_.size() - kept));
        const auto done = decoder_.decode(raw_, end_, ended_);
        raw_.erase(0, done.taken);
        extend(done.made);
    }

    std::size_t take(char* to, std::size_t size) {
        const std::size_t taken = source_(to, size);
        bytes_read_ += static_cast<std::int64_t>(taken);
        ended_ = taken == 0;
        return taken;
    }

    void rewind() {
        next_block_ = begin_;
        marks_ = 0;
        is_suspect_ = false;
    }

    /// The next delimiter, quote or line end, or the end.
    char* next_mark() {
        while (marks_ == 0) {
            if (next_block_ >= end_) return end_;
            const Block block = look(next_block_, delimiter_, quote_);
            next_block_ += block_size;
            marks_ = block.marks;
            is_suspect_ |= block_is_suspect_ = block.is_suspect;
        }
        char* const found = next_block_ - block_size + std::countr_zero(marks_);
        marks_ &= marks_ - 1;
        return found;
    }

    void start_row(CsvRow& row) {
        row.fields.clear();
        untidy_.clear();
        start_field(begin_);
        newlines_ = 0;
        quoted_ = Quoted::no;
    }

    void start_field(char* at) {
        field_ = at;
        closing_ = nullptr;
        has_doubled_ = false;
    }

    /// Parses one row; false where the data ends first.
    bool parse(CsvRow& row) {
        start_row(row);
        for (;;) {
            char* const at = next_mark();
            if (at == end_) return false;
            if (*at == delimiter_) {
                end_field(row, at);
                start_field(at + 1);
            } else if (is_newline(*at)) {
                if (at != begin_) return end_row(row, at);
                skip_blank_line();
            } else if (at == field_ && !close_quote(at)) {
                return false;
            }
        }
    }

    void skip_blank_line() {
        if (!after_cr_ || *begin_ != '\n') ++line_;
        after_cr_ = *begin_ == '\r';
        start_field(++begin_);
    }

    /// Finds the quote that closes the field; false where the data ends first.
    bool close_quote(const char* opening) {
        quoted_ = Quoted::yes;
        if (!skipping_ || opening != begin_) opening_line_ = line_ + newlines_;
        for (char* at = next_mark(); at != end_; at = next_mark()) {
            if (*at == quote_) {
                if (at + 1 == end_ && !ended_) {
                    quoted_ = Quoted::maybe;
                    return false;
                }
                if (at[1] != quote_) {
                    quoted_ = Quoted::no;
                    closing_ = at;
                    return true;
                }
                has_doubled_ = true;
                next_mark();
            } else if (*at == '\r' || (*at == '\n' && at[-1] != '\r')) {
                ++newlines_;
            }
        }
        return false;
    }

    void end_field(CsvRow& row, const char* at) {
        if (closing_ == nullptr) {
            row.fields.emplace_back(field_, static_cast<std::size_t>(at - field_));
        } else {
            end_quoted_field(row, at);
        }
    }

    void end_quoted_field(CsvRow& row, const char* at) {
        const std::string_view after{closing_ + 1, static_cast<std::size_t>(at - closing_ - 1)};
        if (after.find_first_not_of(' ') != std::string_view::npos && row.problem.empty())
            row.problem = "text after the closing quote of " + name_of(row.fields.size());
        if (!has_doubled_ && after.empty()) {
            row.fields.emplace_back(field_ + 1, static_cast<std::size_t>(closing_ - field_ - 1));
        } else {
            untidy_.push_back(row.fields.size());
            row.fields.emplace_back(field_ + 1, static_cast<std::size_t>(at - field_ - 1));
        }
    }

    bool end_row(CsvRow& row, char* at) {
        end_field(row, at);
        after_cr_ = *at == '\r';
        finish(row, at);
        begin_ = at + 1;
        ++line_;
        return true;
    }

    /// The last row, which no line end closes; false where there is none.
    bool finish_last(CsvRow& row) {
        if (begin_ == end_) return false;
        if (quoted_ != Quoted::no) {
            row.problem = unclosed();
            closing_ = end_;
        }
        end_field(row, end_);
        finish(row, end_);
        begin_ = end_;
        return true;
    }

    std::string unclosed() const {
        return "the quote opened on line " + text_of(opening_line_) + " is never closed";
    }

    void finish(CsvRow& row, const char* end) {
        row.number = ++number_;
        row.line = line_;
        line_ += newlines_;
        if (is_suspect_ && row.problem.empty()) row.problem = wrong_bytes(row, end);
        is_suspect_ = block_is_suspect_;
        for (const std::size_t i : untidy_) row.fields[i] = unquote(row.fields[i], quote_);
        if (guarded_) std::ranges::transform(row.fields, row.fields.begin(), without_guard);
        if (width_ == 0) width_ = row.fields.size();
        if (row.fields.size() != width_ && row.problem.empty())
            row.problem = text_of(static_cast<std::int64_t>(width_)) + " fields expected, found " +
                          text_of(static_cast<std::int64_t>(row.fields.size()));
    }

    std::string wrong_bytes(const CsvRow& row, const char* end) const {
        const std::string_view text{begin_, static_cast<std::size_t>(end - begin_)};
        if (const auto at = text.find('\0'); at != std::string_view::npos)
            return "a NUL byte" + place(row, begin_ + at);
        if (const auto at = exchange::invalid_utf8(text); at != std::string_view::npos)
            return "not valid " + std::string{decoder_.name()} + place(row, begin_ + at);
        return {};
    }

    // Where bytes are decoded first, their place in the file is lost.
    std::string place(const CsvRow& row, const char* at) const {
        const auto is_past = [&](std::string_view field) { return field.data() > at; };
        const auto field = std::ranges::find_if(row.fields, is_past) - row.fields.begin() - 1;
        const std::string in = " in " + name_of(static_cast<std::size_t>(std::max(field, {})));
        if (!decoder_.is_identity()) return in;
        return in + ", at byte " + text_of(bytes_read_ - (end_ - at)) + " of the file";
    }

    std::string name_of(std::size_t field) const {
        const std::string number = "field " + text_of(static_cast<std::int64_t>(field + 1));
        return field < header_.size() ? number + " (" + header_[field] + ")" : number;
    }

    /// Delivers a row beyond the limit: reads on to its end and keeps nothing of it.
    bool skip(CsvRow& row) {
        const std::int64_t line = line_;
        skipping_ = true;
        do {
            forget_row();
            fill();
        } while (!parse(row) && !(ended_ && finish_last(row)));
        skipping_ = false;
        row.line = line;
        row.fields.clear();
        if (quoted_ == Quoted::no) row.problem = "longer than " + text_of(row_limit >> 20) + " MB";
        return true;
    }

    // What stays is enough for the parser to go on in the same state.
    void forget_row() {
        const char last = end_[-1];
        line_ += newlines_;
        begin_ = end_ = buffer_.get();
        *end_++ = quoted_ == Quoted::no ? 'x' : quote_;
        if (quoted_ != Quoted::yes) *end_++ = last;
    }

    void read_header() {
        CsvRow row;
        if (!next(row)) return;
        if (!row.problem.empty())
            throw Invalid("csv", "", "the heading cannot be used: " + row.problem);
        number_ = 0;
        header_.assign(row.fields.begin(), row.fields.end());
        std::unordered_set<std::string_view> seen;
        for (const std::string& name : header_)
            if (!name.empty() && !seen.insert(name).second)
                throw Invalid("csv", name, "two columns have this name");
    }

    CsvSource source_;
    exchange::Decoder decoder_;
    std::string raw_;  // bytes that are still to be decoded
    std::int64_t bytes_read_ = 0;
    bool ended_ = false;

    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    char* begin_ = nullptr;  // of the row in hand
    char* end_ = nullptr;    // of what was read

    char* next_block_ = nullptr;
    std::uint64_t marks_ = 0;  // of the block before `next_block_`, those not yet seen
    bool is_suspect_ = false;
    bool block_is_suspect_ = false;

    char delimiter_ = ',';
    char quote_;  // a line end where there is no quoting
    bool guarded_;

    char* field_ = nullptr;
    char* closing_ = nullptr;  // the closing quote of the field, if it is quoted
    bool has_doubled_ = false;
    Quoted quoted_ = Quoted::no;
    bool skipping_ = false;
    std::vector<std::size_t> untidy_;  // fields that still hold quotes to be taken out

    std::int64_t number_ = 0;
    std::int64_t line_ = 1;
    std::int64_t newlines_ = 0;  // within quotes, in the row in hand
    std::int64_t opening_line_ = 0;
    bool after_cr_ = false;
    std::size_t width_ = 0;
    std::vector<std::string> header_;
};

CsvReader::CsvReader(const std::filesystem::path& path, const CsvOptions& options)
    : CsvReader(source_of(path), options) {}

CsvReader::CsvReader(CsvSource source, const CsvOptions& options)
    : parser_(std::make_unique<Parser>(std::move(source), options)) {}

CsvReader CsvReader::from_text(std::string_view text, const CsvOptions& options) {
    return CsvReader{source_of(text), options};
}

CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::header() const noexcept { return parser_->header(); }
char CsvReader::delimiter() const noexcept { return parser_->delimiter(); }
std::int64_t CsvReader::bytes_read() const noexcept { return parser_->bytes_read(); }
bool CsvReader::next(CsvRow& row) { return parser_->next(row); }

// ---- writing

CsvWriter::CsvWriter(std::string& out, const CsvFormat& format) : text_(out), format_(format) {
    check_character(format.delimiter, "delimiter");
    if (format.delimiter == '"') throw Invalid("csv", "delimiter", "must not be a quote");
    for (const char c : known_delimiters) needs_quotes_[static_cast<unsigned char>(c)] = true;
    for (const char c : {'"', '\r', '\n', format.delimiter})
        needs_quotes_[static_cast<unsigned char>(c)] = true;
}

CsvWriter::CsvWriter(std::ostream& out, const CsvFormat& format) : CsvWriter(line_, format) {
    stream_ = &out;
}

void CsvWriter::row(std::span<const std::string_view> fields) {
    for (const std::string_view text : fields) field(text);
    end_row();
}

void CsvWriter::row(std::span<const std::string> fields) {
    for (const std::string& text : fields) field(text);
    end_row();
}

void CsvWriter::row(std::initializer_list<std::string_view> fields) {
    row(std::span{fields.begin(), fields.size()});
}

CsvWriter& CsvWriter::field(std::string_view text) {
    return add(text, format_.formula_safe && begins_formula(text));
}

CsvWriter& CsvWriter::typed_field(std::string_view text) { return add(text, false); }

CsvWriter& CsvWriter::add(std::string_view text, bool guarded) {
    if (fields_++ > 0) text_ += format_.delimiter;
    is_blank_ = is_blank_ && text.empty();
    if (std::ranges::any_of(text, [&](unsigned char c) { return needs_quotes_[c]; })) {
        quoted(text, guarded);
    } else {
        if (guarded) text_ += '\'';
        text_ += text;
    }
    return *this;
}

void CsvWriter::quoted(std::string_view text, bool guarded) {
    text_ += guarded ? "\"'" : "\"";
    for (std::size_t quote; (quote = text.find('"')) != std::string_view::npos;) {
        text_.append(text, 0, quote + 1) += '"';
        text.remove_prefix(quote + 1);
    }
    text_.append(text) += '"';
}

void CsvWriter::end_row() {
    // A single empty field would be a blank line, which readers skip.
    if (fields_ == 1 && is_blank_) text_ += "\"\"";
    text_ += format_.crlf ? "\r\n" : "\n";
    fields_ = 0;
    is_blank_ = true;
    if (stream_ == nullptr) return;
    stream_->write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
    if (!*stream_) throw IoError("CSV: the stream takes no more");
}

}  // namespace crm
