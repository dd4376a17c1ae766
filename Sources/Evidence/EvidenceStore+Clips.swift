public import Domain
import Foundation
import Glibc

/// A clip that is being written, or that a crash left: its file's name tells whose it is.
public struct UnfinishedClip: Sendable, Equatable {
    public var incident: IncidentID
    /// Counts the incident's clips, from 1.
    public var part: Int
    /// Under whose day (UTC) the incident's files lie: its start.
    public var incidentStart: MediaTime
    /// Capture time of the first picture.
    public var firstTime: MediaTime
    /// `clip` or `timelapse`.
    public var kind: EvidenceItem.Kind
    /// Why it does not show all that is wanted, as far as `mark` was told.
    public var truncation: ClipTruncation?

    public init(
        incident: IncidentID, part: Int, incidentStart: MediaTime, firstTime: MediaTime,
        kind: EvidenceItem.Kind = .clip, truncation: ClipTruncation? = nil
    ) {
        self.incident = incident
        self.part = part
        self.incidentStart = incidentStart
        self.firstTime = firstTime
        self.kind = kind
        self.truncation = truncation
    }

    private static let suffix = ".mp4"

    var fileName: String {
        "\(incident)~\(part)~\(incidentStart.microseconds)~\(firstTime.microseconds)"
            + (kind == .clip ? "" : "~\(kind.rawValue)") + (truncation.map { "~\($0.rawValue)" } ?? "") + Self.suffix
    }

    /// - Returns: `nil` for a name that no clip has.
    init?(fileName: String) {
        guard fileName.hasSuffix(Self.suffix) else { return nil }
        let fields = fileName.dropLast(Self.suffix.count).split(separator: "~", omittingEmptySubsequences: false)
        guard fields.count >= 4 else { return nil }
        var remarks = fields.dropFirst(4).map(String.init)
        var kind = EvidenceItem.Kind.clip
        if remarks.first == EvidenceItem.Kind.timelapse.rawValue {
            kind = .timelapse
            remarks.removeFirst()
        }
        let truncation = remarks.first.flatMap(ClipTruncation.init)
        guard remarks.count == (truncation == nil ? 0 : 1), let part = Int(fields[1]), (1...100_000).contains(part),
            let start = Int64(fields[2]), let first = Int64(fields[3])
        else { return nil }
        let incident = IncidentID(String(fields[0]))
        guard incident.isValid else { return nil }
        self.init(
            incident: incident, part: part, incidentStart: MediaTime(microseconds: start),
            firstTime: MediaTime(microseconds: first), kind: kind, truncation: truncation)
    }
}

extension EvidenceStore {
    /// Where an unfinished clip is written.
    public func path(of clip: UnfinishedClip) -> String { "\(directory)/\(Self.unfinished)/\(clip.fileName)" }

    /// Where the finished file of a clip is made before it is adopted.
    public func path(finishing clip: UnfinishedClip) -> String { path(of: clip) + ".whole" }

    /// What is being written, or was when a crash came: clips, and time-lapses. Blocks on the disk.
    public func unfinishedClips() -> [UnfinishedClip] {
        Self.names(in: "\(directory)/\(Self.unfinished)").sorted().compactMap(UnfinishedClip.init)
    }

    /// Writes into the name of a clip that is under way why it will not show all that is wanted, so that whoever finds it
    /// after a crash knows. Blocks on the disk.
    ///
    /// - Returns: the clip as it is called from now on; as it was where that fails.
    public func mark(_ clip: UnfinishedClip, as truncation: ClipTruncation) -> UnfinishedClip {
        var marked = clip
        marked.truncation = truncation
        do throws(EvidenceError) {
            let folder = try SystemFile.directory("\(directory)/\(Self.unfinished)")
            try folder.move(clip.fileName, to: folder, as: marked.fileName)
            return marked
        } catch {
            return clip
        }
    }

    /// Takes the finished file of a clip into the evidence, on disk when it returns. What was written stays until
    /// `forget`.
    ///
    /// Doing so twice gives the same: a clip is named by its part. Blocks on the disk: for a thread that may wait.
    ///
    /// - Throws: `diskFull`, `forbidden`, `inputOutput`, `notFound`. Nothing is lost then: it can be tried again.
    public func adopt(_ clip: UnfinishedClip, details: ClipDetails) throws(EvidenceError) -> EvidenceItem {
        let folder = [CivilTime(clip.incidentStart).date, clip.incident.rawValue]
        let name = "\(clip.kind.rawValue)-\(clip.part).\(clip.kind.fileExtension)"
        let source = try SystemFile.directory("\(directory)/\(Self.unfinished)")
        let whole = clip.fileName + ".whole"
        let file = try source.open(whole, O_RDONLY)
        let (bytes, sha256) = try file.fingerprint()
        try file.synchronize()
        try onQueueAndWait { () throws(EvidenceError) in
            var target = try SystemFile.directory(directory)
            for name in folder { target = try target.makeDirectory(name) }
            try source.move(whole, to: target, as: name)
            try target.synchronize()
        }
        return EvidenceItem(
            kind: clip.kind, path: (folder + [name]).joined(separator: "/"), mediaType: "video/mp4", bytes: bytes,
            sha256: sha256, time: clip.firstTime, clip: details)
    }

    /// Removes what was written of a clip, once its evidence is in the journal or nothing can be made of it. Never waits.
    public func forget(_ clip: UnfinishedClip) {
        later { [directory] in
            guard let folder = try? SystemFile.directory("\(directory)/\(Self.unfinished)") else { return }
            folder.remove(clip.fileName)
            folder.remove(clip.fileName + ".whole")
        }
    }

    /// Where the copy of a clip lies, if it has been made, that browsers play.
    ///
    /// - Parameter sha256: of the original.
    public func path(ofCopyOf sha256: String) -> String { "\(directory)/\(Self.derived)/\(sha256).mp4" }

    /// Removes a copy that is no longer wanted. Whoever reads it reads it to its end. Never waits.
    public func removeCopy(of name: String) {
        later { [directory] in
            guard let folder = try? SystemFile.directory("\(directory)/\(Self.derived)") else { return }
            folder.remove("\(name).mp4")
        }
    }

    /// The names of all copies whose names begin so. Blocks on the disk.
    public func copies(beginningWith prefix: String) -> [String] {
        Self.names(in: "\(directory)/\(Self.derived)").filter { $0.hasPrefix(prefix) && $0.hasSuffix(".mp4") }
            .map { String($0.dropLast(4)) }
    }

    /// - Throws: `notFound` where the copy has not been made, `forbidden`, `inputOutput`.
    public func openCopy(of sha256: String) async throws(EvidenceError) -> OpenEvidence {
        try await onQueue { [self] () throws(EvidenceError) in
            let folder = try SystemFile.directory("\(directory)/\(Self.derived)")
            return try OpenEvidence(file: try folder.open("\(sha256).mp4", O_RDONLY), store: self)
        }
    }
}
