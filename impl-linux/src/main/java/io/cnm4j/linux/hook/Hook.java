package io.cnm4j.linux.hook;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The program that a runtime starts: it passes the container's state (OCI runtime specification, "State") from its input on to the
 * controller's socket and waits for the answer. It needs nothing but the JDK, so that little is loaded; what the state says is the
 * controller's to read. Ends with 0 if and only if the answer is {@code success}.
 */
public final class Hook {
    private static final int MOST = 65_536;

    private Hook() {}

    /**
     * Passes the input on and ends.
     *
     * @param arguments the socket
     */
    public static void main(String... arguments) {
        String answer;
        try {
            answer = handOver(UnixDomainSocketAddress.of(arguments[0]), System.in.readNBytes(MOST));
        } catch (IOException e) {
            answer = "cnm4j does not answer at " + arguments[0] + ": " + e.getMessage();
        }
        if (!answer.equals("success")) {
            System.err.println(answer);
            System.exit(1);
        }
    }

    private static String handOver(UnixDomainSocketAddress socket, byte[] state) throws IOException {
        try (SocketChannel channel = SocketChannel.open(socket)) {
            ByteBuffer out = ByteBuffer.wrap(state);
            while (out.hasRemaining()) {
                channel.write(out);
            }
            channel.shutdownOutput();
            ByteBuffer in = ByteBuffer.allocate(MOST);
            while (in.hasRemaining() && channel.read(in) >= 0) {
                // until the controller has said all
            }
            return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
        }
    }
}
