import Domain
import Testing

@testable import Watch

struct StreamQualityTests {
    private var quality = StreamQuality()
    private var counters = StreamCounters()
    private var now = Duration.zero

    /// One window of a stream of 100 packets.
    private mutating func pass(shed: Int64 = 0, broken: Int64 = 0) -> CameraFault? {
        counters.packets += 100
        counters.packetsShed += shed
        counters.framesDecoded += 100 - shed
        counters.decodeErrors += broken
        now += StreamQuality.window
        return quality.judge(counters, at: now)
    }

    private mutating func begin() { _ = quality.judge(counters, at: now) }

    @Test mutating func aSoundStreamHasNoFault() {
        begin()
        for _ in 0..<10 { #expect(pass(shed: 1, broken: 2) == nil) }
    }

    @Test mutating func whatIsShedMakesItOverloadedUntilTwoGoodWindowsHavePassed() {
        begin()
        #expect(pass(shed: 3) == .overloaded)
        #expect(pass() == .overloaded)
        #expect(pass(shed: 50) == .overloaded)
        #expect(pass() == .overloaded)
        #expect(pass() == nil)
    }

    @Test mutating func brokenPicturesAreToldApartFromOverload() {
        begin()
        #expect(pass(broken: 6) == .brokenPictures)
        #expect(pass(shed: 10, broken: 10) == .overloaded)
    }

    @Test mutating func looksThatAreLeftOutAreOverloadToo() {
        begin()
        counters.framesAnalysed += 50
        counters.framesLeftOut = 50
        #expect(pass() == .overloaded)
    }

    @Test mutating func nothingIsJudgedBeforeAWindowHasPassed() {
        begin()
        counters.packets = 10
        counters.packetsShed = 10
        now += .seconds(1)
        #expect(quality.judge(counters, at: now) == nil)
    }

    @Test func everyFaultHasItsWordsInBothLanguages() {
        for fault in CameraFault.allCases {
            #expect(!fault.title(in: .en).isEmpty)
            #expect(fault.title(in: .vi) != fault.title(in: .en))
        }
    }
}
