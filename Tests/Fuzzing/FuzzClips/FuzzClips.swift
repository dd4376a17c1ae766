import Domain
import MediaFuzzing

@testable import Media

/// Any bytes as what a crash left of a clip: it is recovered, joined with itself and made playable in browsers, or refused;
/// and what is made of it can be read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzClips(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let left = Array(UnsafeBufferPointer(start: bytes, count: count))
    let storage = MemoryStorage(["left": left])
    attempt("whole", storage) { () throws(MediaError) in
        let facts = try ClipFile.finish("left", to: "whole", in: storage)
        precondition(facts.pictures > 0 && facts.duration >= .zero && !facts.codec.isEmpty)
        let again = try ClipFile.facts(of: "whole", in: storage)
        precondition((again.pictures, again.codec) == (facts.pictures, facts.codec), "\(again) of \(facts)")
    }
    let start = MediaTime(seconds: 1_795_305_600)
    for name in ["left", "whole"] where storage.size(of: name) != nil {
        let parts = [0, 2].map { ClipJoin.Part(path: name, start: start + .seconds($0)) }
        attempt("joined", storage) { () throws(MediaError) in
            let outcome = try ClipJoin.make(
                of: parts, from: start + .milliseconds(400), until: start + .seconds(60), to: "joined", in: storage,
                stop: StopFlag())
            precondition(outcome.facts.pictures > 0 && outcome.end >= outcome.start)
        }
        // Encoding takes ten times as long as all the rest: of what must be encoded anew, one in eight small ones is.
        guard let facts = try? ClipFile.facts(of: name, in: storage), facts.pictures <= 12,
            facts.codec == "h264" || (left.count % 8 == 0 && facts.width * facts.height <= 128 * 128)
        else { continue }
        attempt("playable", storage) { () throws(MediaError) in
            try ClipProxy.make(of: name, to: "playable", in: storage, stop: StopFlag())
        }
    }
    return 0
}

/// What is made is there afterwards, or an error says why not and nothing is left behind.
private func attempt(_ target: String, _ storage: MemoryStorage, _ work: () throws(MediaError) -> Void) {
    do throws(MediaError) {
        try work()
        precondition((storage.size(of: target) ?? 0) > 0)
    } catch {
        precondition(!error.problem.isEmpty && !error.remedy.isEmpty)
    }
    storage.remove(target == "whole" ? "" : target)
}
