public import Domain
public import PixelKernels

/// Finds open flame on the colour pictures of one camera: something with the colour of fire and a bright core that
/// flickers in one place; at night, with colour or without, also the glow of a fire (`NightGlow`).
///
/// Deterministic: the same pictures with the same capture times give the same observations.
public struct FlameDetector: ~Copyable, Sendable {
    /// How much a picture without flame takes away from what others added, and the most that can add up.
    private static let decay = 0.7
    private static let most = 8.0

    private var settings: FlameSettings
    /// As it was made.
    private let usual: FlameSettings
    /// Which pictures it wants to see.
    public private(set) var schedule: AnalysisSchedule
    private var picture: SmokePicture?
    private var sourceSize = (width: 0, height: 0)
    private var tracks = SmokeTracks()
    private var previous: [UInt8] = []
    private var evidence: [Double] = []
    private var glow: NightGlow?

    public init(settings: FlameSettings = FlameSettings()) {
        self.settings = settings
        usual = settings
        schedule = AnalysisSchedule(framesPerSecond: 1 / max(settings.stepSeconds, 0.001))
    }

    /// Whether a picture taken then would be looked at.
    public func isDue(at time: MediaTime) -> Bool { schedule.isDue(at: time) }

    /// Asks for more or less from the next picture on; what it has gathered stays.
    ///
    /// - Parameters:
    ///   - bar: as a share of the evidence that it was made to ask for; above 0.
    ///   - stepSeconds: between pictures; as it was made where `nil`.
    public mutating func demand(bar: Double, stepSeconds: Double?) {
        settings.threshold = min(usual.threshold * bar, Self.most)
        let step = stepSeconds ?? usual.stepSeconds
        guard step != settings.stepSeconds else { return }
        settings.stepSeconds = step
        schedule = AnalysisSchedule(framesPerSecond: 1 / max(step, 0.001))
    }

    public mutating func streamRestarted() {
        schedule.interrupted()
        previous = []
        glow?.interrupted()
    }

    /// Analyses one picture.
    ///
    /// - Returns: kind `.flame`: each region where enough pictures spoke for a flame.
    public mutating func analyse(_ source: borrowing PictureView, at time: MediaTime) -> [Observation] {
        schedule.analysed(at: time)
        prepare(source)
        guard var picture = picture.take() else { return [] }
        picture.load(source)
        let cells = FlameCells(of: picture, after: previous, settings)
        previous = FlameCells.halved(picture)
        let geometry = picture.geometry
        self.picture = consume picture
        let half = previous
        let glows = glow?.look(at: time) { FlameCells.means(of: half, geometry) } ?? []
        defer { tracks.forget(before: time) }
        guard let cells else { return [] }
        for cell in evidence.indices {
            let change = cells.speaksForFlame[cell] ? 1 : -Self.decay
            evidence[cell] = min(max(evidence[cell] + change, 0), Self.most)
        }
        let flames = observations(geometry, cells, at: time)
        // A flame that is seen itself needs no glow.
        return flames
            + glows.map { observation(of: $0, geometry, at: time) }.filter { glow in
                !flames.contains { $0.track == glow.track }
            }
    }

    private mutating func observation(
        of glow: NightGlow.Finding, _ geometry: SmokeGeometry, at time: MediaTime
    ) -> Observation {
        let box = geometry.box(of: glow.region)
        let (track, since) = tracks.follow(box, at: time)
        return Observation(
            kind: .flame, time: time, box: box, confidence: NightGlow.confidence, track: track, since: since,
            measurements: [
                Measurement(name: "glowGrowth", value: glow.growth, threshold: NightGlow.Bound.growth),
                Measurement(name: "glowFlicker", value: glow.flicker, threshold: NightGlow.Bound.flicker.lowerBound),
            ])
    }

    private mutating func prepare(_ source: borrowing PictureView) {
        guard sourceSize != (source.width, source.height) else { return }
        sourceSize = (source.width, source.height)
        previous = []
        evidence = []
        picture = nil
        glow = nil
        tracks = SmokeTracks(following: tracks)
        let geometry = SmokeGeometry(
            sourceWidth: source.width, sourceHeight: source.height, widest: settings.widest)
        guard let geometry else { return }
        picture = SmokePicture(geometry: geometry)
        evidence = [Double](repeating: 0, count: geometry.cells)
        glow = NightGlow(columns: geometry.columns, rows: geometry.rows)
    }

    private mutating func observations(
        _ geometry: SmokeGeometry, _ cells: FlameCells, at time: MediaTime
    ) -> [Observation] {
        let regions = CellRegions.find(
            evidence.map { $0 >= settings.threshold }, columns: geometry.columns, rows: geometry.rows)
        var found: [Observation] = []
        for region in regions where region.members.count >= settings.fewestCells {
            let box = geometry.box(of: region)
            let peak = region.members.max { evidence[$0] < evidence[$1] } ?? region.members[0]
            let (track, since) = tracks.follow(box, at: time)
            found.append(
                Observation(
                    kind: .flame, time: time, box: box,
                    confidence: SmokeMath.probability(logit: evidence[peak] - settings.threshold + 1), track: track,
                    since: since,
                    measurements: [
                        Measurement(name: "evidence", value: evidence[peak], threshold: settings.threshold),
                        Measurement(
                            name: "flameColourShare", value: Double(cells.share.values[peak]),
                            threshold: Double(settings.share)),
                        Measurement(
                            name: "flicker", value: Double(cells.flicker.values[peak]),
                            threshold: Double(settings.flicker)),
                    ]))
        }
        return found
    }
}

/// What the cells of one picture say about flame.
struct FlameCells {
    /// Part of each window that has the colour of flame.
    let share: CellGrid
    /// Mean change of luma in each window since the picture before.
    let flicker: CellGrid
    let speaksForFlame: [Bool]

    /// `nil` where there is no picture before.
    init?(of picture: borrowing SmokePicture, after previous: [UInt8], _ settings: FlameSettings) {
        let geometry = picture.geometry
        let luma = Self.halved(picture)
        guard previous.count == luma.count else { return nil }
        let blue = picture.chromaU.span
        let red = picture.chromaV.span
        let side = CellSums.side / 2
        let redness = settings.redness + max(0, Self.medianRedness(picture))
        var coloured = CellGrid(columns: geometry.columns, rows: geometry.rows)
        var change = coloured
        var hasCore = [Bool](repeating: false, count: geometry.cells)
        for row in 0..<geometry.height / 2 {
            for column in 0..<geometry.width / 2 {
                let pixel = row * (geometry.width / 2) + column
                let cell = row / side * geometry.columns + column / side
                let y = Int(luma[pixel])
                let isFlame =
                    y > settings.darkest && Int(red[pixel]) - Int(blue[pixel]) > redness && red[pixel] > 140
                    && y > Int(blue[pixel])
                coloured.values[cell] += isFlame ? 1 : 0
                change.values[cell] += Float(abs(y - Int(previous[pixel])))
                if y > settings.core { hasCore[cell] = true }
            }
        }
        let pixels = Float(side * side)
        share = coloured.map { $0 / pixels }.mean(over: 3)
        flicker = change.map { $0 / pixels }.mean(over: 3)
        let core = CellGrid(columns: geometry.columns, rows: geometry.rows, flags: hasCore).sum(
            over: 3, beyondEdge: .nothing)
        let (share, flicker) = (share, flicker)
        let changed = flicker.values.count { $0 > settings.flicker }
        let isStill = Double(changed) <= settings.mostOfPicture * Double(geometry.cells)
        speaksForFlame = (0..<geometry.cells).map { cell in
            isStill && share.values[cell] > settings.share && flicker.values[cell] > settings.flicker
                && core.values[cell] > 0
        }
    }

    /// Cr less Cb of the middle one of all pixels.
    private static func medianRedness(_ picture: borrowing SmokePicture) -> Int {
        let blue = picture.chromaU.span
        let red = picture.chromaV.span
        var counts = [Int](repeating: 0, count: 511)
        for pixel in 0..<blue.count { counts[255 + Int(red[pixel]) - Int(blue[pixel])] += 1 }
        var below = 0
        for (difference, count) in counts.enumerated() {
            below += count
            if 2 * below >= blue.count { return difference - 255 }
        }
        return 0
    }

    /// Mean luma of each cell.
    ///
    /// - Parameter half: what `halved` gives.
    static func means(of half: [UInt8], _ geometry: SmokeGeometry) -> [Float] {
        let side = CellSums.side / 2
        let width = geometry.width / 2
        var sums = [Int](repeating: 0, count: geometry.cells)
        for row in 0..<geometry.height / 2 {
            for column in 0..<width {
                sums[row / side * geometry.columns + column / side] += Int(half[row * width + column])
            }
        }
        return sums.map { Float($0) / Float(side * side) }
    }

    /// Luma at half size, where each pixel has its own chroma.
    static func halved(_ picture: borrowing SmokePicture) -> [UInt8] {
        let width = picture.geometry.width
        let luma = picture.luma.span
        var half = [UInt8](repeating: 0, count: picture.geometry.pixels / 4)
        for row in 0..<picture.geometry.height / 2 {
            for column in 0..<width / 2 {
                let at = 2 * row * width + 2 * column
                let sum =
                    UInt16(luma[at]) &+ UInt16(luma[at + 1]) &+ UInt16(luma[at + width]) &+ UInt16(luma[at + width + 1])
                half[row * (width / 2) + column] = UInt8((sum + 2) / 4)
            }
        }
        return half
    }
}
