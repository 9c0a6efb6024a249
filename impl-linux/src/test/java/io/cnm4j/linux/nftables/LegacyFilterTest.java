package io.cnm4j.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.TestNetns;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.spi.host.PacketWay;
import java.util.ArrayList;
import java.util.List;

/** What rules of iptables-legacy let pass, on the kernel's own tables of both families. */
class LegacyFilterTest {
    private static final PacketWay TO = PacketWay.to("br0");
    private static final PacketWay FROM = PacketWay.from("br0");
    private static final PacketWay BACK = PacketWay.backTo("br0");

    private final List<String> wrong = new ArrayList<>();

    private static void run(String tool, String rule) {
        TestNetns.inHere((tool + " " + rule).split(" "));
    }

    /** Notes where the rules drop something else than these ways. */
    private void drop(List<PacketWay> dropped, String... rules) {
        for (String family : List.of("ip", "ip6")) {
            String tool = family + "tables-legacy";
            for (String rule : rules) {
                run(tool, rule);
            }
            try (var socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
                var barriers = new Barriers(socket);
                for (PacketWay way : List.of(TO, FROM, BACK)) {
                    List<String> found = barriers.on(way);
                    List<String> wanted =
                            dropped.contains(way) ? List.of(family + " filter FORWARD (iptables-legacy)") : List.of();
                    if (!found.equals(wanted)) {
                        wrong.add(tool + " " + List.of(rules) + " " + way + ": " + found);
                    }
                }
            }
            run(tool, "-P FORWARD ACCEPT");
            run(tool, "-F");
            run(tool, "-X");
        }
    }

    @KernelTest
    void chainsAreReadAsThePacketsGo() {
        for (String tool : List.of("iptables-legacy", "ip6tables-legacy")) {
            TestNetns.Result made = TestNetns.execute(TestNetns.here(), tool, "-S");
            assumeTrue(made.status() == 0, () -> "no " + tool + " here: " + made.output());
        }
        List<PacketWay> all = List.of(TO, FROM, BACK);
        drop(List.of(), "-A FORWARD -p tcp -j DROP"); // something in particular
        drop(all, "-P FORWARD DROP");
        drop(all, "-A FORWARD -j DROP");
        drop(List.of(TO, BACK), "-A FORWARD -o br0 -j REJECT");
        drop(List.of(), "-A FORWARD -i br0 -o br0 -j DROP"); // among themselves
        drop(List.of(FROM), "-P FORWARD DROP", "-A FORWARD -o br0 -j ACCEPT");
        drop(List.of(TO, BACK), "-P FORWARD DROP", "-A FORWARD -i br+ -j ACCEPT");
        drop(List.of(TO, BACK), "-P FORWARD DROP", "-A FORWARD ! -o br0 -j ACCEPT", "-A FORWARD -i br0 -j ACCEPT");
        drop(List.of(FROM, BACK), "-P FORWARD DROP", "-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT");
        drop(
                List.of(TO, FROM),
                "-P FORWARD DROP",
                "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment known -j ACCEPT");
        drop(List.of(FROM), "-P FORWARD DROP", "-N MORE", "-A MORE -o br0 -j ACCEPT", "-A FORWARD -g MORE");
        drop(all, "-P FORWARD DROP", "-N MORE", "-A MORE -j RETURN", "-A MORE -j ACCEPT", "-A FORWARD -j MORE");
        drop(all, "-P FORWARD DROP", "-A FORWARD -o br0", "-A FORWARD -o br1 -j ACCEPT");
        assertThat(wrong).isEmpty();
    }
}
