package io.cnm4j.linux.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.names.Registration;
import io.cnm4j.core.names.SandboxNames;
import io.cnm4j.core.names.SandboxNames.Attached;
import io.cnm4j.core.names.Zone;
import io.cnm4j.linux.dns.codec.Mutants;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.plan.NamespaceRef;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;

/**
 * Streams of messages, whole, mutated, with lengths that lie, in pieces of any size: each answer is a message, there are no more of them
 * than questions, and nothing throws. {@code -Dcnm4j.fuzz.seconds=N} goes on longer.
 */
class StreamFuzzTest {
    private static final NamespaceRef SANDBOX = NamespaceRef.at("/nowhere");

    private final NameDirectory names = new NameDirectory();
    private final IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final NamespaceWorkers workers = new NamespaceWorkers(Path.of("/proc/self/ns/net"));
    private final Forwarder forwarder = new Forwarder(loops.next(), new Opener(workers), new Witness(Optional.empty()));

    @AfterEach
    void end() {
        workers.close();
        loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private EmbeddedChannel connection() {
        var channel = new EmbeddedChannel();
        channel.pipeline().addLast(new StreamFace(new SandboxServer(SANDBOX, names, forwarder), () -> {}));
        channel.pipeline().fireChannelActive();
        return channel;
    }

    @Test
    void noStreamDoesHarm() throws IOException { // pain 29: many questions on a connection
        Zone zone = names.zone(new NetworkId("1".repeat(64)), "net");
        zone.add(new Registration("1", List.of("web", "a.b"), List.of(IpAddress.parse("10.0.0.1")), List.of()));
        names.set(SANDBOX, new SandboxNames("c", List.of(new Attached(zone, Map.of())), List.of(), true, false));
        var mutants = new Mutants();
        long end = System.nanoTime() + Mutants.SECONDS * 1_000_000_000;
        int answers = 0;
        for (long seed = 0; System.nanoTime() < end; seed++) {
            answers += tried(mutants, new Random(seed), seed);
        }
        assertThat(answers).isGreaterThan(100);
    }

    private int tried(Mutants mutants, Random random, long seed) throws IOException {
        var stream = new ByteArrayOutputStream();
        int messages = 1 + random.nextInt(5);
        for (int i = 0; i < messages; i++) {
            byte[] message = random.nextInt(3) == 0
                    ? mutants.next(random)
                    : mutants.corpus().get(0);
            int length = random.nextInt(20) == 0 ? random.nextInt(65_536) : message.length;
            stream.write(length >> 8);
            stream.write(length);
            stream.write(message);
        }
        byte[] octets = stream.toByteArray();
        EmbeddedChannel channel = connection();
        try {
            for (int at = 0; at < octets.length && channel.isOpen(); ) {
                int piece = Math.min(octets.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 200));
                channel.writeInbound(Unpooled.copiedBuffer(octets, at, piece));
                at += piece;
            }
            channel.checkException();
            int answers = answers(channel);
            assertThat(answers).isLessThanOrEqualTo(octets.length / 14);
            return answers;
        } catch (RuntimeException | IOException | AssertionError failure) {
            throw new AssertionError(
                    "seed " + seed + ", stream " + HexFormat.of().formatHex(octets), failure);
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static int answers(EmbeddedChannel channel) throws IOException {
        int count = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            var octets = new byte[out.readableBytes()];
            out.readBytes(octets).release();
            for (ByteBuffer left = ByteBuffer.wrap(octets); left.hasRemaining(); count++) {
                var message = new byte[Short.toUnsignedInt(left.getShort())];
                left.get(message);
                new Message(message);
            }
        }
        return count;
    }
}
