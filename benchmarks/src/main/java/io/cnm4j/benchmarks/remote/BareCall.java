package io.cnm4j.benchmarks.remote;

import io.cnm4j.driver.remote.protocol.Json;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The floor: one POST on a connection of its own, without any library. Not thread-safe. */
final class BareCall {
    /** What is asked. */
    static final Map<String, Object> REQUEST = Map.of(
            "NetworkID", "a".repeat(64),
            "EndpointID", "b".repeat(64),
            "Options", Map.of(),
            "SandboxKey", "/run/cnm4j/netns/0123456789ab");

    private static final String BODY = new String(Json.write(REQUEST), StandardCharsets.UTF_8);

    private final UnixDomainSocketAddress socket;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(8192);

    BareCall(Path socket) {
        this.socket = UnixDomainSocketAddress.of(socket);
    }

    void post(String method) throws IOException {
        String request = "POST /" + method + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                + BODY.length() + "\r\n\r\n" + BODY;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(socket);
            ByteBuffer octets = StandardCharsets.US_ASCII.encode(request);
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            int octetsRead;
            do {
                octetsRead = channel.read(buffer.clear());
            } while (octetsRead >= 0);
        }
    }
}
