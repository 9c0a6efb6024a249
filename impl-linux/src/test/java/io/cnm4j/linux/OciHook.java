package io.cnm4j.linux;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program's end of a hook of an OCI runtime: the runtime starts curl(1), which hands over the container's state by a socket and
 * waits for an answer; the container's process starts only after a good one.
 */
final class OciHook implements AutoCloseable {
    private static final int MOST = 65_536;
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *([0-9]{1,6})\r\n");
    private static final Pattern ID = Pattern.compile("\"id\" *: *\"([^\"]+)\"");
    private static final Pattern PID = Pattern.compile("\"pid\" *: *([0-9]+)");

    private final Path socket;
    private final ServerSocketChannel server;
    private final Thread thread;

    /**
     * A container whose process is about to start.
     *
     * @param id its id
     * @param namespace its network namespace
     */
    record Container(String id, Path namespace) {}

    /** Listens; {@code starting} is called for each container, and a failure of it fails the container's start. */
    OciHook(Path socket, Consumer<Container> starting) throws IOException {
        this.socket = socket;
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        this.thread = new Thread(() -> listen(starting), "oci-hook");
        thread.start();
    }

    /** Returns the hook as the runtime's configuration names it. */
    String json() {
        return """
                {"path": "/usr/bin/curl", "timeout": 20, "args": ["curl", "-sS", "--fail-with-body", "-H", "Expect:",
                 "--unix-socket", "%s", "--data-binary", "@-", "http://cnm4j/"]}""".formatted(socket);
    }

    private void listen(Consumer<Container> starting) {
        while (server.isOpen()) {
            try (SocketChannel call = server.accept()) {
                answer(call, starting);
            } catch (ClosedChannelException over) {
                return;
            } catch (IOException broken) {
                throw new AssertionError(broken);
            }
        }
    }

    private static void answer(SocketChannel call, Consumer<Container> starting) throws IOException {
        String status = "200 OK";
        String text = "success";
        try {
            starting.accept(container(body(call)));
        } catch (RuntimeException refused) {
            status = "500 Refused";
            text = String.valueOf(refused.getMessage());
        }
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.0 " + status + "\r\nContent-Length: " + octets.length + "\r\n\r\n";
        call.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
        call.write(ByteBuffer.wrap(octets));
    }

    private static String body(SocketChannel call) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(MOST);
        while (octets.hasRemaining() && call.read(octets) >= 0) {
            String text = new String(octets.array(), 0, octets.position(), StandardCharsets.ISO_8859_1);
            int head = text.indexOf("\r\n\r\n");
            Matcher length = LENGTH.matcher(text);
            if (head > 0 && length.find() && text.length() >= head + 4 + Integer.parseInt(length.group(1))) {
                return text.substring(head + 4);
            }
        }
        throw new IllegalArgumentException("the hook sent no whole request");
    }

    private static Container container(String state) {
        Matcher id = ID.matcher(state);
        Matcher pid = PID.matcher(state);
        if (!id.find() || !pid.find()) {
            throw new IllegalArgumentException("no id and pid in the state: " + state);
        }
        return new Container(id.group(1), Path.of("/proc", pid.group(1), "ns", "net"));
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
