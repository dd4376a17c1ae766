import Detection
import Domain
import Testing

@testable import Watch

/// Cameras that share one simulated processor: the policy, the budgets and the order of the worker pool, in virtual time.
private struct SimulatedSite {
    struct Camera {
        var rank: OverloadPolicy.Rank
        /// Processor seconds that a picture takes to decode, and to look at.
        var decoding: Double
        var looking: Double
        var looks: AnalysisSchedule
        var halved: HalvedLooks
        var budget = DecodeBudget()
        var queue: [Int] = []
        var arrived = 0
        var turn = 0.0
        var caughtUp = 0.0
        var awaitsKeyframe = false
        var lookedAt = 0
        /// Packets that somebody would have looked at, or that others refer to.
        var lost = 0
        var looksForSmoke: Bool { looking > 0.01 }

        init(rank: OverloadPolicy.Rank, decoding: Double, looking: Double, looksPerSecond: Double) {
            self.rank = rank
            self.decoding = decoding
            self.looking = looking
            looks = AnalysisSchedule(framesPerSecond: looksPerSecond)
            halved = HalvedLooks(motionPerSecond: looksPerSecond, smokeStepSeconds: 1 / looksPerSecond)
        }
    }

    static let framesPerSecond = 25.0
    static let keyframeEvery = 20

    var policy = OverloadPolicy()
    var cameras: [Camera]
    var now = 0.0
    var busy = 0.0
    private var idle = 0.0
    private var urgentInARow = 0

    init(_ cameras: [Camera]) { self.cameras = cameras }

    mutating func run(until end: Double) {
        while now < end {
            for index in cameras.indices { arrive(index) }
            let waiting = cameras.indices.filter { !cameras[$0].queue.isEmpty }
            let urgent = waiting.filter { cameras[$0].rank == .urgent }
            let usual = waiting.filter { cameras[$0].rank == .usual }
            let takesUsual = urgent.isEmpty || urgentInARow >= 7 && !usual.isEmpty
            urgentInARow = takesUsual ? 0 : urgentInARow + 1
            guard let next = (takesUsual ? usual : urgent).min(by: { cameras[$0].turn < cameras[$1].turn }) else {
                now += 0.001
                idle += 0.001
                continue
            }
            slice(next)
        }
    }

    private mutating func arrive(_ index: Int) {
        let count = Int(max(0, now - Self.phase(index)) * Self.framesPerSecond)
        while cameras[index].arrived < count {
            if cameras[index].queue.isEmpty { cameras[index].turn = max(cameras[index].turn, floor) }
            cameras[index].queue.append(cameras[index].arrived)
            cameras[index].arrived += 1
        }
        // The queue holds two seconds.
        while let first = cameras[index].queue.first, now - Self.phase(index) - Self.time(first) > 2 {
            cameras[index].queue.removeFirst()
            cameras[index].awaitsKeyframe = true
            cameras[index].lost += 1
        }
    }

    private var floor: Double { cameras.filter { !$0.queue.isEmpty }.map(\.turn).min() ?? 0 }

    /// Cameras do not send their keyframes together.
    private static func phase(_ index: Int) -> Double { 0.037 * Double(index) }

    private static func time(_ packet: Int) -> Double { Double(packet) / framesPerSecond }

    private mutating func slice(_ index: Int) {
        for _ in 0..<8 {
            guard let packet = cameras[index].queue.first else { break }
            cameras[index].queue.removeFirst()
            let cost = take(packet, of: index)
            now += cost
            busy += cost
            cameras[index].turn += cost
        }
        if cameras[index].queue.isEmpty { cameras[index].caughtUp = now }
    }

    /// - Returns: processor seconds that it took.
    private mutating func take(_ packet: Int, of index: Int) -> Double {
        var camera = cameras[index]
        defer { cameras[index] = camera }
        let lag = min(now - Self.phase(index) - Self.time(packet), now - camera.caughtUp)
        let report = OverloadPolicy.Report(rank: camera.rank, lag: .seconds(lag), wanted: camera.budget.wanted)
        let ceiling = policy.take(report, idle: .seconds(idle), at: .seconds(now))
        camera.budget.follow(ceiling: ceiling, at: .seconds(now))
        let time = MediaTime(seconds: Self.time(packet))
        let isKeyframe = packet % Self.keyframeEvery == 0
        let half = camera.looksForSmoke ? camera.halved.smoke ?? camera.looks : camera.halved.motion
        let schedule = camera.budget.isHeldBack ? half : camera.looks
        let verdict = camera.budget.judge(isKeyframe: isKeyframe, isDisposable: false, at: time) {
            schedule.isDue(at: $0)
        }
        if isKeyframe { camera.awaitsKeyframe = false }
        guard verdict == .decode, !camera.awaitsKeyframe else {
            if verdict != .passOver { camera.lost += 1 }
            return 1e-6
        }
        var cost = camera.decoding
        let looks = schedule.isDue(at: time)
        if looks {
            camera.halved.motionAnalysed(at: time)
            camera.halved.smokeAnalysed(at: time)
            camera.looks.analysed(at: time)
            camera.lookedAt += 1
            cost += camera.looking
        }
        camera.budget.spent(cost, looked: looks)
        return cost
    }

    /// Starts counting anew.
    mutating func forget() {
        busy = 0
        for index in cameras.indices { (cameras[index].lookedAt, cameras[index].lost) = (0, 0) }
    }
}

struct OverloadPolicyTests {
    private typealias Camera = SimulatedSite.Camera

    private static func armed() -> Camera {
        Camera(rank: .urgent, decoding: 0.0036, looking: 0.0016, looksPerSecond: 10)
    }
    private static func smoke() -> Camera {
        Camera(rank: .urgent, decoding: 0.0036, looking: 0.036, looksPerSecond: 2)
    }
    /// Like pictures do not cost quite the same.
    private static func plain(_ number: Int) -> Camera {
        Camera(rank: .usual, decoding: 0.0034 + 0.0002 * Double(number % 3), looking: 0.0016, looksPerSecond: 10)
    }

    /// Shares of the looks that were lost in 60 seconds, after the site has settled.
    private static func lossesInAMinute(
        _ site: inout SimulatedSite, rates: [Double], settling: Double = 60
    ) -> [Double] {
        site.run(until: site.now + settling)
        site.forget()
        let begun = site.now
        site.run(until: begun + 60)
        return zip(site.cameras, rates).map { 1 - Double($0.lookedAt) / ($1 * (site.now - begun)) }
    }

    @Test func nothingIsLostWhileThereIsTime() {
        var site = SimulatedSite((0..<7).map(Self.plain))
        let lost = Self.lossesInAMinute(&site, rates: Array(repeating: 10, count: 7))
        #expect(lost.allSatisfy { abs($0) < 0.01 }, "\(lost)")
        #expect(site.cameras.allSatisfy { $0.lost == 0 })
    }

    private static func shed(_ site: SimulatedSite) -> [Double] {
        site.cameras.map { Double($0.lost) / (60 * SimulatedSite.framesPerSecond) }
    }

    @Test func aLittleTooMuchCostsLooksBeforePictures() {
        var site = SimulatedSite((0..<10).map(Self.plain))
        let lost = Self.lossesInAMinute(&site, rates: Array(repeating: 10, count: 10))
        #expect(lost.allSatisfy { $0 < 0.52 }, "\(lost)")
        #expect(Self.shed(site).allSatisfy { $0 < 0.1 }, "\(Self.shed(site))")
        #expect(site.busy > 0.65 * 60, "\(site.busy)")
    }

    @Test func likeCamerasLoseAlike() {
        var site = SimulatedSite((0..<20).map(Self.plain))
        let lost = Self.lossesInAMinute(&site, rates: Array(repeating: 10, count: 20))
        #expect(lost.max()! - lost.min()! < 0.05, "\(lost)")
        #expect(Self.shed(site).max()! - Self.shed(site).min()! < 0.1, "\(Self.shed(site))")
        #expect(site.busy > 0.7 * 60, "\(site.busy)")
    }

    @Test func armedZonesAndSmokeGoShortLast() {
        let (armed, smoke, plain) = (0..<5, 5..<10, 10..<20)
        var site = SimulatedSite(
            armed.map { _ in Self.armed() } + smoke.map { _ in Self.smoke() } + plain.map(Self.plain))
        let rates = armed.map { _ in 10.0 } + smoke.map { _ in 2.0 } + plain.map { _ in 10.0 }
        let lost = Self.lossesInAMinute(&site, rates: rates, settling: 180)
        // There is time for what armed zones want, and for half of the looks for smoke.
        #expect(lost[armed].max()! < 0.1, "\(lost)")
        #expect(Self.shed(site)[armed].max()! < 0.05, "\(Self.shed(site))")
        #expect(lost[smoke].max()! < 0.55, "\(lost)")
        // Keyframes alone, and each of them.
        #expect(lost[plain].min()! > 0.85 && lost[plain].max()! < 0.9, "\(lost)")
        for like in [armed, smoke, plain] { #expect(lost[like].max()! - lost[like].min()! < 0.05, "\(lost)") }
    }

    @Test func aDearCameraDoesNotTakeFromCheapOnes() {
        let dear = Camera(rank: .usual, decoding: 0.02, looking: 0.001, looksPerSecond: 10)
        var site = SimulatedSite([dear] + (0..<6).map(Self.plain))
        let lost = Self.lossesInAMinute(&site, rates: Array(repeating: 10, count: 7))
        #expect(lost[0] > 0.2 && lost[0] < 0.9, "\(lost)")
        #expect(lost.dropFirst().allSatisfy { $0 < 0.05 }, "\(lost)")
    }

    @Test func allIsWellAgainWhenTheLoadGoes() {
        var site = SimulatedSite((0..<20).map(Self.plain))
        site.run(until: 60)
        site.cameras.removeLast(15)
        let begun = site.now
        var recovered: Double?
        while recovered == nil, site.now < begun + 300 {
            site.run(until: site.now + 1)
            if !site.cameras.contains(where: \.budget.isHeldBack) { recovered = site.now - begun }
        }
        #expect(recovered.map { $0 < 120 } ?? false, "\(recovered ?? -1) s")
    }

    /// A cheap camera that has nothing to give must not keep those that have from being relieved.
    @Test func urgentCamerasAreHeldBackBesideAUsualOneThatTakesNothing() {
        var policy = OverloadPolicy()
        var ceiling: Double?
        for step in 0..<200 {
            let now = Duration.milliseconds(100 * step)
            _ = policy.take(.init(rank: .usual, lag: .zero, wanted: 0.001), idle: .zero, at: now)
            ceiling = policy.take(.init(rank: .urgent, lag: .seconds(2), wanted: 0.5), idle: .zero, at: now)
        }
        #expect(ceiling.map { $0 < 0.5 } ?? false, "\(String(describing: ceiling))")
    }
}
