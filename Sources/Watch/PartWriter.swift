import Domain
import Media

/// Cuts what a ring gives into files, each of which begins with a keyframe and holds packets of one stream and coding.
///
/// Not for more than one thread.
final class PartWriter<File> {
    /// How a file went on, for its owner.
    enum Outcome {
        /// Closed whole.
        case ended(File)
        /// Something was written that could not be completed: to be salvaged later.
        case interrupted(File, MediaError)
        /// Nothing could be written.
        case refused(File, MediaError)
        /// Packets that the ring gave up before they were written.
        case lost(Int)
    }

    private struct Part: ~Copyable {
        var file: File
        let firstTime: MediaTime
        var lastTime: MediaTime
        let stream: PacketRing.Stream
        var writer: ClipWriter
    }

    /// Pictures of one stream that are further apart do not share a file.
    private let longestGap = Duration.seconds(600)

    private var part: Part?
    private let isFull: (_ first: MediaTime, _ now: MediaTime) -> Bool

    /// - Parameter isFull: whether a file that began at the one moment ends at a keyframe of the other.
    init(isFull: @escaping (_ first: MediaTime, _ now: MediaTime) -> Bool) { self.isFull = isFull }

    var isOpen: Bool {
        switch part {
        case .some: true
        case .none: false
        }
    }

    /// Writes a packet into the file that is under way, or into a new one. Blocks on the disk.
    ///
    /// - Parameter place: makes name and path of a file that begins at a moment.
    /// - Returns: whether it was written.
    func put(
        _ item: consuming PacketRing.Item, place: (MediaTime) -> (file: File, path: String),
        _ report: (Outcome) -> Void
    ) -> Bool {
        let (time, stream, lost) = (item.time, item.stream, item.lost)
        let packet = item.takePacket()
        let isSound = packet.isSound
        if lost > 0 {
            report(.lost(lost))
            end(report)
        }
        if mustCut(before: packet, at: time, of: stream) { end(report) }
        guard var open = part.take() else { return begin(with: packet, at: time, of: stream, place, report) }
        let file = open.file
        do throws(MediaError) {
            try open.writer.write(packet, time: time)
            if !isSound { open.lastTime = max(open.lastTime, time) }
            part = consume open
            return true
        } catch {
            report(.interrupted(file, error))
            return false
        }
    }

    /// Lets its owner call the file that is under way something else.
    func rename(_ change: (File) -> File) {
        guard var open = part.take() else { return }
        open.file = change(open.file)
        part = consume open
    }

    /// Completes the file that is under way, if there is one.
    func end(_ report: (Outcome) -> Void) {
        guard let ended = part.take() else { return }
        let file = ended.file
        do throws(MediaError) {
            try ended.writer.close()
            report(.ended(file))
        } catch {
            report(.interrupted(file, error))
        }
    }

    private func mustCut(before packet: borrowing Packet, at time: MediaTime, of stream: PacketRing.Stream) -> Bool {
        guard var open = part.take() else { return false }
        let isNext = open.stream === stream && open.writer.accepts(packet)
        let jumps = time < open.firstTime || time - open.lastTime > longestGap
        let mustCut = !isNext || (packet.isKeyframe && (jumps || isFull(open.firstTime, time)))
        part = consume open
        return mustCut
    }

    private func begin(
        with packet: borrowing Packet, at time: MediaTime, of stream: PacketRing.Stream,
        _ place: (MediaTime) -> (file: File, path: String), _ report: (Outcome) -> Void
    ) -> Bool {
        guard packet.isKeyframe else { return false }
        let (file, path) = place(time)
        do throws(MediaError) {
            let writer = try ClipWriter(
                path: path, parameters: stream.parameters, keyframe: packet, time: time,
                reorderDepth: stream.reorderDepth, sound: stream.sound)
            part = Part(file: file, firstTime: time, lastTime: time, stream: stream, writer: writer)
            return true
        } catch {
            report(.refused(file, error))
            return false
        }
    }
}
