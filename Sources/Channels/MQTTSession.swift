import CMosquitto
import Domain
import Glibc
import Synchronization

/// One connection to a broker, from its start to its end, on the thread that calls `run`.
final class MQTTSession {
    private let options: MQTTOptions
    private let desk: MQTTDesk
    private var isConnected = false
    private var failure: ChannelError?
    /// Messages that the broker has not acknowledged yet, by the number that libmosquitto gave them.
    private var underway: [Int32: UInt64] = [:]
    /// Taken from the desk, and not sent yet: sent once the broker has let us in.
    private var parcels: [MQTTDesk.Parcel] = []

    private static let isSetUp = Mutex(false)

    static func setUpLibrary() {
        isSetUp.withLock { isSetUp in
            if !isSetUp { mosquitto_lib_init() }
            isSetUp = true
        }
    }

    init(options: MQTTOptions, desk: MQTTDesk) {
        self.options = options
        self.desk = desk
    }

    /// Blocks until the connection has ended.
    ///
    /// - Returns: whether the broker had let us in, and why it ended.
    func run() -> (wasConnected: Bool, ChannelError) {
        desk.connect()
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        guard let client = unsafe mosquitto_new(options.clientID, !options.keepsSession, context) else {
            return (false, unreachable("no memory"))
        }
        defer { unsafe mosquitto_destroy(client) }
        if let error = unsafe prepare(client) { return (false, error) }
        var code = unsafe mosquitto_connect(
            client, options.host, Int32(options.port), Int32(options.keepAliveSeconds))
        guard code == MOSQ_ERR_SUCCESS.code else { return (false, unreachable(Self.text(code))) }
        while code == MOSQ_ERR_SUCCESS.code, failure == nil {
            if desk.isClosed {
                unsafe leave(client)
                return (isConnected, MQTTDesk.closed)
            }
            parcels += desk.takeWaiting()
            if isConnected { unsafe sendParcels(client) }
            if desk.isOverdue { return (isConnected, late) }
            code = unsafe turn(client)
        }
        return (isConnected, failure ?? unreachable(Self.text(code)))
    }

    private func prepare(_ client: OpaquePointer) -> ChannelError? {
        var code = unsafe mosquitto_username_pw_set(client, options.user, options.password?.revealed)
        if options.usesTLS, code == MOSQ_ERR_SUCCESS.code {
            code = unsafe mosquitto_tls_set(client, nil, "/etc/ssl/certs", nil, nil, nil)
        }
        if let will = options.will, code == MOSQ_ERR_SUCCESS.code {
            code = unsafe will.payload.withUnsafeBytes { payload in
                unsafe mosquitto_will_set(
                    client, will.topic, Int32(payload.count), payload.baseAddress, 1, will.isRetained)
            }
        }
        guard code == MOSQ_ERR_SUCCESS.code else {
            return ChannelError(
                .misconfigured, problem: "\(options.place) cannot be used: \(Self.text(code))",
                remedy: "Check the channel's address, topic and credentials")
        }
        unsafe mosquitto_max_inflight_messages_set(client, 0)
        unsafe mosquitto_connect_callback_set(client) { client, context, code in
            guard let client = unsafe client, let session = unsafe MQTTSession.of(context) else { return }
            unsafe session.answered(code, client)
        }
        unsafe mosquitto_publish_callback_set(client) { _, context, number in
            guard let session = unsafe MQTTSession.of(context) else { return }
            if let id = session.underway.removeValue(forKey: number) { session.desk.answer(id, nil) }
        }
        unsafe mosquitto_message_callback_set(client) { _, context, message in
            guard let session = unsafe MQTTSession.of(context), let message = unsafe message else { return }
            unsafe session.received(message)
        }
        return nil
    }

    /// Hands on what came on a topic; what is too large to be meant for us is left.
    private func received(_ message: UnsafePointer<mosquitto_message>) {
        guard let topic = unsafe message.pointee.topic, unsafe message.pointee.payloadlen <= 64 << 10 else { return }
        let payload = unsafe UnsafeRawBufferPointer(
            start: message.pointee.payload, count: Int(message.pointee.payloadlen))
        options.received(
            unsafe MQTTMessage(
                topic: String(cString: topic), payload: [UInt8](payload), isRetained: message.pointee.retain))
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> MQTTSession? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<MQTTSession>.fromOpaque(context).takeUnretainedValue()
    }

    /// The broker's answer to our wish to connect, by the return codes of MQTT 3.1.1, section 3.2.2.3.
    private func answered(_ code: Int32, _ client: OpaquePointer) {
        switch code {
        case 0:
            isConnected = true
            for message in options.birth { _ = unsafe send(message, client) }
            for topic in options.subscriptions { _ = unsafe mosquitto_subscribe(client, nil, topic, 1) }
        case 4, 5:
            failure = ChannelError(
                .unauthorised, problem: "\(options.place) does not let us in",
                remedy: "Check user and password in 'url'")
        default:
            failure = unreachable(unsafe String(cString: mosquitto_connack_string(code)))
        }
    }

    private func sendParcels(_ client: OpaquePointer) {
        for parcel in parcels {
            let (code, number) = unsafe send(parcel.message, client)
            if code == MOSQ_ERR_SUCCESS.code {
                underway[number] = parcel.id
            } else {
                let isRefused = code == MOSQ_ERR_INVAL.code || code == MOSQ_ERR_PAYLOAD_SIZE.code
                desk.answer(
                    parcel.id,
                    ChannelError(
                        isRefused ? .refused : .unreachable,
                        problem: "\(options.place) cannot be sent a message: \(Self.text(code))",
                        remedy: isRefused ? "Check the channel's topic" : "Check the network and that the broker runs"))
            }
        }
        parcels = []
    }

    private func send(_ message: MQTTMessage, _ client: OpaquePointer) -> (code: Int32, number: Int32) {
        var number: Int32 = 0
        let code = unsafe message.payload.withUnsafeBytes { payload in
            unsafe mosquitto_publish(
                client, &number, message.topic, Int32(payload.count), payload.baseAddress, 1, message.isRetained)
        }
        return (code, number)
    }

    /// Waits until the socket or the desk has something to do, and does what the socket asks for.
    private func turn(_ client: OpaquePointer) -> Int32 {
        let socket = unsafe mosquitto_socket(client)
        guard socket >= 0 else { return MOSQ_ERR_NO_CONN.code }
        let wish = unsafe mosquitto_want_write(client) ? POLLIN | POLLOUT : POLLIN
        var requests = [
            pollfd(fd: socket, events: Int16(wish), revents: 0),
            pollfd(fd: desk.wakeDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = unsafe poll(&requests, 2, 250)
        if requests[1].revents != 0 { desk.drain() }
        let found = Int32(requests[0].revents)
        var code = MOSQ_ERR_SUCCESS.code
        if found & (Int32(POLLIN) | Int32(POLLERR) | Int32(POLLHUP)) != 0 {
            code = unsafe mosquitto_loop_read(client, 1)
        }
        if code == MOSQ_ERR_SUCCESS.code, found & Int32(POLLOUT) != 0 { code = unsafe mosquitto_loop_write(client, 1) }
        if code == MOSQ_ERR_SUCCESS.code { code = unsafe mosquitto_loop_misc(client) }
        return code
    }

    /// A goodbye suppresses the will, so what it says is said by us.
    private func leave(_ client: OpaquePointer) {
        if isConnected, let will = options.will { _ = unsafe send(will, client) }
        _ = unsafe mosquitto_disconnect(client)
        _ = unsafe mosquitto_loop_write(client, 1)
    }

    private var late: ChannelError {
        ChannelError(
            .timedOut, problem: "\(options.place) did not acknowledge in time",
            remedy: "Check that the broker works and has space on its disk")
    }

    private func unreachable(_ detail: String) -> ChannelError {
        ChannelError(
            .unreachable, problem: "\(options.place) cannot be reached: \(detail)",
            remedy: "Check the address, the network and that the broker runs")
    }

    private static func text(_ code: Int32) -> String {
        code == MOSQ_ERR_ERRNO.code
            ? unsafe String(cString: strerror(errno)) : unsafe String(cString: mosquitto_strerror(code))
    }
}

extension mosq_err_t {
    fileprivate var code: Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: rawValue)) }
}
