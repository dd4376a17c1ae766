import Domain
import Incidents
import Testing

/// Random scenes: what must hold of every stream of revisions.
struct IncidentPropertyTests {
    /// One random run, and what was fed to it.
    private struct Run {
        var bench: JudgeBench
        /// Times of pictures, in microseconds, and whether anything moved.
        var pictures: [(time: Int64, isSeen: Bool)] = []
    }

    private static func run(seed: UInt64, rules: [IncidentRule], gaps: Bool) -> Run {
        var random = SeededGenerator(state: seed)
        var run = Run(bench: JudgeBench(rules))
        var microseconds = Int64.random(in: 0..<2_000_000_000, using: &random)
        var isBusy = false
        for _ in 0..<600 {
            microseconds += Int64.random(in: 50_000..<400_000, using: &random)
            if Int.random(in: 0..<60, using: &random) == 0 {
                microseconds += Int64.random(in: 0..<30_000_000, using: &random)
            }
            if Int.random(in: 0..<25, using: &random) == 0 { isBusy.toggle() }
            let seconds = Double(microseconds) / 1_000_000
            let seen = isBusy && Int.random(in: 0..<3, using: &random) > 0
            let count = seen ? Int.random(in: 1...3, using: &random) : 0
            let observations = (0..<count).map { _ in
                motion(
                    seconds, track: Int.random(in: 0..<12, using: &random),
                    foot: (Double.random(in: 0...1, using: &random), Double.random(in: 0...1, using: &random)),
                    confidence: Double.random(in: 0...1, using: &random),
                    since: Bool.random(using: &random) ? seconds - Double.random(in: 0...2, using: &random) : nil)
            }
            if gaps, Int.random(in: 0..<80, using: &random) == 0 {
                run.bench.judge.streamLost(at: MediaTime(microseconds: microseconds))
                microseconds += Int64.random(in: 0..<120_000_000, using: &random)
                run.bench.revisions += run.bench.judge.streamStillLost(at: MediaTime(microseconds: microseconds))
                run.bench.revisions += run.bench.judge.streamReturned(at: MediaTime(microseconds: microseconds))
            }
            run.pictures.append((microseconds, seen))
            run.bench.revisions += run.bench.judge.consider(
                observations, at: CaptureTime(time: MediaTime(microseconds: microseconds), uncertainty: .zero))
        }
        run.bench.revisions += run.bench.judge.close(at: MediaTime(microseconds: microseconds), interrupted: true)
        return run
    }

    @Test(arguments: 0..<100)
    func everyIncidentIsOpenedAndClosedOnce(seed: Int) {
        let rules = [
            IncidentRule(kind: .motion), IncidentRule(kind: .intrusion, zone: JudgeBench.yard, quietTime: .seconds(3)),
            IncidentRule(name: "slow", kind: .motion, minimumDuration: .seconds(1), minimumConfidence: 0.3),
        ]
        let run = Self.run(seed: UInt64(seed), rules: rules, gaps: true)
        var lives: [IncidentID: [IncidentRevision]] = [:]
        for revision in run.bench.revisions { lives[revision.incident.id, default: []].append(revision) }
        #expect(!lives.isEmpty && run.bench.judge.openIncidents.isEmpty)
        for life in lives.values {
            #expect(life.first?.change == .opened && life.last?.change == .closed)
            #expect(life.dropFirst().dropLast().allSatisfy { $0.change == .updated && $0.incident.state == .open })
            #expect(life.last?.incident.state == .closed)
            for (before, after) in zip(life, life.dropFirst()) {
                #expect(before.time <= after.time && before.incident.frames <= after.incident.frames)
                #expect(before.incident.start == after.incident.start && before.incident.box == after.incident.box)
                #expect(before.incident.lastSeen <= after.incident.lastSeen)
                #expect(before.incident.confidence <= after.incident.confidence)
                #expect(after.incident.tracks.starts(with: before.incident.tracks))
                #expect(after.incident.zones.starts(with: before.incident.zones))
                if after.change == .updated { #expect(after.time - before.time >= .seconds(1)) }
            }
            #expect(life.allSatisfy { $0.incident.start <= $0.incident.lastSeen && $0.incident.lastSeen <= $0.time })
        }
        // Incidents of one rule do not overlap.
        for rule in ["motion", "intrusion-yard", "slow"] {
            let own = run.bench.incidents.filter { $0.rule == rule }
            #expect(zip(own, own.dropFirst()).allSatisfy { $0.lastSeen < $1.start })
        }
    }

    /// The plain motion rule against another way of saying the same: pictures with motion, cut at pauses of ten seconds.
    @Test(arguments: 100..<200)
    func framesAndTimesAreThoseOfThePictures(seed: Int) {
        let run = Self.run(seed: UInt64(seed), rules: [IncidentRule(kind: .motion)], gaps: false)
        var groups: [[Int64]] = []
        for picture in run.pictures where picture.isSeen {
            if let last = groups.last?.last, picture.time - last < 10_000_000 {
                groups[groups.count - 1].append(picture.time)
            } else {
                groups.append([picture.time])
            }
        }
        let incidents = run.bench.incidents
        #expect(incidents.map(\.frames) == groups.map(\.count))
        #expect(incidents.map(\.lastSeen.microseconds) == groups.compactMap(\.last))
        #expect(zip(incidents, groups).allSatisfy { $0.start.microseconds <= $1[0] })
    }

    @Test func theSameScenesGiveTheSameRevisions() {
        for seed in 0..<5 as Range<UInt64> {
            let first = Self.run(seed: seed, rules: IncidentRule.usual, gaps: true).bench.revisions
            #expect(first == Self.run(seed: seed, rules: IncidentRule.usual, gaps: true).bench.revisions)
        }
    }
}
