import Domain
import Incidents
import PixelKernels

/// How well a picture shows what an incident is about, to compare pictures of one incident: large, sure, whole, sharp and
/// in the middle.
enum PictureScore {
    /// Brightness steps between neighbouring pixels at which a place counts as half sharp.
    private static let halfSharp = 6.0
    /// Places looked at in either direction.
    private static let samples = 48
    /// What lies this close to the picture's edge is probably cut by it, as a fraction of the picture.
    private static let edge = 0.004

    /// No picture scores more for the same sighting.
    static func most(of sighting: IncidentSighting) -> Double {
        let box = sighting.box
        let isCut = box.x < edge || box.y < edge || box.maxX > 1 - edge || box.maxY > 1 - edge
        let center = box.center
        let away = min(1, (square(center.x - 0.5) + square(center.y - 0.5)).squareRoot() / 0.5.squareRoot())
        return max(0, box.area).squareRoot() * (0.25 + sighting.confidence) * (isCut ? 0.5 : 1) * (1 - 0.4 * away)
    }

    static func of(_ sighting: IncidentSighting, in picture: borrowing PictureView) -> Double {
        let steps = meanStep(of: sighting.box, in: picture)
        return most(of: sighting) * steps / (steps + halfSharp)
    }

    private static func square(_ x: Double) -> Double { x * x }

    /// Mean difference of brightness between neighbouring pixels: blur and smears make it small.
    private static func meanStep(of box: Box, in picture: borrowing PictureView) -> Double {
        let luma = picture.luma
        func place(_ fraction: Double, _ count: Int) -> Int {
            Int((min(1, max(0, fraction)) * Double(count)).rounded())
        }
        let columns = place(box.x, luma.width - 1)..<max(place(box.x, luma.width - 1), place(box.maxX, luma.width - 1))
        let rows = place(box.y, luma.height - 1)..<max(place(box.y, luma.height - 1), place(box.maxY, luma.height - 1))
        guard !columns.isEmpty, !rows.isEmpty else { return 0 }
        var sum = 0
        var count = 0
        for y in stride(from: rows.lowerBound, to: rows.upperBound, by: max(1, rows.count / samples)) {
            let row = luma.row(y)
            let below = luma.row(y + 1)
            for x in stride(from: columns.lowerBound, to: columns.upperBound, by: max(1, columns.count / samples)) {
                let here = Int(row[x])
                sum += abs(Int(row[x + 1]) - here) + abs(Int(below[x]) - here)
                count += 2
            }
        }
        return Double(sum) / Double(max(1, count))
    }
}
