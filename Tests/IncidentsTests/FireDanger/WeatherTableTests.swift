import Domain
import Incidents
import Testing

struct WeatherTableTests {
    private static let header = "date,temperatureC,relativeHumidityPercent,rainMillimetres\n"

    private func fault(_ text: String) -> String {
        do throws(WeatherTable.Faults) {
            return "\(try WeatherTable(csv: text).days.count) days"
        } catch {
            return error.description
        }
    }

    @Test func columnsMayStandInAnyOrder() throws {
        let text =
            "\u{FEFF}station, rainMillimetres ,\"date\",relativeHumidityPercent,temperatureC\r\nPQ,0.5,2026-02-28, 55 ,33.5\r\n\r\nPQ,0,\"2026-03-01\",60,32\r\n"
        let days = try WeatherTable(csv: text).days
        #expect(days.map(\.date.description) == ["2026-02-28", "2026-03-01"])
        #expect(days.map(\.temperatureCelsius) == [33.5, 32] && days.map(\.rainMillimetres) == [0.5, 0])
        #expect(days.map(\.relativeHumidityPercent) == [55, 60])
    }

    @Test func faultsNameTheLineAndTheRemedy() {
        #expect(fault("").hasPrefix("line 1: the table is empty. Begin with date,"))
        #expect(fault("\n \n").contains("the table is empty"))
        #expect(fault(Self.header).contains("there is no day"))
        #expect(
            fault("date,temperatureC,rainMillimetres\n").hasPrefix(
                "line 1: the column names lack relativeHumidityPercent."))
        #expect(fault(Self.header.replacing(",", with: ";")).contains("Separate columns by commas"))
        #expect(fault(Self.header + "2026-02-01,33,50\n").hasPrefix("line 2: there are 3 values"))
        #expect(fault(Self.header + "01/02/2026,33,50,0\n").contains("'01/02/2026' is no date"))
        #expect(fault(Self.header + "2026-02-01,,50,0\n").contains("'temperatureC' is empty"))
        #expect(fault(Self.header + "2026-02-01,nan,50,0\n").contains("'nan' is no number"))
        #expect(fault(Self.header + "2026-02-01,91.4,50,0\n").contains("not Fahrenheit"))
        #expect(fault(Self.header + "2026-02-01,306,50,0\n").contains("kelvin"))
        #expect(fault(Self.header + "2026-02-01,33,0.5,0\n").contains("seems to be a fraction"))
        #expect(fault(Self.header + "2026-02-01,33,101,0\n").contains("0 to 100"))
        #expect(fault(Self.header + "2026-02-01,33,50,-1\n").contains("does not occur"))
        #expect(
            fault(Self.header + "2026-02-01,33,50,0\n2026-02-01,33,50,0\n").contains("line 3: 2026-02-01 stands twice"))
        #expect(fault(Self.header + "2026-02-02,33,50,0\n2026-02-01,33,50,0\n").contains("comes after"))
        #expect(fault(Self.header + "2026-02-01,33,50,0\n2026-02-05,33,50,0\n").contains("3 days are missing"))
    }

    @Test func allFaultsAreNamedUpToABound() {
        let lines = (0..<1_000).map { _ in "x,y,z,w\n" }.joined()
        let count = fault(Self.header + lines).split(separator: "\n").count
        #expect(count >= 50 && count < 60)
        #expect(fault(String(repeating: ",", count: 100_000)).contains("lack"))
    }
}
