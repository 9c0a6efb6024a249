package io.cnm4j.linux.vxlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.TestNetns;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.codec.Frames;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import io.cnm4j.spi.plan.NamespaceRef;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class VxlanEndpointTest {
    private static final int OCTETS = 8 << 20;

    @TempDir
    Path directory;

    @BeforeEach
    void needsTap() {
        Pair.assumeTap();
    }

    private static void assertCarriesEverything(Pair pair) throws Exception {
        for (boolean ipv4 : new boolean[] {true, false}) {
            for (int from = 0; from < 2; from++) {
                pair.assertEchoes(from, ipv4, 56);
                pair.assertEchoes(from, ipv4, 1340);
                pair.assertEchoes(from, ipv4, 8000);
                assertThat(pair.carries(from, ipv4, OCTETS)).isTrue();
            }
        }
    }

    @KernelTest
    void theKernelsDeviceIsAPeerOverIpv4() throws Exception {
        try (var pair = new Pair(directory, true)) {
            pair.kernel(1);
            VxlanEndpoint endpoint = pair.ours(0);
            assertCarriesEverything(pair);
            assertThat(endpoint.statistics().drops())
                    .doesNotContainKeys(Drop.TRUNCATED, Drop.BAD_FLAGS, Drop.SPOOFED, Drop.TOO_BIG, Drop.REFUSED);
        }
    }

    @KernelTest
    void theKernelsDeviceIsAPeerOverIpv6() throws Exception {
        try (var pair = new Pair(directory, false)) {
            pair.kernel(1);
            pair.ours(0);
            assertCarriesEverything(pair);
        }
    }

    /** Without offloads the kernel cuts and sums what it sends, and joins nothing of what it gets. */
    @KernelTest
    void aPeerWithoutOffloadsIsServed() throws Exception {
        try (var pair = new Pair(directory, true)) {
            TestNetns.runIn(pair.hosts.get(1), "ethtool", "-K", "u1", "tx", "off", "gro", "off");
            pair.kernel(1);
            pair.ours(0);
            assertCarriesEverything(pair);
        }
    }

    @KernelTest
    void twoOfOursTalkOverSeveralQueues() throws Exception {
        try (var pair = new Pair(directory, false)) {
            for (int i = 0; i < 2; i++) {
                pair.ours(
                        i,
                        VxlanOptions.at(IpAddress.parse(pair.underlay(i)))
                                .in(pair.hosts.get(i))
                                .withPort(5789)
                                .withQueues(2, List.of(0)));
            }
            assertCarriesEverything(pair);
        }
    }

    /** RFC 7348 section 4.3 would have the path's MTU raised; where it was not, the kernel cuts the outer packets and joins them. */
    @KernelTest
    void aPathThatIsTooNarrowGetsFragments() throws Exception {
        try (var pair = new Pair(directory, true)) {
            for (int i = 0; i < 2; i++) {
                TestNetns.runIn(pair.hosts.get(i), "ip", "link", "set", "u" + i, "mtu", "1300");
            }
            pair.kernel(1);
            pair.ours(0);
            pair.assertEchoes(0, true, 1340);
            assertThat(pair.carries(0, true, OCTETS)).isTrue();
            assertThat(pair.carries(1, true, OCTETS)).isTrue();
        }
    }

    @KernelTest
    void questionsForKnownAddressesNeverCrossTheNetwork() throws Exception {
        try (var pair = new Pair(directory, true)) {
            VxlanEndpoint endpoint = pair.ours(0);
            pair.sandboxes.get(0).run("ip", "neighbour", "flush", "all");
            TestNetns.execute(pair.sandboxes.get(0).ref(), "ping", "-n", "-c", "1", "-W", "0.1", "10.9.0.2");
            assertThat(pair.sandboxes.get(0).run("ip", "neighbour", "show", "10.9.0.2"))
                    .contains(Pair.mac(1).toString());
            assertThat(endpoint.statistics().answered()).isPositive();
        }
    }

    @KernelTest
    void neighbourSolicitationsAreAnswered() throws Exception {
        try (var pair = new Pair(directory, true)) {
            VxlanEndpoint endpoint = VxlanEndpoint.open(
                    pair.workers,
                    VxlanOptions.at(IpAddress.parse(pair.underlay(0))).in(pair.hosts.get(0)));
            try (endpoint) {
                NamespaceRef sandbox = pair.sandboxes.get(0).ref();
                VxlanSegment segment = endpoint.add(new SegmentOptions(7, "t0", sandbox, Pair.mac(0), 1400));
                segment.table().change(table -> table.neighbour(IpAddress.parse("fd09::77"), Pair.mac(9)));
                pair.sandboxes.get(0).run("ip", "address", "add", "fd09::1/64", "dev", "t0", "nodad");
                TestNetns.execute(sandbox, "ping", "-n", "-c", "1", "-W", "0.1", "fd09::77");
                await().untilAsserted(() -> assertThat(pair.sandboxes.get(0).run("ip", "neighbour", "show", "fd09::77"))
                        .contains(Pair.mac(9).toString()));
                pair.sandboxes.get(0).run("ip", "address", "add", "fd09::77/64", "dev", "t0");
                await().untilAsserted(() -> assertThat(pair.sandboxes.get(0).run("ip", "address", "show", "t0"))
                        .as("the answer to the test of an address that is in use")
                        .contains("dadfailed"));
            }
        }
    }

    @KernelTest
    void aFloodOfHostileFramesChangesNothingButCounters() throws Exception {
        try (var pair = new Pair(directory, true)) {
            VxlanEndpoint endpoint = pair.ours(0);
            TestNetns.runIn(pair.hosts.get(1), "ip", "address", "add", "192.0.2.66/24", "dev", "u1");
            flood(pair, "192.0.2.66");
            await().untilAsserted(() ->
                    assertThat(endpoint.statistics().dropped(Drop.UNKNOWN_PEER)).isGreaterThan(100));
            assertThat(endpoint.statistics().framesIn()).as("from a stranger").isZero();
            assertThat(endpoint.statistics().drops())
                    .containsKeys(Drop.TRUNCATED, Drop.BAD_FLAGS, Drop.FOREIGN_VNI, Drop.UNKNOWN_PEER);
            pair.kernel(1);
            flood(pair, "192.0.2.2");
            pair.assertEchoes(0, true, 1340);
            assertThat(pair.carries(1, true, OCTETS)).isTrue();
        }
    }

    private static void flood(Pair pair, String from) throws Exception {
        var random = new Random(5);
        ByteBuffer packet = ByteBuffer.allocateDirect(2000);
        try (DatagramChannel channel = Namespaces.visit(pair.hosts.get(1), DatagramChannel::open)) {
            channel.bind(new InetSocketAddress(from, 0));
            var to = new InetSocketAddress(pair.underlay(0), VxlanHeader.PORT);
            for (int i = 0; i < 4000; i++) {
                int length = Frames.random(random, packet.clear(), 8, random.nextInt(500)) + 8;
                VxlanHeader.write(packet, 0, i % 4 == 0 ? 43 : Pair.VNI);
                switch (i % 5) {
                    case 0 -> packet.put(0, (byte) random.nextInt());
                    case 1 -> length = random.nextInt(40);
                    case 2 -> packet.put(8 + random.nextInt(length - 8), (byte) random.nextInt());
                    case 3 -> {
                        for (int at = 22; at < length; at++) {
                            packet.put(at, (byte) random.nextInt());
                        }
                    }
                    default -> {}
                }
                channel.send(packet.clear().limit(length), to);
            }
        }
    }

    @KernelTest
    void aFrameInTheNameOfAnotherEndpointIsDropped() throws Exception {
        try (var pair = new Pair(directory, true)) {
            VxlanEndpoint endpoint = VxlanEndpoint.open(
                    pair.workers,
                    VxlanOptions.at(IpAddress.parse(pair.underlay(0))).in(pair.hosts.get(0)));
            try (endpoint;
                    DatagramChannel channel = Namespaces.visit(pair.hosts.get(1), DatagramChannel::open)) {
                NamespaceRef sandbox = pair.sandboxes.get(0).ref();
                VxlanSegment segment = endpoint.add(new SegmentOptions(7, "t0", sandbox, Pair.mac(0), 1400));
                segment.table()
                        .change(table -> table.flood(Vtep.at(pair.underlay(1))).put(Pair.mac(5), Vtep.at("192.0.2.9")));
                ByteBuffer packet = ByteBuffer.allocate(80);
                VxlanHeader.write(packet, 0, 7);
                packet.putLong(8, Pair.mac(0).bits() << 16)
                        .putLong(14, Pair.mac(5).bits() << 16);
                channel.send(packet, new InetSocketAddress(pair.underlay(0), VxlanHeader.PORT));
                await().untilAsserted(() ->
                        assertThat(endpoint.statistics().dropped(Drop.SPOOFED)).isEqualTo(1));
            }
        }
    }

    @KernelTest
    void movingFramesAllocatesNothing() throws Exception {
        try (var pair = new Pair(directory, true)) {
            pair.kernel(1);
            VxlanEndpoint endpoint = pair.ours(0);
            for (int i = 0; i < 4; i++) { // warm
                pair.carries(0, true, OCTETS);
                pair.carries(1, true, OCTETS);
            }
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long pump = pump().getId();
            long allocated = threads.getThreadAllocatedBytes(pump);
            VxlanStatistics before = endpoint.statistics();
            pair.carries(0, true, 8 * OCTETS);
            pair.carries(1, true, 8 * OCTETS);
            VxlanStatistics after = endpoint.statistics();
            long frames = after.framesIn() + after.framesOut() - before.framesIn() - before.framesOut();
            assertThat(frames).isGreaterThan(1000);
            assertThat((threads.getThreadAllocatedBytes(pump) - allocated) / frames)
                    .as("octets allocated for each frame")
                    .isZero();
        }
    }

    @KernelTest
    void whatIsTakenIsRefusedAndNothingIsLeft() throws Exception {
        try (var pair = new Pair(directory, true)) {
            pair.kernel(1);
            VxlanEndpoint endpoint = pair.ours(0);
            VxlanOptions same =
                    VxlanOptions.at(IpAddress.parse(pair.underlay(0))).in(pair.hosts.get(0));
            assertThatThrownBy(() -> VxlanEndpoint.open(pair.workers, same))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("another endpoint has this port");
            NamespaceRef sandbox = pair.sandboxes.get(0).ref();
            assertThatThrownBy(() -> endpoint.add(new SegmentOptions(Pair.VNI, "t1", sandbox, Pair.mac(3), 1400)))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("tap0");
            assertThatThrownBy(() -> endpoint.add(new SegmentOptions(8, "tap0", sandbox, Pair.mac(3), 1400)))
                    .isInstanceOf(KernelException.class);
            VxlanSegment second = endpoint.add(new SegmentOptions(8, "t1", sandbox, Pair.mac(3), 1400));
            assertThat(pair.sandboxes.get(0).run("ip", "link")).contains("t1");
            second.close();
            second.close();
            assertThat(pair.sandboxes.get(0).run("ip", "link")).doesNotContain("t1");
            pair.assertEchoes(0, true, 56);
            endpoint.close();
            assertThat(pair.sandboxes.get(0).run("ip", "link")).doesNotContain("tap0");
            assertThatThrownBy(() -> endpoint.add(new SegmentOptions(9, "t1", sandbox, Pair.mac(3), 1400)))
                    .isInstanceOf(ClosedException.class);
        }
    }

    @KernelTest
    void aDeviceThatGoesWithItsNamespaceCostsNothing() throws Exception {
        try (var pair = new Pair(directory, true)) {
            pair.kernel(1);
            VxlanEndpoint endpoint = pair.ours(0);
            try (TestNetns brief = TestNetns.create(directory, "brief")) {
                endpoint.add(new SegmentOptions(8, "t1", brief.ref(), Pair.mac(3), 1400));
            }
            pair.assertEchoes(0, true, 56); // the thread has seen that it is gone
            var threads = ManagementFactory.getThreadMXBean();
            long pump = pump().getId();
            await().untilAsserted(() -> {
                long before = threads.getThreadCpuTime(pump);
                pair.echo(0, true, 56);
                assertThat(threads.getThreadCpuTime(pump) - before)
                        .as("nanoseconds on a processor for four frames in 0.2 s")
                        .isLessThan(50_000_000);
            });
            assertThat(pair.carries(0, true, OCTETS)).isTrue();
        }
    }

    private static Thread pump() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("cnm4j-vxlan-4789-0"))
                .findFirst()
                .orElseThrow();
    }
}
