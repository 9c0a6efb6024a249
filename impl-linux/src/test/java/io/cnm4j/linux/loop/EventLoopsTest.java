package io.cnm4j.linux.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loops that end just when they were busy: of Netty's own some left the connection open, about one in ten. */
class EventLoopsTest {
    private static final int ROUNDS = 200;

    @TempDir
    Path directory;

    @Test
    void whatIsOpenIsClosedWhenALoopEnds() throws Exception {
        Path socket = directory.resolve("peer");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            for (int i = 0; i < ROUNDS; i++) {
                IoEventLoopGroup loops = EventLoops.of(1, new DefaultThreadFactory("test", true));
                new Bootstrap()
                        .group(loops)
                        .channel(EpollDomainSocketChannel.class)
                        .handler(new ChannelInboundHandlerAdapter())
                        .connect(new DomainSocketAddress(socket.toString()))
                        .sync();
                try (SocketChannel peer = server.accept()) {
                    loops.submit(() -> {}).sync();
                    loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
                    assertThat(CompletableFuture.supplyAsync(() -> read(peer)))
                            .as("end of the connection in round %s", i)
                            .succeedsWithin(Duration.ofSeconds(10))
                            .isEqualTo(-1);
                }
            }
        }
    }

    private static int read(SocketChannel peer) {
        try {
            return peer.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
