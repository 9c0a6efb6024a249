package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.TestNetns;
import io.cnm4j.linux.libc.Sockets;
import io.cnm4j.linux.netns.Namespaces;
import io.cnm4j.linux.vxlan.codec.Drop;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import io.cnm4j.spi.plan.NamespaceRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** At the far end are the kernel's own VXLAN and ESP in UDP, set up as an operator does: RFC 3948, RFC 4106. */
class KernelEspTest {
    private static final int OCTETS = 1 << 20;
    private static final int THERE = 0x1000;
    private static final int BACK = 0x1001;
    private static final int NEXT = 0x2000;
    private static final int DATAGRAM_SOCKET = 2 | 0x80000; // SOCK_DGRAM, SOCK_CLOEXEC
    private static final int IPPROTO_UDP = 17;
    private static final int UDP_ENCAP = 100;
    private static final int ESP_IN_UDP = 2; // UDP_ENCAP_ESPINUDP

    @TempDir
    Path directory;

    @BeforeEach
    void needsTap() {
        Pair.assumeTap();
    }

    @KernelTest
    void aKernelWithEspIsAPeerAndKeysChange() throws Exception {
        try (var pair = new Pair(directory, true)) {
            IpAddress peer = IpAddress.parse(pair.underlay(1));
            EspKeys keys = EspKeys.NONE.sendTo(peer, Pair.key(THERE)).receiveFrom(peer, Pair.key(BACK));
            int encapsulating = seal(pair);
            try {
                pair.kernel(1);
                VxlanEndpoint ours = pair.encrypted(0, keys);
                pair.assertEchoes(0, true, 56);
                pair.assertEchoes(1, false, 8000);
                long early = ours.statistics().dropped(Drop.UNKNOWN_KEY); // what the kernel sent before ours had keys
                assertThat(pair.carries(0, true, OCTETS)).isTrue();
                assertThat(pair.carries(1, false, OCTETS)).isTrue();
                ours.use(keys.sendTo(peer, Pair.key(NEXT)));
                assertThat(pair.carries(0, true, OCTETS)).isTrue();
                assertThat(ours.statistics().dropped(Drop.UNKNOWN_KEY)).isEqualTo(early);
                assertThat(ours.statistics().dropped(Drop.NOT_AUTHENTIC)).isZero();
                assertThat(ours.statistics().dropped(Drop.REPLAYED)).isZero();
                ours.use(keys.sendTo(peer, Pair.key(NEXT + 1)));
                assertThat(pair.echo(0, true, 56))
                        .as("under a key that the kernel does not have")
                        .contains(" 100% packet loss");
            } finally {
                CALLS.close(encapsulating);
            }
        }
    }

    /** Lets the kernel of host 1 seal what leaves for VXLAN and take nothing else in; returns the socket that ESP in UDP comes to. */
    private static int seal(Pair pair) throws Exception {
        NamespaceRef host = pair.hosts.get(1);
        state(pair, 1, BACK);
        state(pair, 0, THERE);
        state(pair, 0, NEXT);
        policy(pair, 1, "out");
        policy(pair, 0, "in");
        return Namespaces.visit(host, () -> {
            int fd = CALLS.socket(2, DATAGRAM_SOCKET, 0); // AF_INET
            assertThat(Sockets.bind(fd, IpAddress.parse(pair.underlay(1)), Pair.ESP_PORT))
                    .isZero();
            assertThat(Sockets.option(fd, IPPROTO_UDP, UDP_ENCAP, ESP_IN_UDP)).isTrue();
            return fd;
        });
    }

    /** A security association from one host to the other. */
    private static void state(Pair pair, int from, int spi) {
        String port = "" + Pair.ESP_PORT;
        var words = new ArrayList<>(List.of("ip", "xfrm", "state", "add"));
        words.addAll(List.of("src", pair.underlay(from), "dst", pair.underlay(1 - from)));
        words.addAll(List.of("proto", "esp", "spi", "" + spi, "mode", "transport", "replay-window", "32"));
        words.addAll(List.of("aead", "rfc4106(gcm(aes))", "0x" + HexFormat.of().formatHex(Pair.material(spi)), "128"));
        words.addAll(List.of("encap", "espinudp", port, port, "0.0.0.0"));
        TestNetns.Result result = TestNetns.execute(pair.hosts.get(1), words.toArray(String[]::new));
        String said = result.output().strip();
        assumeTrue(
                !said.contains("not found") && !said.contains("not supported"),
                "this kernel has no ESP (" + said + "): .ci/test-other-kernel uml " + KernelEspTest.class.getName());
        assertThat(result.status()).as(said).isZero();
    }

    private static void policy(Pair pair, int from, String direction) {
        String[] ends = {"src", pair.underlay(from), "dst", pair.underlay(1 - from)};
        var words = new ArrayList<>(List.of("ip", "xfrm", "policy", "add"));
        words.addAll(Arrays.asList(ends));
        words.addAll(List.of("proto", "udp", "dport", "4789", "dir", direction, "tmpl"));
        words.addAll(Arrays.asList(ends));
        words.addAll(List.of("proto", "esp", "mode", "transport"));
        TestNetns.runIn(pair.hosts.get(1), words.toArray(String[]::new));
    }
}
