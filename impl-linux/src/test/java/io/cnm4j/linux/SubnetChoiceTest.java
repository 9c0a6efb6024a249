package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.Network;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.host.LinuxHostView;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where subnets are taken from that nobody named. */
class SubnetChoiceTest {
    @TempDir
    Path directory;

    private static String subnet(Network network) {
        return network.inspect().subnets().get(0).pool().toString();
    }

    private static String any(Ipam ipam) {
        return ipam.requestPool(new PoolRequest(
                        "network 'web'", Family.IPV4, Optional.empty(), Optional.empty(), UsedSubnets.NONE, Map.of()))
                .state()
                .pool()
                .toString();
    }

    @Test
    void networksOfTheHostAndOfTheClusterHavePoolsOfTheirOwn() { // CFG-03, IPM-15, IPS-01
        ControllerConfig config = ControllerConfig.builder()
                .addAddressPools(AddressPool.of("10.1.0.0/24", 26))
                .addGlobalAddressPools(AddressPool.of("10.1.0.0/16", 27))
                .build();
        var id = new ControllerId("c".repeat(64));
        try (Sources sources = Sources.open(config, id)) {
            Ipam local = sources.ipams().get("default");
            Ipam global = Sources.global(config, id).get("default");
            assertThat(any(local)).isEqualTo("10.1.0.0/26");
            assertThat(any(global)).isEqualTo("10.1.0.0/27");
            assertThat(any(local)).isEqualTo("10.1.0.64/26");
            assertThat(any(global)).isEqualTo("10.1.0.32/27");
        }
        Ipam builtIn = Sources.global(ControllerConfig.defaults(), id).get("default");
        assertThat(any(builtIn)).isEqualTo("10.0.0.0/24");
    }

    @KernelTest // NI-03, IPM-05, IPN-04
    void onLinkRoutesAreSkippedAndNamedButNotADefaultRouteInTwoHalves() {
        AddressPool four = AddressPool.of("10.9.0.0/24", 26);
        try (var lab = new Lab(directory, KernelTap.NONE, config -> config.addAddressPools(four))) {
            lab.neighbour("tun7", "10.9.0.1/26", "10.9.0.2/26");
            for (String half : new String[] {"0.0.0.0/1", "128.0.0.0/1"}) {
                TestNetns.inHere("ip", "route", "add", half, "dev", "tun7");
            }
            TestNetns.inHere("ip", "route", "add", "10.9.0.128/26", "via", "10.9.0.2");
            assertThat(subnet(lab.network("one"))).isEqualTo("10.9.0.64/26");
            assertThat(subnet(lab.network("two")))
                    .as("what lies behind a router is no reason")
                    .isEqualTo("10.9.0.128/26");
            assertThat(subnet(lab.network("three"))).isEqualTo("10.9.0.192/26");
            assertThatThrownBy(() -> lab.network("four"))
                    .isInstanceOf(ExhaustedException.class)
                    .hasMessageContainingAll("'four'", "10.9.0.0/26 (route of tun7)", "10.9.0.64/26 of network 'one'");
            TestNetns.inHere("ip", "address", "del", "10.9.0.1/26", "dev", "tun7");
            assertThat(subnet(lab.network("four"))).isEqualTo("10.9.0.0/26");
        }
    }

    @KernelTest // NI-03
    void nameServersAreSkipped() throws IOException {
        Path resolvConf = Files.writeString(
                directory.resolve("resolv.conf"), "nameserver 10.9.0.70\nnameserver fd00:9::53%eth0\n");
        try (var workers = new NamespaceWorkers(Path.of(TestNetns.here().path()))) {
            var host = new LinuxHostView(workers, resolvConf);
            UsedSubnets ipv4 = host.subnetsInUse(Family.IPV4);
            assertThat(ipv4.overlapping(IpPrefix.parse("10.9.0.64/26")))
                    .hasValueSatisfying(use -> assertThat(use).hasToString("10.9.0.70/32 (name server)"));
            assertThat(ipv4.overlapping(IpPrefix.parse("10.9.0.0/26"))).isEmpty();
            assertThat(host.subnetsInUse(Family.IPV6).overlapping(IpPrefix.parse("fd00:9::/64")))
                    .isPresent();
        }
    }
}
