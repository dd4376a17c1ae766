import Domain
import Incidents
import PixelKernels
import Testing

@testable import Watch

struct BestPicturesTests {
    private static let width = 160
    private static let height = 90

    /// Stripes, sharp or smeared.
    private static func pixels(smeared: Bool = false) -> [UInt8] {
        func pixel(_ x: Int) -> UInt8 {
            if smeared { return x / 4 % 2 == 0 ? 128 : 148 }
            return x % 2 == 0 ? 60 : 190
        }
        let row = (0..<width).map(pixel)
        return (0..<height).flatMap { _ in row }
    }

    private var best = BestPictures<Int>()
    private var number = 0

    private static func incident(_ name: String, _ state: Incident.State = .open) -> Incident {
        var incident = Incident(
            id: IncidentID(name), kind: .motion, camera: CameraID("gate"), severity: .info, start: .zero,
            confidence: 0.5, box: nil, rule: "motion")
        incident.state = state
        return incident
    }

    private static func middle(_ size: Double) -> Box {
        Box(x: 0.5 - size / 2, y: 0.5 - size / 2, width: size, height: size)
    }

    private mutating func see(
        _ name: String = "one", at second: Double, _ box: Box, confidence: Double = 0.8, smeared: Bool = false
    ) {
        number += 1
        let pixels = Self.pixels(smeared: smeared)
        let luma = PlaneView(pixels: pixels.span, width: Self.width, height: Self.height, stride: Self.width)
        let sighting = IncidentSighting(incident: Self.incident(name), box: box, confidence: confidence)
        let held = number
        best.consider(
            [sighting], in: PictureView(luma: luma, chromaU: nil, chromaV: nil, range: .full),
            at: MediaTime(seconds: second)
        ) { held }
    }

    private mutating func close(_ name: String = "one", at second: Double) -> [BestPictures<Int>.Found] {
        let closed = IncidentRevision(incident: Self.incident(name, .closed), change: .closed, time: .zero)
        return best.take(closedBy: [closed], at: MediaTime(seconds: second))
    }

    @Test mutating func theLargestSurestAndSharpestIsKept() {
        see(at: 0, Self.middle(0.1))
        see(at: 1, Self.middle(0.2))
        see(at: 2, Self.middle(0.3))
        // Larger, but smeared; as large, but cut by the edge; as large, but less sure.
        see(at: 3, Self.middle(0.32), smeared: true)
        see(at: 4, Box(x: 0, y: 0.3, width: 0.3, height: 0.3))
        see(at: 5, Self.middle(0.3), confidence: 0.2)
        let found = close(at: 6)
        #expect(found.map(\.picture) == [3])
        #expect(found.first?.time == MediaTime(seconds: 2))
        #expect(found.first?.box == Self.middle(0.3))
        #expect(close(at: 7).isEmpty)
    }

    @Test mutating func whereTheFirstPictureIsTheBestThereIsNoOther() {
        see(at: 0, Self.middle(0.3))
        see(at: 1, Self.middle(0.31))
        see(at: 2, Self.middle(0.1))
        #expect(close(at: 3).isEmpty)
    }

    @Test mutating func aLongIncidentIsShownBeforeItEndsAndAtMostOnceAMinute() {
        see(at: 0, Self.middle(0.1))
        var told: [Double] = []
        for second in 1..<200 {
            see(at: Double(second), Self.middle(0.1 * (1 + Double(second) / 25)))
            let found = best.take(closedBy: [], at: MediaTime(seconds: Double(second)))
            if !found.isEmpty { told.append(Double(second)) }
        }
        #expect(told == [10, 70, 130, 190])
        #expect(close(at: 200).count <= 1)
    }

    @Test mutating func noMorePicturesAreHeldThanAFew() {
        for name in 0..<10 { see("incident-\(name)", at: 0, Self.middle(0.1)) }
        for name in 0..<10 { see("incident-\(name)", at: 1, Self.middle(0.3)) }
        let kept = (0..<10).flatMap { close("incident-\($0)", at: 2) }
        #expect(kept.count == 4)
    }
}
