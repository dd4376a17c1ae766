import Foundation
import Synchronization
import Watch

/// One line on a terminal's standard error that says how far long work is, how fast, and how long it will take. Silent
/// where standard error is no terminal.
final class TerminalProgress: Sendable {
    private struct State {
        var clips: [Int: (name: String, progress: ClipAnalysis.Progress)] = [:]
        var lastDrawn: TimeInterval = 0
        var isShown = false
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let begun = ProcessInfo.processInfo.systemUptime
    private let state = Mutex(State())

    func update(clip: Int, name: String, _ progress: ClipAnalysis.Progress) {
        guard isTerminal else { return }
        let now = ProcessInfo.processInfo.systemUptime
        let line: String? = state.withLock { state in
            state.clips[clip] = (name, progress)
            guard now - state.lastDrawn > 0.2 else { return nil }
            state.lastDrawn = now
            state.isShown = true
            return text(state, name, progress, now - begun)
        }
        if let line { FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8)) }
    }

    /// Takes the line away, so that something else can be printed.
    func clear() {
        let wasShown = state.withLock { state in
            defer { state.isShown = false }
            return state.isShown
        }
        if wasShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }

    func note(_ text: String) {
        clear()
        printError(text)
    }

    /// Says the whole speed, on a terminal or not.
    func finish() {
        clear()
        let (frames, seconds) = state.withLock { state in
            (
                state.clips.values.reduce(0) { $0 + $1.progress.frames },
                state.clips.values.reduce(0) { $0 + $1.progress.seconds }
            )
        }
        let elapsed = ProcessInfo.processInfo.systemUptime - begun
        guard isTerminal, frames > 0, elapsed > 0 else { return }
        printError(
            String(
                format: "%d pictures in %.1f s: %.0f pictures/s, %.1f times real time", frames, elapsed,
                Double(frames) / elapsed, seconds / elapsed))
    }

    private func text(_ state: State, _ name: String, _ progress: ClipAnalysis.Progress, _ elapsed: Double) -> String {
        let frames = state.clips.values.reduce(0) { $0 + $1.progress.frames }
        var line = String(
            format: "%@  %d pictures  %.0f/s", (name as NSString).lastPathComponent, frames,
            Double(frames) / max(elapsed, 0.001))
        if let total = progress.totalSeconds, total > 0, progress.seconds > 0 {
            let share = min(1, progress.seconds / total)
            line += String(format: "  %.0f %%  %.0f s left", share * 100, elapsed * (1 - share) / share)
        }
        return line
    }
}
