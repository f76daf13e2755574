/// The tokenizer's speed on mixed text, through FTS5's own interface, beside unicode61.
#include <cstring>

#include "bench.hpp"
#include "people.hpp"
#include "raw.hpp"
#include "storage/functions.hpp"

namespace {

using namespace bench;

int count_token(void* count, int, const char*, int, int, int) {
    ++*static_cast<std::int64_t*>(count);
    return SQLITE_OK;
}

fts5_api* api_of(sqlite3* handle) {
    fts5_api* api = nullptr;
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &statement, nullptr);
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
    sqlite3_finalize(statement);
    return api;
}

class Tokenizer {
public:
    Tokenizer(fts5_api* api, const char* name, std::vector<const char*> options) {
        void* context = nullptr;
        api->xFindTokenizer(api, name, &context, &methods_);
        methods_.xCreate(context, options.data(), static_cast<int>(options.size()), &made_);
    }
    ~Tokenizer() { methods_.xDelete(made_); }
    std::int64_t run(const std::vector<std::string>& texts) {
        std::int64_t tokens = 0;
        for (const auto& text : texts)
            methods_.xTokenize(made_, &tokens, FTS5_TOKENIZE_DOCUMENT, text.data(),
                               static_cast<int>(text.size()), count_token);
        return tokens;
    }

private:
    fts5_tokenizer methods_{};
    Fts5Tokenizer* made_ = nullptr;
};

}  // namespace

int main(int count, char** values) {
    const auto arguments = Arguments::parse(count, values);
    std::vector<std::string> texts;
    People people;
    std::size_t bytes = 0;
    for (std::size_t i = 0; bytes < (8u << 20); ++i)
        bytes += texts.emplace_back(people.text(tongues[i % 4], 60)).size();

    sqlite3* handle = nullptr;
    sqlite3_open(":memory:", &handle);
    crm::storage::register_functions(handle);
    std::vector<Line> lines;
    {
        Tokenizer ours(api_of(handle), "crm", {}),
            reference(api_of(handle), "unicode61", {"remove_diacritics", "2"});
        Pairs pairs;
        std::int64_t tokens = 0;
        for (int i = 0; i < arguments.runs; ++i) {
            const Seconds crm = timed([&] { tokens = ours.run(texts); });
            pairs.add(crm, timed([&] { reference.run(texts); }));
        }
        const double megabytes = static_cast<double>(bytes) / 1e6;
        Line at = line("tokenizer, mixed text", "MB/s", pairs, 1, 1, 40);
        at.crm = megabytes / at.crm, at.raw = megabytes / at.raw, at.at_least = true;
        lines.push_back(at);
        if (!arguments.json)
            std::printf("%.1f MB in four languages, %lld tokens; raw is unicode61; load %s\n",
                        megabytes, static_cast<long long>(tokens), load().c_str());
    }
    sqlite3_close(handle);
    print(lines, arguments.json);
}
