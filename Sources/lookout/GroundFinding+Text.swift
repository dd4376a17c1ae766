import Domain
import Foundation

extension GroundFinding {
    /// The same in every language: `10.28951, 103.98432  ≤ 12 km/h`; without a position `x 4.1 m, y 17.0 m`.
    var text: String {
        let place =
            position.map { String(format: "%.5f, %.5f", $0.latitudeDegrees, $0.longitudeDegrees) }
            ?? String(format: "x %.1f m, y %.1f m", xMetres, yMetres)
        return place + (kilometresPerHour.map { String(format: "  ≤ %.0f km/h", $0) } ?? "")
    }
}
