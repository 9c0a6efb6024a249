package io.cnm4j.linux;

import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static io.cnm4j.linux.Traffic.isLost;
import static io.cnm4j.linux.Traffic.isRefused;
import static io.cnm4j.linux.Traffic.isSilent;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.spi.plan.NamespaceRef;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** What bridge networks keep apart, and that nothing else suffers from it. */
class BridgeIsolationTest {
    private static final List<String> FORWARDING = List.of("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding");

    @TempDir
    Path directory;

    private static NetworkRequest dualStack(String name, int number, BridgeOptions.Builder options) {
        return NetworkRequest.builder()
                .name(name)
                .ipv6(true)
                .addSubnets(SubnetRequest.of("10." + number + ".0.0/24"), SubnetRequest.of("fd00:" + number + "::/64"))
                .options(options.build().toOptions())
                .build();
    }

    private static Network network(Lab lab, String name, int number) {
        return lab.controller().createNetwork(dualStack(name, number, BridgeOptions.builder()));
    }

    /** A neighbour of the host, to which it is the way to everything. */
    private static TestNetns neighbour(Lab lab, String name, int number) {
        TestNetns neighbour = lab.neighbour(name, "192.0." + number + ".1/24", "192.0." + number + ".2/24");
        TestNetns.inHere("ip", "address", "add", "2001:db8:" + number + "::1/64", "dev", name, "nodad");
        neighbour.run("ip", "address", "add", "2001:db8:" + number + "::2/64", "dev", "eth0", "nodad");
        neighbour.run("ip", "route", "add", "default", "via", "192.0." + number + ".1");
        neighbour.run("ip", "-6", "route", "add", "default", "via", "2001:db8:" + number + "::1");
        return neighbour;
    }

    private static void cutOff(NamespaceRef one, NamespaceRef two, String... addressesOfTwo) throws Exception {
        for (String address : addressesOfTwo) {
            assertThat(isLost(one, two, address)).as("datagram to %s", address).isTrue();
            assertThat(isSilent(one, address)).as("echo request to %s", address).isTrue();
            assertThat(isRefused(one, two, address))
                    .as("connection to %s", address)
                    .isTrue();
        }
    }

    private static String[] addresses(Sandbox sandbox) {
        return new String[] {Lab.address(sandbox, Family.IPV4), Lab.address(sandbox, Family.IPV6)};
    }

    private static String forwarding() {
        return TestNetns.inHere("sysctl", "-n", FORWARDING.get(0), FORWARDING.get(1))
                .replace('\n', ' ');
    }

    @KernelTest // BI-19
    void networksAreApart() throws Exception {
        try (var lab = new Lab(directory)) {
            Network web = network(lab, "web", 20);
            Network db = network(lab, "db", 30);
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(db, "two");
            cutOff(in(one), in(two), addresses(two));
            cutOff(in(two), in(one), addresses(one));

            Sandbox both = lab.connected(web, "both");
            db.connect(both, EndpointRequest.named("both"));
            for (Sandbox other : List.of(one, two)) {
                for (String address : addresses(other)) {
                    assertThat(echoes(in(both), address)).as(address).isTrue();
                }
            }
            cutOff(in(one), in(two), addresses(two));
        }
    }

    @KernelTest // BR-03
    void containersOfOneNetworkMayBeApart() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = neighbour(lab, "out", 2);
            for (String family : List.of("iptables", "ip6tables")) { // what is switched passes by the firewall
                TestNetns.inHere("sysctl", "-q", "-e", "-w", "net.bridge.bridge-nf-call-" + family + "=0");
            }
            Network web = lab.controller()
                    .createNetwork(dualStack("web", 20, BridgeOptions.builder().icc(false)));
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            cutOff(in(one), in(two), addresses(two));
            cutOff(in(two), in(one), addresses(one));
            TestNetns.runIn(in(one), "ip", "route", "replace", "10.20.0.0/24", "via", "10.20.0.1");
            assertThat(isLost(in(one), in(two), Lab.address(two, Family.IPV4)))
                    .as("by way of the gateway")
                    .isTrue();
            for (String address : List.of("10.20.0.1", "fd00:20::1", "192.0.2.2", "2001:db8:2::2")) {
                assertThat(echoes(in(two), address)).as(address).isTrue();
            }
            assertThat(Traffic.sourceSeen(in(two), outside.ref(), "192.0.2.2")).isPresent();
        }
    }

    @KernelTest // BR-28
    void internalNetworkHasNoOutside() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = neighbour(lab, "out", 2);
            network(lab, "other", 30); // forwarding is on
            Network web = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .from(dualStack("web", 20, BridgeOptions.builder()))
                            .internal(true)
                            .build());
            Sandbox one = lab.connected(web, "one");
            Sandbox two = lab.connected(web, "two");
            Sandbox three = lab.connected(lab.controller().networkByName("other"), "three");
            assertThat(TestNetns.runIn(in(one), "ip", "route", "show", "default"))
                    .isEmpty();
            assertThat(TestNetns.runIn(in(one), "ip", "-6", "route", "show", "default"))
                    .isEmpty();
            for (String address : addresses(two)) {
                assertThat(echoes(in(one), address)).as(address).isTrue();
            }
            assertThat(echoes(in(one), "10.20.0.1")).isTrue();
            assertThat(echoes(TestNetns.here(), Lab.address(one, Family.IPV6))).isTrue();

            TestNetns.runIn(in(one), "ip", "route", "add", "default", "via", "10.20.0.1");
            TestNetns.runIn(in(one), "ip", "-6", "route", "add", "default", "via", "fd00:20::1");
            cutOff(in(one), outside.ref(), "192.0.2.2", "2001:db8:2::2");
            cutOff(outside.ref(), in(one), addresses(one));
            cutOff(in(one), in(three), addresses(three));
            cutOff(in(three), in(one), addresses(one));
        }
    }

    @KernelTest // BI-09
    void nothingNewComesInFromOutside() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = neighbour(lab, "out", 2);
            Network nat = network(lab, "nat", 20);
            Network plain = lab.controller()
                    .createNetwork(
                            dualStack("plain", 30, BridgeOptions.builder().masquerade(false)));
            for (Network network : List.of(nat, plain)) {
                Sandbox one = lab.connected(network, network.name());
                assertThat(echoes(in(one), "192.0.2.2")).as("answers come in").isTrue();
                cutOff(outside.ref(), in(one), addresses(one));
            }
        }
    }

    @KernelTest // BR-26
    void whatForwardedNothingBeforeForwardsNothingElse() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns left = neighbour(lab, "left", 2);
            TestNetns right = neighbour(lab, "right", 3);
            assertThat(forwarding()).isEqualTo("0 0 ");
            Network web = network(lab, "web", 20);
            Network db = network(lab, "db", 30);
            assertThat(forwarding()).isEqualTo("1 1 ");
            cutOff(left.ref(), right.ref(), "192.0.3.2", "2001:db8:3::2");
            Sandbox one = lab.connected(db, "one");
            web.delete();
            assertThat(forwarding()).as("one network still needs it").isEqualTo("1 1 ");
            assertThat(echoes(in(one), "192.0.3.2")).isTrue();
            cutOff(left.ref(), right.ref(), "192.0.3.2", "2001:db8:3::2");
            one.delete();
            db.delete();
            assertThat(forwarding()).isEqualTo("0 0 ");
        }
    }

    @KernelTest // BR-26
    void whatForwardedBeforeGoesOnForwarding() {
        FORWARDING.forEach(key -> TestNetns.inHere("sysctl", "-q", "-w", key + "=1"));
        try (var lab = new Lab(directory)) {
            TestNetns left = neighbour(lab, "left", 2);
            neighbour(lab, "right", 3);
            Network web = network(lab, "web", 20);
            Sandbox one = lab.connected(web, "one");
            assertThat(echoes(in(one), "192.0.2.2")).isTrue();
            for (String address : List.of("192.0.3.2", "2001:db8:3::2")) {
                assertThat(echoes(left.ref(), address)).as(address).isTrue();
            }
            lab.clear();
            assertThat(echoes(left.ref(), "192.0.3.2")).isTrue();
            assertThat(forwarding()).isEqualTo("1 1 ");
        }
        FORWARDING.forEach(key -> TestNetns.inHere("sysctl", "-q", "-w", key + "=0"));
    }
}
