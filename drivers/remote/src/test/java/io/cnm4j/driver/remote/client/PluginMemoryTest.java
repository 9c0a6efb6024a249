package io.cnm4j.driver.remote.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.driver.remote.protocol.Fields;
import io.cnm4j.driver.remote.protocol.Method;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.tck.FakePlugin;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory stays as it is whatever a plug-in sends. */
class PluginMemoryTest {
    private static final int MOST = 1 << 20;
    private static final int ROUNDS = 60;
    private static final long ROOM = 16 << 20; // octets, a fraction of what is sent in a round
    private static final Limits LIMITS = new Limits(
            Duration.ofSeconds(5),
            Duration.ofMillis(1),
            Duration.ofMillis(200),
            MOST,
            1_000_000,
            Duration.ofSeconds(1));

    /** What is sent: too much, just not too much, deep, cut short, drops until the deadline. */
    private static final List<FakePlugin.Behaviour> SENDERS = List.of(
            (body, out) -> FakePlugin.write(out, 200, "{\"x\":\"" + "y".repeat(2 * MOST) + "\"}"),
            (body, out) -> FakePlugin.write(out, 200, "{\"x\":\"" + "y".repeat(MOST - 100) + "\"}"),
            (body, out) -> FakePlugin.write(out, 200, "{\"x\":" + "[".repeat(MOST / 2)),
            (body, out) ->
                    FakePlugin.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "z".repeat(500_000)),
            (body, out) -> {
                FakePlugin.raw(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "z".repeat(500_000));
                out.read(java.nio.ByteBuffer.allocate(1)); // until the caller hangs up
            });

    @TempDir
    Path directory;

    @Test
    void nothingThatAPluginSendsIsKept() {
        try (var fake = new FakePlugin(directory.resolve("fake.sock"));
                var http = new PluginHttp(MOST)) {
            var search = new PluginSearch(List.of(directory), List.of());
            var plugin = new Plugin("fake", search, http, LIMITS, System::nanoTime, Map.of());
            round(fake, plugin);
            long heap = heap();
            long direct = direct();
            for (int i = 0; i < ROUNDS; i++) {
                round(fake, plugin);
            }
            assertThat(heap() - heap).as("heap").isLessThan(ROOM);
            assertThat(direct() - direct).as("direct memory").isLessThan(ROOM);
        }
    }

    private static void round(FakePlugin fake, Plugin plugin) {
        for (FakePlugin.Behaviour sender : SENDERS) {
            fake.does(Method.JOIN.toString(), sender);
            try {
                plugin.call(Method.JOIN, Map.of(), Deadline.after(Duration.ofMillis(100)), Fields::values);
            } catch (CnmException expected) {
                assertThat(expected).hasMessageContaining("fake");
            }
        }
        fake.forgetCalls();
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static long direct() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
