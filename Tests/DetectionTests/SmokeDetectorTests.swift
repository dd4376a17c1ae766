import Domain
import PixelKernels
import Testing

@testable import Detection

@Suite struct SmokeDetectorTests {
    /// One tree with one node: log-odds 3 where the window has become lighter for long, else -3.
    ///
    /// - Parameter name: of another value that decides, and the most at which nothing is said to burn.
    static func simpleModel(by name: String = "longOver5", above most: Float = 8) throws -> SmokeModel {
        let feature = try #require(SmokeFeature.names.firstIndex(of: name))
        let tree = SmokeTrees.Tree(feature: [feature], threshold: [most], left: [-1], right: [-2], leaf: [-3, 3])
        let trees: SmokeTrees = try #require(SmokeTrees([tree], features: SmokeFeature.names))
        return SmokeModel(trees: trees, networks: [], hashes: [])
    }

    private func run(plume: Bool, from first: Int = 0, stepSeconds: Double = 60, bar: Double = 1) throws
        -> [SmokeReport]
    {
        var detector = SmokeDetector(settings: SmokeSettings(regime: .tower), model: try Self.simpleModel())
        return (first..<24).map { step in
            let time = MediaTime(seconds: Double(step) * stepSeconds)
            detector.demand(bar: bar, stepSeconds: nil)
            return SmokeScene.picture(step, plume: plume).withView { detector.analyse($0, at: time) }
        }
    }

    @Test func aPlumeIsReportedOnceItLasts() throws {
        let reports = try run(plume: true)
        let first = try #require(reports.firstIndex { !$0.observations.isEmpty })
        #expect((12...18).contains(first), "first report on picture \(first); the plume begins on picture 12")
        let observation = reports[first].observations[0]
        #expect(observation.kind == .smoke)
        let box = try #require(observation.box)
        #expect(box.intersectionArea(with: Box(x: 0.3, y: 0.3, width: 0.3, height: 0.42)) > 0.5 * box.area, "\(box)")
        #expect(observation.measurements.contains { $0.name == "evidence" && $0.value >= ($0.threshold ?? .infinity) })
        // The one value that the tree asks about is the one that weighed, by the way from one leaf to the other.
        let reason = try #require(observation.measurements.first { $0.weight != nil })
        #expect(reason.name == "longOver5" && reason.weight == 6 && reason.value > 8, "\(reason)")
        #expect(observation.measurements.count { $0.weight != nil } == 1)
        let tracks = Set(reports.flatMap(\.observations).map(\.track))
        #expect(tracks.count == 1, "one plume is one track, not \(tracks)")
    }

    /// Before it is told of, a plume is a near miss of the same track, with its evidence beside the bar.
    @Test func whatComesNearTheBarIsSaidToHaveDone() throws {
        let reports = try run(plume: true, bar: 1.3)
        let first = try #require(reports.firstIndex { !$0.observations.isEmpty })
        let missed = reports[..<first].flatMap(\.nearMisses)
        let nearest = try #require(missed.last)
        #expect(nearest.reason == .belowBar && nearest.observation.track == reports[first].observations[0].track)
        #expect(reports[first].observations[0].since == MediaTime(seconds: Double(first) * 60))
        for miss in missed {
            let evidence = try #require(miss.observation.measurements.first { $0.name == "evidence" })
            let bar = try #require(evidence.threshold)
            #expect(evidence.value >= bar / 2 && evidence.value < bar)
        }
        #expect(
            reports.allSatisfy { report in
                !report.nearMisses.contains { miss in
                    report.observations.contains { $0.track == miss.observation.track }
                }
            })
        #expect(try run(plume: false).allSatisfy(\.nearMisses.isEmpty))
    }

    @Test func whatIsToldCanBeTakenBackWithItsReason() {
        let told = Observation(
            kind: .smoke, time: .zero, confidence: 0.8, track: 1,
            measurements: [Measurement(name: "evidence", value: 5, threshold: 3.5)])
        var other = told
        other.track = 2
        var report = SmokeReport(isLearning: false, observations: [told, other])
        report.suppress(.tooShort) {
            $0.track == 1 ? Measurement(name: "staySeconds", value: 10, threshold: 60) : nil
        }
        #expect(report.observations == [other])
        #expect(report.nearMisses.map(\.reason) == [.tooShort])
        #expect(report.nearMisses.first?.observation.measurements.map(\.name) == ["staySeconds", "evidence"])
    }

    @Test func everyMeasuredValueHasWordsInBothLanguages() {
        for name in SmokeFeature.names + ["evidence", "probability", "cells"] {
            let value = Measurement(name: name, value: 1)
            let (english, vietnamese) = (value.meaning(in: .en), value.meaning(in: .vi))
            #expect(english != nil && vietnamese != nil && english != vietnamese, "\(name)")
        }
        #expect(Measurement(name: "areaFraction", value: 1).meaning(in: .en) == nil)
    }

    @Test func nothingIsReportedWhereNothingRises() throws {
        let reports = try run(plume: false)
        #expect(reports.allSatisfy { $0.observations.isEmpty })
        #expect(reports.prefix(9).allSatisfy { $0.isLearning })
        #expect(reports.suffix(10).allSatisfy { !$0.isLearning })
    }

    /// On dangerous days less evidence is asked for, from the next picture on.
    @Test func aLowerBarIsReachedSooner() throws {
        func first(_ bar: Double) throws -> (picture: Int, threshold: Double?) {
            let reports = try run(plume: true, bar: bar)
            let found = try #require(reports.firstIndex { !$0.observations.isEmpty }, "bar \(bar)")
            return (found, reports[found].observations[0].measurements.first { $0.name == "evidence" }?.threshold)
        }
        let usual = SmokeSettings(regime: .tower).threshold
        let (low, middle, high) = (try first(0.5), try first(1), try first(2))
        #expect(low.picture < high.picture && low.picture <= middle.picture && middle.picture <= high.picture)
        #expect(low.threshold == usual * 0.5 && middle.threshold == usual && high.threshold == usual * 2)
    }

    @Test func theStepFollowsTheDemand() throws {
        var detector = SmokeDetector(settings: SmokeSettings(regime: .near), model: try Self.simpleModel())
        detector.demand(bar: 1, stepSeconds: 2)
        _ = SmokeScene.picture(0, plume: false).withView { detector.analyse($0, at: .zero) }
        let due = [1.0, 2].map { [schedule = detector.schedule] in schedule.isDue(at: MediaTime(seconds: $0)) }
        #expect(due == [false, true])
        detector.demand(bar: 1, stepSeconds: nil)
        _ = SmokeScene.picture(0, plume: false).withView { detector.analyse($0, at: MediaTime(seconds: 2)) }
        let isDue = detector.isDue(at: MediaTime(seconds: 2.5))
        #expect(isDue)
    }

    @Test func theSamePicturesGiveTheSameReports() throws {
        let first = try run(plume: true)
        let second = try run(plume: true)
        #expect(first == second)
    }

    @Test func picturesBetweenTwoStepsAreNotDue() throws {
        var detector = SmokeDetector(settings: SmokeSettings(regime: .near), model: try Self.simpleModel())
        var looked = 0
        for picture in 0..<100 {
            let time = MediaTime(seconds: Double(picture) * 0.04)
            guard detector.isDue(at: time) else { continue }
            looked += 1
            _ = SmokeScene.picture(0, plume: false).withView { detector.analyse($0, at: time) }
        }
        #expect((8...9).contains(looked), "\(looked) pictures in four seconds")
    }

    @Test func picturesTooSmallToSeeAnythingOnAreLearningForEver() throws {
        var detector = SmokeDetector(settings: SmokeSettings(regime: .near), model: try Self.simpleModel())
        let pixels = [UInt8](repeating: 90, count: 40 * 30)
        let report = detector.analyse(
            PictureView(
                luma: PlaneView(pixels: pixels.span, width: 40, height: 30, stride: 40), chromaU: nil, chromaV: nil,
                range: .full), at: .zero)
        #expect(report == SmokeReport(isLearning: true))
    }

    @Test func unsoundTreesAreRefused() {
        func trees(_ feature: Int, _ left: Int, _ right: Int) -> SmokeTrees? {
            SmokeTrees(
                [.init(feature: [feature], threshold: [0], left: [left], right: [right], leaf: [1, 2])],
                features: SmokeFeature.names)
        }
        #expect(trees(0, -1, -2) != nil)
        #expect(trees(47, -1, -2) == nil, "there is no such value")
        #expect(trees(0, 0, -2) == nil, "a node leads back to itself")
        #expect(trees(0, -1, -3) == nil, "there is no such leaf")
        #expect(trees(0, 1, -2) == nil, "there is no such node")
        #expect(SmokeTrees([], features: SmokeFeature.names) == nil)
    }

    @Test func evidenceOfAPictureThatChangesEverywhereDoesNotCount() {
        let settings = SmokeSettings(regime: .tower)
        var evidence = SmokeEvidence(columns: 20, rows: 16, settings: settings)
        let unknown = [Int](repeating: 0, count: 20)
        for _ in 0..<10 { evidence.take(CellGrid(columns: 20, rows: 16, filledWith: 0.99), horizon: unknown) }
        #expect(evidence.regions(threshold: settings.threshold, horizon: nil).isEmpty)
        var grid = CellGrid(columns: 20, rows: 16)
        for row in 2...6 {
            for column in 5...9 { grid.values[row * 20 + column] = 0.99 }
        }
        for _ in 0..<4 { evidence.take(grid, horizon: unknown) }
        let regions = evidence.regions(threshold: settings.threshold, horizon: nil)
        #expect(regions.count == 1)
        let sky = [Int](repeating: 15, count: 20)
        #expect(evidence.regions(threshold: settings.threshold, horizon: sky).isEmpty, "it hangs in the sky")
    }

    /// What is told after ten pictures in which these blocks of 3x3 windows look like smoke, under a sky of eight rows.
    private func regions(_ blocks: [(column: Int, row: Int)], probability: Float = 0.99) -> [SmokeEvidence.Region] {
        let settings = SmokeSettings(regime: .tower)
        let (columns, rows) = (40, 20)
        let sky = [Int](repeating: 8, count: columns)
        var grid = CellGrid(columns: columns, rows: rows)
        for block in blocks {
            for row in block.row..<block.row + 3 {
                for column in block.column..<block.column + 3 { grid.values[row * columns + column] = probability }
            }
        }
        var evidence = SmokeEvidence(columns: columns, rows: rows, settings: settings)
        for _ in 0..<10 { evidence.take(grid, horizon: sky) }
        return evidence.regions(threshold: settings.threshold, horizon: sky)
    }

    @Test func cloudsAllOverTheSkyDoNotCountAndAPlumeDoes() {
        let plume = (column: 20, row: 5)
        #expect(regions([plume]).count == 1)
        // Sixteen clouds of nine windows hide 45 % of the sky.
        let clouds = (0..<16).map { (column: 5 * ($0 % 8), row: $0 < 8 ? 1 : 5) }
        #expect(regions(clouds).isEmpty)
        let overLand = (column: 20, row: 13)
        let told = regions(clouds + [overLand])
        #expect(told.count == 1, "smoke before the land is seen under clouds, too")
        #expect(told.allSatisfy { $0.cells.top >= 9 })
    }

    @Test func whatTheSkyShowsElsewhereIsNoReasonToBelieveInAPlume() {
        let plume = (column: 6, row: 5)
        #expect(regions([plume], probability: 0.85).count == 1)
        let cloud = (column: 33, row: 5)
        #expect(regions([plume, cloud], probability: 0.85).isEmpty, "each speaks against the other")
        let drift = (column: 12, row: 2)
        #expect(!regions([plume, drift], probability: 0.85).isEmpty, "near by it may be the same plume")
        let overLand = (column: 6, row: 14)
        let told = regions([overLand, cloud, (column: 17, row: 5)], probability: 0.85)
        #expect(told.count == 1 && told[0].cells.top > 10, "before the land it counts all the same")
    }

    /// Width and height of pictures, and the width at which each detail looks at them.
    @Test(arguments: [
        (480, 272, [480, 960]), (640, 360, [640, 1280]), (960, 540, [480, 960]), (1280, 720, [640, 1280]),
        (1920, 1080, [640, 960]), (3840, 2160, [640, 1280]),
    ])
    func detailDecidesAtWhichSizeIsLooked(width: Int, height: Int, expected: [Int]) throws {
        for (detail, wanted) in zip(SmokeSettings.Detail.allCases, expected) {
            let settings = SmokeSettings(regime: .near, detail: detail)
            let geometry = try #require(
                SmokeGeometry(
                    sourceWidth: width, sourceHeight: height, widest: settings.widest, enlarges: settings.enlarges))
            #expect(geometry.width == wanted && geometry.width <= settings.widest, "\(detail)")
            // The cell in the middle of the picture is there in the source, too.
            let middle = geometry.rows / 2 * geometry.columns + geometry.columns / 2
            let box = geometry.box(of: CellRegion(members: [middle], columns: geometry.columns))
            #expect(abs(box.x - 0.5) < 0.01 && abs(box.y - 0.5) < 0.03)
            #expect(abs(box.width * Double(wanted) - 8) < 0.1)
        }
    }

    @Test func aDoubledPictureIsTheSourceInterpolated() throws {
        let geometry = try #require(SmokeGeometry(sourceWidth: 160, sourceHeight: 128, widest: 320, enlarges: true))
        let luma = (0..<160 * 128).map { UInt8($0 % 160) }
        let chroma = (0..<80 * 64).map { UInt8(100 + $0 / 80) }
        var picture = SmokePicture(geometry: geometry)
        picture.load(
            PictureView(
                luma: PlaneView(pixels: luma.span, width: 160, height: 128, stride: 160),
                chromaU: PlaneView(pixels: chroma.span, width: 80, height: 64, stride: 80), chromaV: nil, range: .full))
        #expect(picture.luma.span[200 * 320 + 101] == 50 && picture.luma.span[200 * 320 + 103] == 51)
        #expect(picture.chromaU.span[61 * 160 + 30] == 130, "row 30.25 of the source")
        #expect(picture.chromaV.span[0] == 128)
    }
}
