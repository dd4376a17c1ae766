import Foundation

/// The numbered stills of a folder, in order.
///
/// The files are grouped by their names with the digits taken out (`in#.jpg`, `#_#.jpeg`), and the largest group is the
/// sequence. Which of several numbers counts them is seen from the values: one that differs in every file, and of those
/// the one with the fewest holes.
struct StillSequence: Equatable {
    struct Still: Equatable {
        let name: String
        /// Position on the timeline, in stills since the first one: missing numbers leave their place empty.
        let position: Int
    }

    static let extensions: Set<String> = ["jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff", "pgm", "ppm"]

    private(set) var stills: [Still] = []
    /// Places without a file between the first and the last still.
    private(set) var missing = 0

    /// - Parameter names: file names without their folder, in any order; what is not a still is ignored.
    init(names: [String]) {
        var groups: [String: [(name: String, numbers: [Int])]] = [:]
        for name in names {
            guard let dot = name.lastIndex(of: "."),
                Self.extensions.contains(name[name.index(after: dot)...].lowercased())
            else { continue }
            let (shape, numbers) = Self.takeApart(name)
            groups[shape, default: []].append((name, numbers))
        }
        // The largest group; of equal ones the first by name, so that the choice does not depend on the file system.
        let chosen = groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.first
        guard let files = chosen?.value, let first = files.first else { return }
        guard files.count > 1, let column = Self.countingColumn(files.map(\.numbers)) else {
            let sorted = files.sorted { ($0.numbers, $0.name).0.lexicographicallyPrecedes($1.numbers) }
            stills = sorted.enumerated().map { Still(name: $1.name, position: $0) }
            if files.count == 1 { stills = [Still(name: first.name, position: 0)] }
            return
        }
        let sorted = files.sorted { $0.numbers[column] < $1.numbers[column] }
        let start = sorted[0].numbers[column]
        let step = sorted.reduce(0) { Self.greatestCommonDivisor($0, $1.numbers[column] - start) }
        stills = sorted.map { Still(name: $0.name, position: ($0.numbers[column] - start) / step) }
        missing = (stills.last?.position ?? 0) + 1 - stills.count
    }

    /// Reads the folder at `path`.
    init(folder path: String) throws { self.init(names: try FileManager.default.contentsOfDirectory(atPath: path)) }

    /// The name with each run of digits as `#`, and those runs as numbers. Runs too long for a number stay text.
    private static func takeApart(_ name: String) -> (shape: String, numbers: [Int]) {
        var shape = ""
        var numbers: [Int] = []
        var digits = ""
        func endRun() {
            guard !digits.isEmpty else { return }
            if digits.count <= 15, let number = Int(digits) {
                shape += "#"
                numbers.append(number)
            } else {
                shape += digits
            }
            digits = ""
        }
        for character in name {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else {
                endRun()
                shape.append(character)
            }
        }
        endRun()
        return (shape, numbers)
    }

    private static func countingColumn(_ rows: [[Int]]) -> Int? {
        let columns = 0..<(rows.first?.count ?? 0)
        var best: (column: Int, span: Int)?
        for column in columns {
            let values = rows.map { $0[column] }
            guard Set(values).count == values.count, let low = values.min(), let high = values.max() else { continue }
            if best.map({ high - low < $0.span }) ?? true { best = (column, high - low) }
        }
        return best?.column
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
