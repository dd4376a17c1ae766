import Domain
import Testing

@testable import Media

/// A stream's packets with what each refers to, so that a test can tell which ones may be decoded.
private struct Picture {
    let number: Int
    let isKeyframe: Bool
    let isDisposable: Bool
    let time: Int64
    let bytes: Int
    /// Numbers of the packets it is predicted from.
    let references: [Int]
}

private struct Dice {
    var state: UInt64

    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Int(state >> 33) % range.count
    }
}

/// Groups of pictures, open and closed, with B pictures and with pictures that nothing refers to.
private func stream(groups: Int, dice: inout Dice) -> [Picture] {
    var pictures: [Picture] = []
    var shown: Int64 = 0
    func add(key: Bool = false, disposable: Bool = false, time: Int64, references: [Int], bytes: Int) {
        pictures.append(
            Picture(
                number: pictures.count, isKeyframe: key, isDisposable: disposable, time: time * 40_000, bytes: bytes,
                references: references))
    }
    for group in 0..<groups {
        let previous = pictures.last { !$0.isDisposable }?.number
        let leading = group > 0 && dice.roll(0...2) == 0 ? dice.roll(1...2) : 0
        add(key: true, time: shown + Int64(leading), references: [], bytes: dice.roll(2_000...6_000))
        let keyframe = pictures.count - 1
        for index in 0..<leading {
            let references = [keyframe] + (previous.map { [$0] } ?? [])
            add(disposable: true, time: shown + Int64(index), references: references, bytes: dice.roll(50...400))
        }
        shown += Int64(leading) + 1
        var anchor = keyframe
        for _ in 0..<dice.roll(0...12) {
            let between = dice.roll(0...2)
            add(time: shown + Int64(between), references: [anchor], bytes: dice.roll(200...1_500))
            let next = pictures.count - 1
            for index in 0..<between {
                add(
                    disposable: true, time: shown + Int64(index), references: [anchor, next],
                    bytes: dice.roll(50...400))
            }
            shown += Int64(between) + 1
            anchor = next
        }
    }
    return pictures
}

private func packet(_ picture: Picture) throws -> Packet {
    // The number travels in the first bytes.
    var bytes = [UInt8](repeating: 0, count: picture.bytes)
    for i in 0..<4 { bytes[i] = UInt8(truncatingIfNeeded: picture.number >> (8 * i)) }
    let made = Packet(
        bytes: bytes, captureTime: CaptureTime(time: MediaTime(microseconds: picture.time), uncertainty: .zero),
        isKeyframe: picture.isKeyframe, isDisposable: picture.isDisposable)
    guard let made else { throw MediaError(code: .badStream, problem: "no memory", remedy: "none") }
    return made
}

private func number(_ packet: borrowing Packet) -> Int {
    packet.withBytes { bytes in (0..<4).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) } }
}

private func popped(_ queue: PacketQueue) -> Int? {
    guard let packet = queue.pop() else { return nil }
    return number(packet)
}

@Suite struct PacketQueueTests {
    @Test(arguments: 1...60) func noPacketIsHandedOutWhoseReferenceWasShed(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        let pictures = stream(groups: 30, dice: &dice)
        let maximumBytes = dice.roll(4_000...40_000)
        let queue = PacketQueue(
            maximumBytes: maximumBytes, maximumDuration: .milliseconds(dice.roll(100...2_000)))
        // Joins in the middle of a group, and pops at a pace that changes.
        let first = dice.roll(0...20)
        var decoded: Set<Int> = []
        var order: [Int] = []
        var pushed = 0
        func take() {
            while let packet = queue.pop() {
                let number = number(packet)
                order.append(number)
                for reference in pictures[number].references {
                    #expect(decoded.contains(reference), "\(number) refers to \(reference)")
                }
                decoded.insert(number)
                if dice.roll(0...2) == 0 { break }
            }
        }
        var pace = 1
        for picture in pictures[first...] {
            _ = queue.push(try packet(picture), at: .microseconds(picture.time))
            pushed += 1
            #expect(queue.byteCount <= maximumBytes || queue.count == 1)
            if dice.roll(0...40) == 0 { pace = dice.roll(1...9) }
            if dice.roll(1...pace) == 1 { take() }
        }
        queue.close()
        while !queue.isFinished { take() }
        let shed = queue.shed
        #expect(order == order.sorted())
        #expect(order.count + shed.total + shed.beforeFirstKeyframe == pushed, "every packet is accounted for")
    }

    @Test func disposablePacketsGoFirst() throws {
        let queue = PacketQueue(maximumBytes: 10_000, maximumDuration: .seconds(60))
        for i in 0..<20 {
            let picture = Picture(
                number: i, isKeyframe: i == 0, isDisposable: i % 2 == 1, time: Int64(i), bytes: 900, references: [])
            _ = queue.push(try packet(picture), at: .microseconds(picture.time))
        }
        #expect(queue.shed == PacketQueue.Shed(disposable: 9))
        var numbers: [Int] = []
        while let packet = queue.pop() { numbers.append(number(packet)) }
        // Only as many as had to go: the newest one was spared.
        #expect(numbers == [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 19])
    }

    @Test func keyframesOutliveEverythingElse() throws {
        let queue = PacketQueue(maximumBytes: 100_000, maximumDuration: .milliseconds(500))
        for i in 0..<40 {
            let picture = Picture(
                number: i, isKeyframe: i % 10 == 0, isDisposable: false, time: Int64(i) * 20_000, bytes: 100,
                references: [])
            _ = queue.push(try packet(picture), at: .microseconds(picture.time))
        }
        var keyframes: [Int] = []
        var isFirst = true
        while let packet = queue.pop() {
            let isKeyframe = packet.isKeyframe
            if isFirst { #expect(isKeyframe) }
            isFirst = false
            if isKeyframe { keyframes.append(number(packet)) }
        }
        #expect(keyframes == [10, 20, 30] || keyframes == [20, 30])
        #expect(queue.shed.predicted > 0)
    }

    /// Eight seconds of a stream arrive at once, after the network stood still.
    @Test func aBurstWaitsWholeForAWhileAndIsShedWhereItStays() throws {
        func picture(_ i: Int) throws -> Packet {
            try packet(
                Picture(
                    number: i, isKeyframe: i % 25 == 0, isDisposable: false, time: Int64(i) * 40_000, bytes: 100,
                    references: []))
        }
        let queue = PacketQueue()
        for i in 0..<200 { _ = queue.push(try picture(i), at: .milliseconds(i)) }
        #expect(queue.count == 200 && queue.shed.total == 0)
        // It is worked off, and the next one is as welcome.
        while popped(queue) != nil {}
        for i in 200..<400 { _ = queue.push(try picture(i), at: .seconds(60)) }
        #expect(queue.count == 200 && queue.shed.total == 0)
        // Nobody works it off.
        _ = queue.push(try picture(400), at: .milliseconds(61_900))
        #expect(queue.count == 201)
        _ = queue.push(try picture(401), at: .milliseconds(62_000))
        #expect(queue.duration <= .seconds(2) && queue.shed.total > 100)
        // However quickly it comes, it has an end.
        let endless = PacketQueue()
        for i in 0..<900 { _ = endless.push(try picture(i), at: .zero) }
        #expect(endless.duration <= .seconds(15))
    }

    @Test func tinyPacketsOfOneInstantAreBoundedByTheirNumber() throws {
        let queue = PacketQueue(maximumCount: 100)
        for i in 0..<1_000 {
            let picture = Picture(
                number: i, isKeyframe: i % 20 == 0, isDisposable: false, time: 0, bytes: 4, references: [])
            _ = queue.push(try packet(picture), at: .microseconds(picture.time))
            #expect(queue.count <= 100)
        }
        #expect(queue.shed.total >= 900)
    }

    @Test func pushSaysWhenTheStrandMustBeScheduled() throws {
        let queue = PacketQueue()
        func picture(_ i: Int, key: Bool) -> Picture {
            Picture(number: i, isKeyframe: key, isDisposable: false, time: Int64(i), bytes: 10, references: [])
        }
        #expect(queue.push(try packet(picture(0, key: false)), at: .zero) == false)
        #expect(queue.push(try packet(picture(1, key: true)), at: .zero))
        #expect(queue.push(try packet(picture(2, key: false)), at: .zero) == false)
        #expect([popped(queue), popped(queue), popped(queue)] == [1, 2, nil])
        #expect(queue.push(try packet(picture(3, key: false)), at: .zero))
        queue.close()
        #expect(!queue.isFinished)
        #expect(queue.push(try packet(picture(4, key: true)), at: .zero) == false)
        #expect(popped(queue) == 3)
        #expect(queue.isFinished)
        #expect(queue.shed.beforeFirstKeyframe == 1)
    }
}
