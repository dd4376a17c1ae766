import Domain
import Foundation
import Geolocation
import SiteConfiguration

/// How a location looks in a terminal.
struct LocationText {
    let site: SiteSettings

    func lines(_ location: Location) -> [String] {
        var lines = location.lines.map { line in
            let bearing = line.sightLine
            let range = line.rangeMetres.map { "  \(fixed($0 / 1000, 2)) km" } ?? ""
            return
                "\(line.camera)  azimuth \(fixed(bearing.azimuthDegrees, 2))° ± \(fixed(bearing.azimuthSigmaDegrees, 2))°"
                + "  elevation \(fixed(bearing.elevationDegrees, 2))°\(range)"
        }
        if let refusal = location.refusal { lines.append("no position: \(refusal)") }
        guard let fix = location.fix else { return lines }
        let ellipse = fix.ellipse
        lines.append(
            "position \(fixed(fix.point.latitudeDegrees, 5)), \(fixed(fix.point.longitudeDegrees, 5)) (WGS 84)")
        if let grid = location.coordinates {
            lines.append(
                "VN-2000 X \(fixed(grid.xNorthMetres, 0)) Y \(fixed(grid.yEastMetres, 0))"
                    + " (meridian \(fixed(site.geography.vn2000MeridianDegrees, 2))°)")
        }
        lines.append(
            "95 % ellipse \(fixed(ellipse.semiMajorMetres, 0)) m by \(fixed(ellipse.semiMinorMetres, 0)) m,"
                + " major axis towards \(fixed(ellipse.orientationDegrees, 0))°")
        if fix.method == .crossBearing {
            lines.append("bearings cross under \(fixed(fix.crossingDegrees, 0))°")
        }
        if !fix.leftOut.isEmpty {
            lines.append("left out, since it disagrees: \(fix.leftOut.map(\.rawValue).joined(separator: ", "))")
        }
        if let contact = location.contact {
            lines.append(
                "range from the line of sight to the ground: \(fixed(contact.nearMetres / 1000, 2)) to"
                    + " \(fixed(contact.farMetres / 1000, 2)) km")
            if contact.passedUnknownGround {
                lines.append("the line of sight passes over cells of the elevation model without data")
            }
        }
        if let place = location.places, !place.isEmpty {
            lines += [place.title(in: .vi), place.title(in: .en)]
        }
        return lines
    }

    private func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
