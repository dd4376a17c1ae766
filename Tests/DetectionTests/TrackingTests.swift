import Domain
import Foundation
import SyntheticScenes
import Testing

@testable import Detection

@Suite struct TrackingTests {
    struct Result {
        var ours = TrackingScore()
        var sort = TrackingScore()
    }

    /// The busy courtyard, followed by Lookout and, on the same regions, by SORT.
    static func score(seed: UInt64, framesPerSecond: Double, seconds: Double) throws -> Result {
        var scene = try SceneName.crowd.makeScene(
            SceneSettings(framesPerSecond: framesPerSecond, seconds: seconds, seed: seed))
        var picture = scene.makePicture()
        var mask = scene.makeTruthMask()
        var detector = MotionDetector(settings: MotionSettings(framesPerSecond: framesPerSecond))
        var baseline = SortTracker()
        var result = Result()
        for frame in 0..<scene.frameCount {
            let objects = scene.render(frame: frame, into: &picture, truth: &mask)
            let time = MediaTime(seconds: Double(frame) / framesPerSecond)
            let report = picture.withPicture { detector.analyse($0, at: time) }
            var truth: [TrackingScore.Named] = []
            var unclear: [Box] = []
            for object in objects {
                guard let box = object.box else { continue }
                if object.visibleFraction >= 0.5 {
                    truth.append(.init(id: object.id, box: box))
                } else {
                    unclear.append(box)
                }
            }
            let tracks = report.observations.filter { $0.kind == .motion }.compactMap { observation in
                observation.box.map { TrackingScore.Named(id: observation.track ?? 0, box: $0) }
            }
            result.ours.add(truth: truth, unclear: unclear, tracks: tracks)
            result.sort.add(truth: truth, unclear: unclear, tracks: baseline.follow(report.candidates))
        }
        return result
    }

    @Test func peopleKeepTheirNumbersWhereSortMixesThemUp() throws {
        let result = try Self.score(seed: 1, framesPerSecond: 10, seconds: 40)
        print("crowd: IDF1 \(result.ours.identity), SORT's \(result.sort.identity); MOTA \(result.ours.accuracy)")
        #expect(result.sort.identity < 0.8)
        #expect(result.ours.identity > 0.8)
        #expect(result.ours.accuracy > 0.7)
    }

    /// Two alike cars, one behind the other, that close up and drive on as one region of the mask.
    @Test func carsBumperToBumperKeepTheirPlaces() {
        var scene = NoisyScene(noise: 2)
        var detector = MotionDetector(settings: MotionSettings())
        var together: [Double] = []
        for n in 0..<75 {
            scene.render()
            guard n >= 20 else {
                _ = scene.analyse(with: &detector, at: Double(n) / 10)
                continue
            }
            let step = Double(n - 20)
            // The gap is closed after two seconds. Then they come towards the camera: they grow and get faster.
            let size = step < 20 ? 1 : 1 + (step - 20) / 90
            let front = Box(
                x: 300, y: 80 + 2 * step + max(0, step - 20) * 1.5 * size, width: 54 * size, height: 60 * size)
            let rear = Box(
                x: 306, y: min(front.y - 48 * size, 3.6 * step), width: 46 * size, height: 48 * size)
            for car in [rear, front] {
                scene.paint(x: Int(car.x), y: Int(car.y), width: Int(car.width), height: Int(car.height), luma: 235)
            }
            let report = scene.analyse(with: &detector, at: Double(n) / 10)
            guard step > 24 else { continue }
            for car in [rear, front] {
                let place = Box(x: car.x / 640, y: car.y / 360, width: car.width / 640, height: car.height / 360)
                together.append(report.observations.map { $0.box?.overlap(with: place) ?? 0 }.max() ?? 0)
            }
        }
        let held = together.filter { $0 > 0.3 }.count
        #expect(Double(held) > 0.9 * Double(together.count), "\(held) of \(together.count)")
    }

    /// The figure of the README: three scenes of 90 s.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LOOKOUT_SOAK"] != nil), arguments: [1, 2, 3])
    func figures(seed: UInt64) throws {
        for rate in [5.0, 10, 25] {
            let result = try Self.score(seed: seed, framesPerSecond: rate, seconds: 90)
            print(
                String(
                    format: "crowd, seed %d, %.0f pictures/s: MOTA %.3f, IDF1 %.3f, %d switches; SORT %.3f, %.3f, %d",
                    Int(seed), rate, result.ours.accuracy, result.ours.identity, result.ours.switches,
                    result.sort.accuracy, result.sort.identity, result.sort.switches))
            #expect(result.sort.identity < 0.8)
            #expect(result.ours.identity > result.sort.identity + 0.1)
        }
    }

    @Test func scoreCountsWhatHappened() {
        func box(_ x: Double) -> Box { Box(x: x, y: 0.2, width: 0.1, height: 0.3) }
        var score = TrackingScore()
        // Two objects over ten pictures; the tracks swap after five, one picture is missed, one false alarm is made.
        for picture in 0..<10 {
            let truth = [TrackingScore.Named(id: 1, box: box(0.1)), .init(id: 2, box: box(0.5))]
            var tracks = [
                TrackingScore.Named(id: picture < 5 ? 7 : 8, box: box(0.1)),
                .init(id: picture < 5 ? 8 : 7, box: box(0.5)),
            ]
            if picture == 2 { tracks.removeLast() }
            if picture == 3 { tracks.append(.init(id: 9, box: box(0.8))) }
            score.add(truth: truth, unclear: [], tracks: tracks)
        }
        #expect((score.misses, score.falseAlarms, score.switches) == (1, 1, 2))
        #expect(abs(score.accuracy - (1 - 4.0 / 20)) < 1e-9)
        // Object 1 with track 7 for five pictures and object 2 with track 8 for four, or the other way for five and five.
        #expect(abs(score.identity - 2 * 10 / (20 + 20)) < 1e-9)
    }

    @Test func assignmentIsTheCheapestOne() {
        var random = Xorshift(state: 5)
        var solver = Assignment()
        var columns: [Int] = []
        for _ in 0..<300 {
            let rows = Int(random.next() % 6)
            let width = Int(random.next() % 6)
            let costs = (0..<rows * width).map { _ in Double(random.next() % 1000) / 1000 }
            solver.solve(costs: costs, rows: rows, columns: width, limit: 0.7, into: &columns)
            let taken = columns.filter { $0 >= 0 }
            #expect(columns.count == rows && Set(taken).count == taken.count)
            let total = columns.enumerated().reduce(0.0) { $0 + ($1.1 >= 0 ? costs[$1.0 * width + $1.1] - 0.7 : 0) }
            let rowsOfCosts = (0..<rows).map { row in (0..<width).map { min(costs[row * width + $0] - 0.7, 0) } }
            #expect(abs(total - BestAssignment.total(of: rowsOfCosts)) < 1e-9)
        }
    }

    @Test func filterFindsPositionAndSpeed() {
        var random = Xorshift(state: 11)
        var filter = AxisFilter(at: 100, variance: 9, velocityVariance: 900)
        for step in 1...60 {
            filter.advance(by: 0.1, acceleration: 20)
            let noise = Double(random.next() % 1000) / 1000 - 0.5
            filter.correct(to: 100 + 4 * Double(step) + 6 * noise, variance: 3)
        }
        #expect(abs(filter.position - 340) < 3)
        #expect(abs(filter.velocity - 40) < 6)
        let certain = filter.deviation
        for _ in 0..<20 { filter.advance(by: 0.1, acceleration: 20) }
        #expect(abs(filter.position - 420) < 16)
        #expect(filter.deviation > certain)
    }
}
