import Channels
import Domain
import Foundation
import Glibc
import Journal
import Logging
import ServiceLifecycle
import SiteConfiguration

/// Tells those who watch Lookout that it lives: the service manager, and a monitor elsewhere.
///
/// Both are told only while the journal can be written, since a Lookout that stores nothing is as good as dead.
struct VitalsService: Service {
    let journal: IncidentJournal
    /// Asked for once a minute; `nil` where nobody watches from outside.
    let heartbeat: SourceAddress?
    let logger: Logger

    func run() async throws {
        ServiceManager.notify("READY=1")
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                if let period = ServiceManager.watchdogPeriod {
                    group.addTask {
                        while !Task.isCancelled {
                            if await isAlive() { ServiceManager.notify("WATCHDOG=1") }
                            try? await Task.sleep(for: period / 2)
                        }
                    }
                }
                if let heartbeat { group.addTask { await beat(heartbeat) } }
                // With neither it lives on all the same: a service that ends would end the others.
                group.addTask {
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
                }
            }
        }
        ServiceManager.notify("STOPPING=1")
    }

    private func isAlive() async -> Bool { (try? await journal.awaitWriter()) != nil }

    private func beat(_ address: SourceAddress) async {
        let web = WebClient()
        var wasHeard = true
        while !Task.isCancelled {
            if await isAlive() {
                do {
                    try await web.send(WebRequest(method: .get, address: address, timeout: .seconds(20)))
                    if !wasHeard { logger.notice("the monitor hears the heartbeat again.") }
                    wasHeard = true
                } catch {
                    if wasHeard, !Task.isCancelled {
                        logger.warning("the monitor does not hear the heartbeat: \(error)")
                    }
                    wasHeard = false
                }
            }
            try? await Task.sleep(for: .seconds(60))
        }
        await web.close()
    }
}

/// The protocol of sd_notify(3): a datagram to the socket that the service manager names.
enum ServiceManager {
    /// How often it wants to hear of us at least; `nil` where it does not ask.
    static var watchdogPeriod: Duration? {
        let environment = ProcessInfo.processInfo.environment
        guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else {
            return nil
        }
        // Meant for another process of ours, where it names one.
        if let owner = environment["WATCHDOG_PID"], owner != "\(getpid())" { return nil }
        return .microseconds(microseconds)
    }

    static func notify(_ state: String) {
        guard let path = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"], !path.isEmpty else { return }
        var bytes = Array(path.utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // An abstract socket is written with '@' and begins with a 0.
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let message = Array(state.utf8)
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
