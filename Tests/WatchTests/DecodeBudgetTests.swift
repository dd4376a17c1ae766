import Domain
import Testing

@testable import Watch

struct DecodeBudgetTests {
    private var budget = DecodeBudget()
    private var now = Duration.zero

    /// Verdicts on a second of 25 pictures with a keyframe in front, each of which takes 10 ms where it is decoded.
    private mutating func second(
        _ number: Int, ceiling: Double?, keyframesAlone: Bool = false, isAwaited: (MediaTime) -> Bool = { _ in true }
    ) -> [DecodeBudget.Verdict] {
        (0..<25).map { picture in
            now = .seconds(number) + .milliseconds(40 * picture)
            budget.follow(ceiling: ceiling, at: now)
            let verdict = budget.judge(
                isKeyframe: keyframesAlone || picture == 0, isDisposable: false, at: MediaTime.zero + now,
                isAwaited: isAwaited)
            if verdict == .decode { budget.spent(0.01, looked: picture % 5 == 0) }
            return verdict
        }
    }

    @Test mutating func withoutACeilingAllIsDecoded() {
        for number in 0..<10 { #expect(second(number, ceiling: nil).allSatisfy { $0 == .decode }) }
        #expect(abs(budget.wanted - 0.25) < 0.05)
    }

    @Test mutating func whoTakesLessThanTheCeilingIsLeftAlone() {
        for number in 0..<10 { #expect(second(number, ceiling: 0.3).allSatisfy { $0 == .decode }) }
        #expect(!budget.isHeldBack)
    }

    @Test mutating func aRunEndsWhereTheTimeDoesAndTheKeyframeIsAlwaysDecoded() {
        for number in 0..<10 { _ = second(number, ceiling: nil) }
        var decoded = 0
        for number in 10..<40 {
            let verdicts = second(number, ceiling: 0.1)
            #expect(verdicts[0] == .decode)
            // No picture behind one that was left out.
            let first = verdicts.firstIndex { $0 != .decode } ?? verdicts.count
            #expect(verdicts[first...].allSatisfy { $0 != .decode })
            if number >= 20 { decoded += verdicts.count { $0 == .decode } }
        }
        #expect(budget.isHeldBack)
        // 20 seconds at a tenth of a processor.
        #expect((180...220).contains(decoded), "\(decoded)")
        for number in 40..<44 { #expect(second(number, ceiling: 0.000_1).count { $0 == .decode } <= 10) }
        #expect(second(44, ceiling: 0.000_1).count { $0 == .decode } == 1)
    }

    @Test mutating func nothingIsDecodedThatNobodyLooksAtBeforeTheNextKeyframe() {
        for number in 0..<10 { _ = second(number, ceiling: nil) }
        for number in 10..<20 {
            // Looked at until the middle of each second.
            let verdicts = second(number, ceiling: 0.2) { ($0 - .zero).inSeconds < Double(number) + 0.5 }
            if number > 12 {
                #expect(verdicts.first == .decode)
                #expect(verdicts.dropFirst().allSatisfy { $0 == .passOver }, "\(verdicts)")
            }
        }
    }

    /// A camera that makes one group of pictures in four twice as long, and a look in its second half.
    @Test mutating func whereRunsVaryLooksAreNotLostWithoutAWord() {
        var picture = 0
        var lost = (counted: 0, silent: 0)
        func run(_ pictures: Int, ceiling: Double?) {
            let look = MediaTime.zero + .milliseconds(40 * (picture + 35))
            for index in 0..<pictures {
                now = .milliseconds(40 * picture)
                picture += 1
                budget.follow(ceiling: ceiling, at: now)
                let verdict = budget.judge(
                    isKeyframe: index == 0, isDisposable: false, at: MediaTime.zero + now,
                    isAwaited: { ceiling == nil || pictures == 50 && $0 >= look })
                if verdict == .decode { budget.spent(0.01, looked: index % 5 == 0) }
                guard ceiling != nil, pictures == 50, index == 35 else { continue }
                if verdict == .shed { lost.counted += 1 }
                if verdict == .passOver { lost.silent += 1 }
            }
        }
        for _ in 0..<10 { run(25, ceiling: nil) }
        for _ in 0..<20 {
            for length in [25, 25, 25, 50] { run(length, ceiling: 0.2) }
        }
        #expect(lost.silent == 0)
        // The first one teaches it that regularity cannot be trusted here.
        #expect((1...3).contains(lost.counted), "\(lost)")
    }

    @Test mutating func whatTheCameraWantsIsRememberedWhileItIsHeldBack() {
        for number in 0..<10 { _ = second(number, ceiling: nil) }
        for number in 10..<30 { _ = second(number, ceiling: 0.05) }
        #expect(budget.wanted > 0.2)
        _ = second(30, ceiling: 0.35)
        #expect(!budget.isHeldBack)
        #expect(second(31, ceiling: 0.35).allSatisfy { $0 == .decode })
    }

    @Test mutating func whereEachPictureIsAKeyframeTheyAreLeftOutOneByOne() {
        for number in 0..<10 { _ = second(number, ceiling: nil, keyframesAlone: true) }
        var decoded = 0
        for number in 10..<30 {
            let verdicts = second(number, ceiling: 0.1, keyframesAlone: true)
            if number >= 20 { decoded += verdicts.count { $0 == .decode } }
        }
        #expect(budget.isHeldBack && !budget.leavesOutRest)
        // Ten seconds at a tenth of a processor.
        #expect((80...120).contains(decoded), "\(decoded)")
        let unseen = second(30, ceiling: 0.2, keyframesAlone: true) { _ in false }
        #expect(unseen.dropFirst().allSatisfy { $0 != .decode }, "\(unseen)")
    }

    /// Two keyframes in a row, and then pictures that refer to the second.
    @Test mutating func nothingIsDecodedThatRefersToAKeyframeThatWasLeftOut() {
        for number in 0..<10 { _ = second(number, ceiling: nil, keyframesAlone: true) }
        for number in 10..<14 { _ = second(number, ceiling: 0.000_1, keyframesAlone: true) }
        now = .seconds(14)
        budget.follow(ceiling: 0.000_1, at: now)
        func verdict(isKeyframe: Bool) -> DecodeBudget.Verdict {
            now += .milliseconds(40)
            return budget.judge(isKeyframe: isKeyframe, isDisposable: false, at: MediaTime.zero + now) { _ in true }
        }
        #expect(verdict(isKeyframe: true) == .shed)
        budget.follow(ceiling: nil, at: now + .seconds(1))
        #expect(verdict(isKeyframe: false) == .shed && verdict(isKeyframe: false) == .shed)
        #expect(verdict(isKeyframe: true) == .decode && verdict(isKeyframe: false) == .decode)
    }
}
