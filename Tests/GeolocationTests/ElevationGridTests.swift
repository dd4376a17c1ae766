import Domain
import Foundation
import Geolocation
import Testing

struct ElevationGridTests {
    private static let header = "ncols 3\nnrows 2\nxllcorner 104\nyllcorner 10\ncellsize 0.1\nNODATA_value -9999\n"

    private func read(_ text: String) throws -> ElevationGrid { try ElevationGrid(asciiGrid: Data(text.utf8)) }

    private func metres(_ grid: ElevationGrid, _ latitude: Double, _ longitude: Double) throws -> Double {
        guard case .known(let metres) = try grid.height(at: place(latitude, longitude)) else { return .nan }
        return (metres * 1e6).rounded() / 1e6
    }

    private func fault(_ text: String) -> String {
        do {
            _ = try read(text)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func rowsRunFromNorthToSouth() throws {
        let grid = try read(Self.header + "1 2 3\n4 5 6\n")
        #expect(try metres(grid, 10.15, 104.05) == 1)
        #expect(try metres(grid, 10.05, 104.25) == 6)
        #expect(try metres(grid, 10.1, 104.1) == 3)
        #expect(try grid.height(at: place(9.99, 104.05)) == .outside)
        #expect(try grid.height(at: place(10.05, 103.99)) == .outside)
        #expect(try grid.height(at: place(10.05, 104.31)) == .outside)
        #expect(try grid.height(at: place(-90, 0)) == .outside)
    }

    @Test func cellsWithoutDataStayUnknownAndSpoilNoNeighbour() throws {
        let grid = try read(Self.header + "1 -9999 3\n4 5 nan\n")
        #expect(try grid.height(at: place(10.15, 104.15)) == .unknown)
        #expect(try grid.height(at: place(10.05, 104.25)) == .unknown)
        #expect(try (1...4).contains(metres(grid, 10.15, 104.09)))
    }

    @Test func aGridMayLieAcrossTheDateLineAndNameItsMiddles() throws {
        let text = "NCOLS 4\r\nNROWS 1\r\nXLLCENTER 179.85\r\nYLLCENTER -17\r\nDX 0.1\r\nDY 0.2\r\n1 2 3 4\r\n"
        let grid = try read(text)
        #expect(try metres(grid, -17, -179.95) == 3)
        #expect(try metres(grid, -17, 179.85) == 1)
        #expect(try grid.height(at: place(-17, -179.7)) == .outside)
    }

    @Test func faultsNameTheLineAndTheRemedy() {
        #expect(fault("").contains("no usable 'ncols'"))
        #expect(fault(Self.header).contains("0 heights"))
        #expect(fault(Self.header + "1 2 3\n4 x 6\n").contains("line 8: 'x' is no height"))
        #expect(fault(Self.header + "1 2 3\n4 5 6\n7").contains("line 9: there are more"))
        #expect(fault(Self.header + "1 2 3\n4 5\n").contains("5 heights, and 3 columns by 2 rows"))
        #expect(fault(Self.header + "1 2 3\n4 5 99999\n").contains("line 8: no ground is 99999 m high"))
        #expect(fault(Self.header + "1 2 3\n4 5 inf\n").contains("line 8"))
        #expect(fault(Self.header + "-9999 -9999 -9999\n-9999 -9999 -9999\n").contains("no data at all"))
        #expect(fault(Self.header.replacing("104", with: "443286")).contains("Reproject it to WGS 84"))
        #expect(fault(Self.header.replacing("ncols 3", with: "ncols 1e300")).contains("'ncols'"))
        #expect(fault(Self.header.replacing("nrows 2", with: "nrows 999999")).contains("not lie on the earth"))
        #expect(fault("ncols 1000000\nnrows 1000000\nxllcorner 0\nyllcorner 0\ncellsize 1\n").contains("more than"))
        #expect(fault(Self.header.replacing("0.1", with: "-0.1")).contains("'cellsize'"))
        #expect(fault("<html>").contains("no usable 'ncols'") || fault("<html>").contains("no height"))
        #expect(fault("colour 3").contains("'colour' is no key"))
    }
}
