public import Domain

/// Daily weather from comma-separated text.
public struct WeatherTable: Equatable, Sendable {
    /// One for each day, without gaps.
    public let days: [WeatherDay]

    /// Everything that is wrong with a table.
    public struct Faults: ActionableError, Equatable {
        public struct Fault: Equatable, Sendable {
            /// From 1.
            public var line: Int
            public var problem: String
            public var remedy: String
        }

        /// In the order of the lines; at least one.
        public var faults: [Fault]

        public var problem: String {
            faults.map { "line \($0.line): \($0.problem)" }.joined(separator: "; ")
        }
        public var remedy: String { faults.first?.remedy ?? "" }
        /// One line for each fault.
        public var description: String {
            faults.map { "line \($0.line): \($0.problem). \($0.remedy)." }.joined(separator: "\n")
        }
    }

    /// After so many faults the rest would say nothing new.
    private static let mostFaults = 50
    private static let columns = ["date"] + WeatherDay.Quantity.allCases.map(\.rawValue)

    /// Reads a line of column names, `date`, `temperatureC`, `relativeHumidityPercent`, `rainMillimetres` in any order, and
    /// a line for each day, in order and without gaps: the index is a sum over days. Other columns are ignored.
    public init(csv text: String) throws(Faults) {
        var reader = Reader(text)
        guard let places = reader.readHeader() else { throw Faults(faults: reader.faults) }
        var days: [WeatherDay] = []
        while reader.faults.count < Self.mostFaults, let fields = reader.nextLine() {
            guard let day = reader.day(fields, places) else { continue }
            if let last = days.last { reader.checkOrder(last.date, day.date) }
            days.append(day)
        }
        if days.isEmpty, reader.faults.isEmpty {
            reader.report("there is no day below the column names", "Add a line for each day")
        }
        guard reader.faults.isEmpty else { throw Faults(faults: reader.faults) }
        self.days = days
    }

    /// Goes through the lines and collects what is wrong.
    private struct Reader {
        private var lines: ArraySlice<Substring>
        private var number = 0
        private(set) var faults: [Faults.Fault] = []

        init(_ text: String) {
            let plain = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : Substring(text)
            lines = plain.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)[...]
        }

        mutating func report(_ problem: String, _ remedy: String) {
            faults.append(Faults.Fault(line: max(number, 1), problem: problem, remedy: remedy))
        }

        /// The fields of the next line that is not empty.
        mutating func nextLine() -> [Substring]? {
            while let line = lines.popFirst() {
                number += 1
                guard !line.allSatisfy(\.isWhitespace) else { continue }
                return line.split(separator: ",", omittingEmptySubsequences: false).map(Self.bare)
            }
            return nil
        }

        /// Without surrounding blanks and quotes.
        private static func bare(_ field: Substring) -> Substring {
            func trimmed(_ text: Substring) -> Substring {
                let start = text.drop(while: \.isWhitespace)
                return start.prefix(start.count - start.reversed().prefix(while: \.isWhitespace).count)
            }
            let text = trimmed(field)
            guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
            return trimmed(text.dropFirst().dropLast())
        }

        /// Where each of the four columns stands.
        mutating func readHeader() -> [Int]? {
            guard let names = nextLine() else {
                report("the table is empty", "Begin with \(WeatherTable.columns.joined(separator: ","))")
                return nil
            }
            let places = WeatherTable.columns.compactMap { name in names.firstIndex { $0 == name } }
            if places.count == WeatherTable.columns.count { return places }
            let missing = WeatherTable.columns.filter { name in !names.contains { $0 == name } }
            let isSemicolon = names.count == 1 && (names.first?.contains(";") ?? false)
            report(
                "the column names lack \(missing.joined(separator: ", "))",
                isSemicolon
                    ? "Separate columns by commas, and write numbers with a point"
                    : "Begin with \(WeatherTable.columns.joined(separator: ","))")
            return nil
        }

        mutating func day(_ fields: [Substring], _ places: [Int]) -> WeatherDay? {
            guard let last = places.max(), fields.count > last else {
                report("there are \(fields.count) values, fewer than columns", "Give a value for each column")
                return nil
            }
            let before = faults.count
            let date = CalendarDay(fields[places[0]])
            if date == nil {
                report("'\(fields[places[0]].prefix(40))' is no date", "Write dates as 2026-02-01")
            }
            let temperature = value(fields[places[1]], .temperatureC)
            let humidity = value(fields[places[2]], .relativeHumidityPercent)
            let rain = value(fields[places[3]], .rainMillimetres)
            guard faults.count == before, let date, let temperature, let humidity, let rain else { return nil }
            return WeatherDay(
                date: date, temperatureCelsius: temperature, relativeHumidityPercent: humidity, rainMillimetres: rain)
        }

        private mutating func value(_ text: Substring, _ quantity: WeatherDay.Quantity) -> Double? {
            guard let value = Double(text), value.isFinite else {
                report(
                    text.isEmpty
                        ? "'\(quantity.rawValue)' is empty"
                        : "'\(text.prefix(40))' is no number for '\(quantity.rawValue)'",
                    "The index needs every value of every day: fill it in from a neighbouring station")
                return nil
            }
            if let fault = quantity.fault(value) {
                report(fault.problem, fault.remedy)
                return nil
            }
            return value
        }

        mutating func checkOrder(_ last: CalendarDay, _ date: CalendarDay) {
            let step = date.number - last.number
            if step == 0 {
                report("\(date) stands twice", "Keep one line for each day")
            } else if step < 0 {
                report("\(date) comes after \(last)", "Put the days in order")
            } else if step > 1 {
                report(
                    "\(step - 1) days are missing between \(last) and \(date)",
                    "Add them, since P is a sum over all days; or begin after the gap with '--initial'")
            }
        }
    }
}
