public import Channels
public import Domain
import Foundation
import Synchronization

/// Publishes notices on a broker: each on `<topic>/events`, and what each camera sees of each kind, retained, on
/// `<topic>/cameras/<camera>/<kind>`. Home Assistant finds the latter by itself.
public final class MQTTTarget: DeliveryTarget {
    /// What a camera can report.
    public struct Camera: Sendable {
        public var id: CameraID
        public var name: String
        public var kinds: [IncidentKind]

        public init(id: CameraID, name: String, kinds: [IncidentKind]) {
            self.id = id
            self.name = name
            self.kinds = kinds
        }
    }

    public let channel: String
    public let mostAtOnce = 16
    private let client: MQTTClient
    private let topic: String
    private let timeout: Duration
    /// Incidents that are going on, by the topic that shows them. Nothing is open when Lookout starts: what a crash left
    /// open is closed, and told so, before anything opens.
    private let open = Mutex<[String: Set<IncidentID>]>([:])

    /// - Parameters:
    ///   - options: will and birth are added here.
    ///   - discovery: first level of Home Assistant's discovery topics; `nil` for none.
    public init(
        channel: String, options: MQTTOptions, topic: String, discovery: String?, siteName: String, cameras: [Camera],
        timeout: Duration = .seconds(10)
    ) {
        self.channel = channel
        self.topic = topic
        self.timeout = timeout
        var options = options
        let status = "\(topic)/status"
        options.will = MQTTMessage(topic: status, payload: [UInt8]("offline".utf8), isRetained: true)
        options.birth.append(MQTTMessage(topic: status, payload: [UInt8]("online".utf8), isRetained: true))
        if let discovery {
            for camera in cameras {
                options.birth += camera.kinds.compactMap {
                    Self.discovery(discovery, topic: topic, siteName: siteName, camera: camera, kind: $0)
                }
            }
        }
        client = MQTTClient(options)
    }

    public func start() { client.start() }
    public func close() async { client.close() }

    public func deliver(_ notice: AlertNotice, key: String) async throws(ChannelError) {
        let state = stateMessage(notice)
        let event = MQTTMessage(
            topic: "\(topic)/events", payload: try eventPayload(notice, key: key), isRetained: false)
        try await client.publish(event, timeout: timeout)
        try await client.publish(state, timeout: timeout)
    }

    /// The notice with its key, by which a receiver knows a repetition.
    private func eventPayload(_ notice: AlertNotice, key: String) throws(ChannelError) -> [UInt8] {
        let json = try notice.json(for: channel)
        // The key is plain ASCII without quotes, and the notice an object that is not empty.
        return [UInt8]("{\"key\":\"\(key)\",".utf8) + json.dropFirst()
    }

    private func stateMessage(_ notice: AlertNotice) -> MQTTMessage {
        let place = "\(topic)/cameras/\(notice.camera.rawValue)/\(notice.kind.rawValue)"
        let isOn = open.withLock { open in
            if notice.state == .open {
                open[place, default: []].insert(notice.incident)
            } else {
                open[place]?.remove(notice.incident)
            }
            return open[place]?.isEmpty == false
        }
        let values: [String: any Sendable] = [
            "state": isOn ? "ON" : "OFF", "incident": notice.incident.rawValue, "confidence": notice.confidence,
            "start": notice.start, "lastSeen": notice.lastSeen, "headline": notice.vi.headline,
            "exercise": notice.exercise,
        ]
        return MQTTMessage(topic: place, payload: Self.json(values), isRetained: true)
    }

    /// A binary sensor after https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery.
    private static func discovery(
        _ prefix: String, topic: String, siteName: String, camera: Camera, kind: IncidentKind
    ) -> MQTTMessage? {
        let id = "lookout_\(plain(topic))_\(plain(camera.id.rawValue))_\(plain(kind.rawValue))"
        let values: [String: any Sendable] = [
            "name": kind.title(in: .vi), "unique_id": id, "object_id": id, "device_class": deviceClass(kind),
            "state_topic": "\(topic)/cameras/\(camera.id.rawValue)/\(kind.rawValue)",
            "value_template": "{{ value_json.state }}", "payload_on": "ON", "payload_off": "OFF",
            "json_attributes_topic": "\(topic)/cameras/\(camera.id.rawValue)/\(kind.rawValue)",
            "availability_topic": "\(topic)/status", "payload_available": "online",
            "payload_not_available": "offline",
            "device": [
                "identifiers": ["lookout_\(plain(topic))_\(plain(camera.id.rawValue))"], "name": camera.name,
                "manufacturer": "Lookout", "model": siteName,
            ] as [String: any Sendable],
        ]
        return MQTTMessage(topic: "\(prefix)/binary_sensor/\(id)/config", payload: json(values), isRetained: true)
    }

    private static func deviceClass(_ kind: IncidentKind) -> String {
        switch kind {
        case .smoke, .flame: "smoke"
        case .motion, .intrusion, .loitering, .lineCrossing, .wrongDirection, .speed: "motion"
        default: "problem"
        }
    }

    private static func plain(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// Of text, numbers, flags and mappings of these: always JSON.
    private static func json(_ values: [String: any Sendable]) -> [UInt8] {
        let data = try? JSONSerialization.data(withJSONObject: values, options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { [UInt8]($0) } ?? []
    }
}
