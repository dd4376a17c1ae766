import Domain
import PixelKernels
import Testing

@testable import Detection

/// A camera that trembles.
@Suite struct SmokeRegistrationTests {
    private static let (width, height) = (240, 176)

    /// A scene of blobs some pixels wide, moved by whole pixels, in another light.
    private func picture(across: Int = 0, down: Int = 0, light: Double = 1) -> [UInt8] {
        (0..<Self.width * Self.height).map { pixel in
            let (x, y) = (pixel % Self.width - across, pixel / Self.width - down)
            func level(_ a: Int, _ b: Int) -> Int { ((a &* 7919 &+ b &* 104_729) % 65_521 + 65_521) % 65_521 % 160 }
            let (a, b) = (x >> 2, y >> 2)
            let (u, v) = (x & 3, y & 3)
            let upper = level(a, b) * (4 - u) + level(a + 1, b) * u
            let lower = level(a, b + 1) * (4 - u) + level(a + 1, b + 1) * u
            return UInt8(min(Double(40 + (upper * (4 - v) + lower * v) / 16) * light, 255))
        }
    }

    private func found(_ picture: [UInt8], in registration: inout SmokeRegistration) -> [Int] {
        let offset = registration.offset(
            of: picture.span, to: self.picture().span, width: Self.width, height: Self.height)
        return [offset.across, offset.down]
    }

    @Test(arguments: [(0, 0), (1, 0), (0, -1), (2, 2), (-3, 1), (3, -3)])
    func aMovedPictureIsMovedBack(by: (across: Int, down: Int)) {
        var registration = SmokeRegistration()
        for light in [1, 0.85, 1.2] {
            let moved = picture(across: by.across, down: by.down, light: light)
            #expect(found(moved, in: &registration) == [-by.across, -by.down], "in \(light) times the light")
        }
    }

    @Test func whatComesIntoThePictureDoesNotMoveIt() {
        var registration = SmokeRegistration()
        // A bus that fills more than a third of it drives on.
        var busy = picture(across: 2, down: -1)
        for y in 40..<150 {
            for x in 60..<210 { busy[y * Self.width + x] = UInt8(60 + (x * 3 + y) % 90) }
        }
        #expect(found(busy, in: &registration) == [-2, 1])
        let other = picture().map { 255 - $0 }
        #expect(found(other, in: &registration) == [0, 0], "another scene lies nowhere else")
    }

    @Test func aCrownThatSwaysDoesNotMoveThePicture() {
        var registration = SmokeRegistration()
        let still = picture()
        var swaying = picture(across: 2)
        // Two thirds of the picture are crown; what stands beside it has not moved.
        for y in 0..<Self.height {
            for x in 160..<Self.width { swaying[y * Self.width + x] = still[y * Self.width + x] }
        }
        #expect(found(swaying, in: &registration) == [0, 0])
    }

    @Test func aCameraThatLeansSlowlyIsFollowed() {
        var registration = SmokeRegistration()
        for lean in 0...6 {
            for _ in 0..<120 {
                #expect(found(picture(across: lean), in: &registration) == [-lean, 0])
            }
        }
    }

    /// Seen by a camera that trembles by up to two pixels, a plume is told and nothing else is.
    @Test(arguments: [true, false])
    func smokeIsSeenFromATremblingMast(plume: Bool) throws {
        let offsets = [(0, 0), (2, -1), (-1, 2), (1, 1), (-2, -2), (0, 1), (2, 0), (-1, -1), (1, -2)]
        func reports(registers: Bool) throws -> [SmokeReport] {
            var settings = SmokeSettings(regime: .near)
            settings.registers = registers
            settings.threshold = 4
            settings.earlyThreshold = 4
            var detector = SmokeDetector(
                settings: settings, model: try SmokeDetectorTests.simpleModel(by: "spreadLong", above: 6))
            return (0..<30).map { step in
                let scene = SmokeScene.picture(step, plume: plume)
                let moved = scene.moved(by: offsets[step % offsets.count])
                return moved.withView { detector.analyse($0, at: MediaTime(seconds: Double(step) / 2)) }
            }
        }
        let told = try reports(registers: true).firstIndex { !$0.observations.isEmpty }
        guard plume else {
            #expect(told == nil)
            return
        }
        #expect((12...20).contains(try #require(told)), "the plume begins on picture 12")
        // What it is good for: in pictures taken as they come everything changes, and nobody believes in smoke.
        #expect(try reports(registers: false).allSatisfy { $0.observations.isEmpty })
    }
}

extension SmokeScene {
    /// The scene as it lies when the camera has moved by whole pixels.
    fileprivate func moved(by offset: (across: Int, down: Int)) -> SmokeScene {
        func moved(_ plane: [UInt8], _ width: Int, _ height: Int, _ across: Int, _ down: Int) -> [UInt8] {
            (0..<plane.count).map { pixel in
                let x = min(max(pixel % width - across, 0), width - 1)
                let y = min(max(pixel / width - down, 0), height - 1)
                return plane[y * width + x]
            }
        }
        let (across, down) = offset
        return SmokeScene(
            luma: moved(luma, Self.width, Self.height, across, down),
            blue: moved(blue, Self.width / 2, Self.height / 2, across / 2, down / 2),
            red: moved(red, Self.width / 2, Self.height / 2, across / 2, down / 2))
    }
}
