package io.cnm4j.linux;

import static io.cnm4j.linux.Traffic.echoes;
import static io.cnm4j.linux.Traffic.in;
import static io.cnm4j.linux.Traffic.sourceSeen;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** With which address packets of a bridge network leave the host: what a server outside sees. */
class BridgeOutsideTest {
    private static final String OUTSIDE4 = "192.0.2.2";
    private static final String OUTSIDE6 = "2001:db8::2";

    @TempDir
    Path directory;

    private static TestNetns outside(Lab lab) {
        TestNetns outside = lab.neighbour("out", "192.0.2.1/24", OUTSIDE4 + "/24");
        TestNetns.inHere("ip", "address", "add", "2001:db8::1/64", "dev", "out", "nodad");
        outside.run("ip", "address", "add", OUTSIDE6 + "/64", "dev", "eth0", "nodad");
        return outside;
    }

    /** The neighbour knows the way back to the subnets of the network. */
    private static void routeBack(TestNetns outside) {
        outside.run("ip", "route", "add", "10.20.0.0/24", "via", "192.0.2.1");
        outside.run("ip", "-6", "route", "add", "fd00:20::/64", "via", "2001:db8::1");
    }

    private static Network web(Lab lab, BridgeOptions.Builder options) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("web")
                        .ipv6(true)
                        .addSubnets(SubnetRequest.of("10.20.0.0/24"), SubnetRequest.of("fd00:20::/64"))
                        .options(options.build().toOptions())
                        .build());
    }

    private static String text(String address) {
        return IpAddress.parse(address).toString();
    }

    private static void seen(Sandbox from, TestNetns outside, String expected4, String expected6) throws Exception {
        assertThat(sourceSeen(in(from), outside.ref(), OUTSIDE4)).contains(expected4);
        assertThat(sourceSeen(in(from), outside.ref(), OUTSIDE6).map(BridgeOutsideTest::text))
                .contains(expected6);
        assertThat(echoes(in(from), OUTSIDE4)).isTrue();
        assertThat(echoes(in(from), OUTSIDE6)).isTrue();
    }

    @KernelTest // BR-02, BI-03
    void theHostsAddressByDefault() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            Network web = web(lab, BridgeOptions.builder());
            Sandbox one = lab.connected(web, "one");
            seen(one, outside, "192.0.2.1", "2001:db8::1");
            Sandbox two = lab.connected(web, "two");
            assertThat(sourceSeen(in(one), in(two), Lab.address(two, Family.IPV4)))
                    .as("inside its network it keeps its own")
                    .contains(Lab.address(one, Family.IPV4));
        }
    }

    @KernelTest // BR-02
    void itsOwnWithoutMasquerade() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            routeBack(outside);
            Sandbox one = lab.connected(web(lab, BridgeOptions.builder().masquerade(false)), "one");
            seen(one, outside, Lab.address(one, Family.IPV4), Lab.address(one, Family.IPV6));
        }
    }

    @KernelTest // BR-12
    void theAddressAskedFor() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            TestNetns.inHere("ip", "address", "add", "192.0.2.9/24", "dev", "out");
            TestNetns.inHere("ip", "address", "add", "2001:db8::9/64", "dev", "out", "nodad");
            var options = BridgeOptions.builder()
                    .hostIpv4(IpAddress.parse("192.0.2.9"))
                    .hostIpv6(IpAddress.parse("2001:db8::9"));
            Sandbox one = lab.connected(web(lab, options), "one");
            seen(one, outside, "192.0.2.9", "2001:db8::9");
        }
    }

    @KernelTest
    void ipv6AloneGoesOutToo() throws Exception {
        try (var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            Network web = lab.controller()
                    .createNetwork(NetworkRequest.builder()
                            .name("web")
                            .ipv4(false)
                            .ipv6(true)
                            .build());
            Sandbox one = lab.connected(web, "one");
            assertThat(echoes(in(one), OUTSIDE6)).isTrue();
            assertThat(sourceSeen(in(one), outside.ref(), OUTSIDE6).map(BridgeOutsideTest::text))
                    .contains("2001:db8::1");
        }
    }

    @KernelTest
    void withoutFirewallNothingIsChangedAndNothingKeptOut() throws Exception {
        TestNetns.inHere("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        try (var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            routeBack(outside);
            Sandbox one = lab.connected(web(lab, BridgeOptions.builder().firewall(false)), "one");
            seen(one, outside, Lab.address(one, Family.IPV4), Lab.address(one, Family.IPV6));
            assertThat(echoes(outside.ref(), Lab.address(one, Family.IPV4))).isTrue();
            assertThat(TestNetns.inHere("nft", "list", "ruleset")).isEmpty();
        }
        TestNetns.inHere("sysctl", "-q", "-w", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0");
    }

    @KernelTest // BR-09: a narrower way outside is told to the container
    void narrowerPathOutsideIsLearnt() {
        try (var lab = new Lab(directory)) {
            TestNetns outside = outside(lab);
            outside.run("ip", "link", "set", "eth0", "mtu", "1400");
            TestNetns.inHere("ip", "link", "set", "out", "mtu", "1400");
            Sandbox one = lab.connected(web(lab, BridgeOptions.builder()), "one");
            for (String address : new String[] {OUTSIDE4, OUTSIDE6}) {
                assertThat(Traffic.passesWhole(in(one), address, 1401)).isFalse();
                assertThat(Traffic.passesWhole(in(one), address, 1400)).isTrue();
                assertThat(TestNetns.runIn(in(one), "ip", "route", "get", address))
                        .contains("mtu 1400");
            }
        }
    }
}
