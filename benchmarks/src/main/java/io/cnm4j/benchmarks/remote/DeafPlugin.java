package io.cnm4j.benchmarks.remote;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A plug-in that hangs at every call: connections are made, and nobody ever reads or answers. */
final class DeafPlugin implements AutoCloseable {
    private final Path socket;
    private final ServerSocketChannel listening;

    DeafPlugin(Path socket) throws IOException {
        this.socket = socket;
        this.listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket), 256);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        Files.delete(socket);
    }
}
