import CMosquitto
import Domain
import Foundation
import Glibc
import Synchronization

/// Publishes to an MQTT 3.1.1 broker and keeps the connection up. All of libmosquitto runs on one thread of its own.
///
/// A message counts as sent when the broker has acknowledged it. What is not acknowledged in time fails together with the
/// connection, so that no copy of it is left to be sent behind the sender's back.
public final class MQTTClient: Sendable {
    let options: MQTTOptions
    let desk: MQTTDesk

    public init(_ options: MQTTOptions) {
        self.options = options
        desk = MQTTDesk()
    }

    /// Connects, and connects again whenever the connection is lost, until `close`.
    public func start() {
        MQTTSession.setUpLibrary()
        let thread = Thread { [options, desk] in
            var wait = 0.25
            while !desk.isClosed {
                let session = MQTTSession(options: options, desk: desk)
                let (wasConnected, error) = session.run()
                desk.disconnect(error)
                wait = wasConnected ? 0.25 : min(wait * 2, 10)
                desk.pause(wait * Double.random(in: 0.75...1))
            }
        }
        thread.name = "lookout.mqtt"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Says goodbye and ends the connection; what was not acknowledged fails.
    public func close() { desk.close() }

    /// Returns once the broker has acknowledged the message.
    public func publish(_ message: MQTTMessage, timeout: Duration = .seconds(10)) async throws(ChannelError) {
        guard message.topic.utf8.count <= 65_535, message.payload.count <= 100 << 20 else {
            throw ChannelError(
                .refused, problem: "a message on '\(message.topic.prefix(80))' is too large for MQTT",
                remedy: "Choose a shorter topic or a smaller message")
        }
        let error: ChannelError? = await withCheckedContinuation { done in
            desk.hand(over: message, timeout: timeout) { done.resume(returning: $0) }
        }
        if let error { throw error }
    }
}
