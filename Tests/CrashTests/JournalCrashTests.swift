import Domain
import Foundation
import Journal
import JournalTestSupport
import Testing

/// What a subscriber was told of outlives its process, and, through a disk that forgets what was not synchronised, its
/// machine.
@Suite(.serialized) struct JournalCrashTests {
    /// The number of kills that the figures of the project name; a sanitizer run may ask for fewer.
    static let kills = Int(ProcessInfo.processInfo.environment["LOOKOUT_KILLS"] ?? "") ?? 200

    @Test func nothingToldIsLostWhenTheProcessIsKilled() async throws {
        let directory = try TemporaryDirectory()
        let loss = try await Procedure(directory: directory.path, disk: nil, durability: "full", seed: 11)
            .run(kills: Self.kills)
        #expect(loss == nil)
    }

    @Test(arguments: [0, 50])
    func nothingToldIsLostWhenPowerFails(luckPercent: Int) async throws {
        let directory = try TemporaryDirectory()
        let disk = try ForgetfulDisk(in: directory.path)
        let loss = try await Procedure(
            directory: disk.live, disk: disk, durability: "full", seed: 12, luckPercent: luckPercent
        ).run(kills: luckPercent == 0 ? Self.kills : Self.kills / 4)
        #expect(loss == nil)
    }

    /// The procedure above proves something only if it finds the loss where there is one.
    @Test(arguments: ["off", "normal"])
    func lessThanFullIsFoundOut(durability: String) async throws {
        let directory = try TemporaryDirectory()
        let disk = try ForgetfulDisk(in: directory.path)
        let loss = try await Procedure(directory: disk.live, disk: disk, durability: durability, seed: 13)
            .run(kills: Self.kills)
        #expect(loss != nil, "synchronous=\(durability.uppercased()) lost nothing, so the procedure proves nothing")
        print("crash test: synchronous=\(durability.uppercased()): \(loss ?? "nothing lost")")
    }

    @Test func aFullDiskStopsNothingForGood() async throws {
        let directory = try TemporaryDirectory()
        let disk = try ForgetfulDisk(in: directory.path)
        let environment = disk.environment(seed: 14)
        let told = try await onThread {
            let child = try ChildProcess(
                StorageWriterProcess.executable, ["incidents", disk.live, "14", "full"], environment: environment)
            try child.wait(for: "told 20 ")
            for round in 1...3 {
                try Data().write(to: URL(fileURLWithPath: disk.fullMark))
                try child.wait(for: "full")
                usleep(30_000)
                try FileManager.default.removeItem(atPath: disk.fullMark)
                try child.wait(for: "told \(round * 200) ")
            }
            child.kill()
            return StorageWriterProcess.told(by: child.finish())
        }
        #expect(told.sawFullDisk)
        try disk.powerCut()
        let result = try await Procedure.check(directory: disk.live, told: told.hashes, after: 0, readOnly: false)
        #expect(result.loss == nil)
    }

    @Test func aJournalWhoseMakingWasCutShortOpens() async throws {
        var random = SeededRandom(seed: 15)
        for attempt in 1...25 {
            let directory = try TemporaryDirectory()
            let disk = try ForgetfulDisk(in: directory.path)
            let environment = disk.environment(seed: random.next(), luckPercent: attempt % 2 * 50)
            let delay = UInt32.random(in: 8_000..<60_000, using: &random)
            let told = try await onThread {
                let child = try ChildProcess(
                    StorageWriterProcess.executable, ["incidents", disk.live, "\(attempt)", "full"],
                    environment: environment)
                usleep(delay)
                child.kill()
                return StorageWriterProcess.told(by: child.finish())
            }
            try disk.powerCut()
            let result = try await Procedure.check(
                directory: disk.live, told: told.hashes, after: 0, readOnly: false)
            #expect(result.loss == nil, "attempt \(attempt)")
        }
    }
}

/// Kills a writer again and again on one journal, and looks each time whether anything is missing.
struct Procedure {
    var directory: String
    /// `nil`: the real one, which survives its processes.
    var disk: ForgetfulDisk?
    var durability: String
    var seed: UInt64
    var luckPercent = 0

    /// - Returns: the first thing that was lost, in words; `nil` where nothing was in all `kills`.
    func run(kills: Int) async throws -> String? {
        var random = SeededRandom(seed: seed)
        var everTold: [Int64: String] = [:]
        var checked: Int64 = 0
        let began = ContinuousClock.now
        for kill in 1...kills {
            // The first run makes the journal well, so that what a lesser durability loses is revisions, not the file.
            let told = try await StorageWriterProcess.runAndKill(
                ["incidents", directory, "\(seed &* 1_000 &+ UInt64(kill))", kill == 1 ? "full" : durability],
                environment: disk?.environment(seed: random.next(), luckPercent: luckPercent) ?? [:], random: &random)
            try disk?.powerCut()
            // What was told is collected before the journal is looked at: a told sequence that two runs used counts too.
            for (sequence, hash) in told.hashes {
                if let before = everTold[sequence], before != hash {
                    return "kill \(kill): revision \(sequence) was told twice, with different content"
                }
                everTold[sequence] = hash
            }
            if let failure = told.failure { return "kill \(kill): the journal does not open: \(failure)" }
            // Reading leaves the log of the crash in place, for the next writer to recover; now and then the test does.
            let reads = kill % 10 != 0 && !everTold.isEmpty
            let result = try await Self.check(
                directory: directory, told: told.hashes, after: checked, readOnly: reads)
            if let loss = result.loss { return "kill \(kill): \(loss)" }
            try disk?.settle()
            checked = result.last
        }
        let last = try await Self.check(directory: directory, told: everTold, after: 0, readOnly: false)
        print(
            "crash test: \(kills) kills, synchronous=\(durability.uppercased()), "
                + "\(disk == nil ? "real disk" : "forgetful disk, luck \(luckPercent) %"): "
                + "\(everTold.count) revisions told, \(last.last) stored, lost: \(last.loss ?? "none"), "
                + "\(ContinuousClock.now - began)")
        return everTold.isEmpty ? "no revision was ever told, so nothing was tested" : last.loss
    }

    /// Opens the journal as a restarted Lookout does and compares it with what was told.
    ///
    /// - Parameter sequence: what was checked before; 0 also verifies the whole chain.
    static func check(
        directory: String, told: [Int64: String], after sequence: Int64, readOnly: Bool
    ) async throws -> (loss: String?, last: Int64) {
        let journal: IncidentJournal
        do {
            journal = try openJournal(directory, readOnly: readOnly)
        } catch {
            return ("the journal does not open: \(error)", 0)
        }
        defer { journal.close() }
        var missing = told
        var position = sequence
        do {
            while true {
                let page = try await journal.revisions(after: position, limit: 1_000)
                for revision in page where missing[revision.sequence] == revision.hash {
                    missing[revision.sequence] = nil
                }
                guard let last = page.last else { break }
                position = last.sequence
            }
            if sequence == 0, let broken = try await journal.verifyChain().broken {
                return ("the chain breaks at \(broken.chain) \(broken.sequence): \(broken.reason)", position)
            }
        } catch {
            return ("the journal cannot be read: \(error)", position)
        }
        guard let first = missing.keys.min() else { return (nil, position) }
        return ("\(missing.count) revisions that a subscriber was told of, from \(first) on, are missing", position)
    }
}
