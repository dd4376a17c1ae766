import Foundation

/// Runs blocking work on a thread of its own, since the cooperative pool has as many threads as cores and no more.
func onOwnThread<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { done in
        let thread = Thread { done.resume(returning: work()) }
        thread.stackSize = 4 << 20
        thread.start()
    }
}
