/// What the benchmarks share: arguments, clocks, medians and the table of results.
#pragma once

#include <ctime>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// `--mb 500 --runs 5 --rows 1000 --dir /tmp --file PATH --json`
struct Arguments {
    int mb = 500;      ///< size of a file when it is full
    int runs = 9;      ///< measurements of which the median counts
    int rows = 1'000;  ///< rows a commit
    bool json = false;
    std::filesystem::path dir = std::filesystem::temp_directory_path();
    std::filesystem::path file{};  ///< read: an existing file of an earlier run, kept

    static Arguments parse(int count, char** values) {
        Arguments all;
        for (int i = 1; i < count; ++i) {
            const std::string_view name = values[i];
            const auto value = [&] { return i + 1 < count ? values[++i] : usage(); };
            if (name == "--json")
                all.json = true;
            else if (name == "--mb")
                all.mb = std::max(1, std::atoi(value()));
            else if (name == "--runs")
                all.runs = std::max(1, std::atoi(value()));
            else if (name == "--rows")
                all.rows = std::max(1, std::atoi(value()));
            else if (name == "--dir")
                all.dir = value();
            else if (name == "--file")
                all.file = value();
            else
                usage();
        }
        return all;
    }

private:
    [[noreturn]] static char* usage() {
        std::fputs("options: --mb N --runs N --rows N --dir FOLDER --file FILE --json\n", stderr);
        std::exit(2);
    }
};

/// Seconds on the wall and of this thread's processor, system calls included. The latter is hardly
/// disturbed by other jobs of the machine.
struct Seconds {
    double wall = 0, cpu = 0;
    Seconds& operator+=(const Seconds& more) {
        wall += more.wall, cpu += more.cpu;
        return *this;
    }
};

inline double clock_of(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Body>
Seconds timed(const Body& body) {
    const double wall = clock_of(CLOCK_MONOTONIC), cpu = clock_of(CLOCK_THREAD_CPUTIME_ID);
    body();
    return {clock_of(CLOCK_MONOTONIC) - wall, clock_of(CLOCK_THREAD_CPUTIME_ID) - cpu};
}

inline double median(std::vector<double> values) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Alternating measurements of ours and of the twin.
struct Pairs {
    std::vector<double> crm, raw, ratios, wall_ratios, wall;
    void add(const Seconds& ours, const Seconds& twin) {
        crm.push_back(ours.cpu), raw.push_back(twin.cpu), wall.push_back(ours.wall);
        ratios.push_back(ours.cpu / twin.cpu), wall_ratios.push_back(ours.wall / twin.wall);
    }
};

/// One line of the result.
struct Line {
    std::string name, unit;
    double crm = 0, raw = 0;           ///< in `unit`; raw 0: there is no twin
    double ratio = 0, wall_ratio = 0;  ///< of processor time and of time on the wall
    double target = 0;                 ///< for the ratio, or for `crm` where there is no ratio
    bool at_least = false;             ///< the target is a lower bound
    bool passes() const {
        const double value = ratio > 0 && !at_least ? ratio : crm;
        return at_least ? value >= target : value <= target;
    }
};

/// Operations took `pairs` seconds, `count` of them each; `scale` turns seconds into `unit`.
inline Line line(std::string name, std::string unit, const Pairs& pairs, double count, double scale,
                 double target) {
    return {std::move(name),
            std::move(unit),
            median(pairs.crm) / count * scale,
            median(pairs.raw) / count * scale,
            median(pairs.ratios),
            median(pairs.wall_ratios),
            target};
}

inline void print(const std::vector<Line>& lines, bool json) {
    if (json) {
        std::puts("[");
        for (const Line& at : lines)
            std::printf(
                "  {\"name\": \"%s\", \"unit\": \"%s\", \"crm\": %.4g, \"raw\": %.4g, \"ratio\": "
                "%.3f, "
                "\"wall_ratio\": %.3f, \"target\": %.3g, \"pass\": %s}%s\n",
                at.name.c_str(), at.unit.c_str(), at.crm, at.raw, at.ratio, at.wall_ratio,
                at.target, at.passes() ? "true" : "false", &at == &lines.back() ? "" : ",");
        std::puts("]");
        return;
    }
    std::printf("%-44s %10s %10s %-9s %6s %6s %8s\n", "", "crm", "raw", "", "ratio", "wall",
                "target");
    for (const Line& at : lines) {
        std::printf("%-44s %10.4g ", at.name.c_str(), at.crm);
        at.raw > 0 ? std::printf("%10.4g ", at.raw) : std::printf("%10s ", "");
        std::printf("%-9s ", at.unit.c_str());
        at.ratio > 0 ? std::printf("%6.2f %6.2f ", at.ratio, at.wall_ratio)
                     : std::printf("%6s %6s ", "", "");
        std::printf("%s %-5.3g %s\n", at.at_least ? ">=" : "<=", at.target,
                    at.passes() ? "pass" : "MISS");
    }
}

/// The load of the machine, which belongs beside every figure.
inline std::string load() {
    double loads[3]{};
    char text[64];
    if (getloadavg(loads, 3) < 0) return "unknown";
    std::snprintf(text, sizeof text, "%.1f %.1f %.1f", loads[0], loads[1], loads[2]);
    return text;
}

/// A file of a benchmark, gone with it.
class Scratch {
public:
    explicit Scratch(std::filesystem::path path) : path_(std::move(path)) { remove(); }
    ~Scratch() { remove(); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    void remove() const {
        for (const char* suffix : {"", "-wal", "-shm", "-gate"}) {
            std::error_code ignored;
            std::filesystem::remove(path_.string() + suffix, ignored);
        }
    }
    std::filesystem::path path_;
};

}  // namespace bench
