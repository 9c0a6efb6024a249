package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxUpdate;
import io.cnm4j.api.model.StaticRoute;
import io.cnm4j.api.model.SubnetRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** What a sandbox has besides its networks, and what becomes of it. */
class SandboxUpdateTest {
    @TempDir
    Path directory;

    private static Network dual(Lab lab) {
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name("net")
                        .ipv6(true)
                        .addSubnets(SubnetRequest.of("10.20.1.0/24"), SubnetRequest.of("fd00:20:1::/64"))
                        .build());
    }

    @KernelTest // EO-02, EO-08, EO-14, EG-07
    void routesLinkLocalAddressesAndNamesAreAsAskedFor() {
        try (var lab = new Lab(directory)) {
            Network net = dual(lab);
            Sandbox router = lab.connected(net, "router");
            String next = Lab.address(router, Family.IPV4);
            String next6 = Lab.address(router, Family.IPV6);
            Lab.in(router, "ip", "address", "add", "198.51.100.1/24", "dev", "lo");
            Sandbox box = lab.sandbox("box");
            net.connect(
                    box,
                    EndpointRequest.builder()
                            .name("box")
                            .putOptions(EndpointRequest.INTERFACE_NAME, "lan0")
                            .addLinkLocal(IpAddress.parse("169.254.7.1"), IpAddress.parse("fe80::7:1"))
                            .addRoutes(
                                    StaticRoute.via("198.51.100.0/24", next),
                                    StaticRoute.via("2001:db8:7::/48", next6),
                                    StaticRoute.onLink("203.0.113.0/24"))
                            .build());
            assertThat(Lab.in(box, "ip", "route").output())
                    .contains("198.51.100.0/24 via " + next + " dev lan0")
                    .contains("203.0.113.0/24 dev lan0");
            assertThat(Lab.in(box, "ip", "-6", "route").output()).contains("2001:db8:7::/48 via " + next6);
            assertThat(Lab.in(box, "ip", "address", "show", "dev", "lan0").output())
                    .contains("169.254.7.1/16", "fe80::7:1/64");
            assertThat(Lab.reaches(box, "198.51.100.1")).isTrue();
            assertThat(lab.controller().check()).isEmpty();

            Lab.in(box, "ip", "route", "del", "198.51.100.0/24");
            assertThat(lab.controller().check()).hasSize(1);
            assertThat(lab.controller().repair(lab.controller().check())).isEmpty();
            assertThat(Lab.reaches(box, "198.51.100.1")).isTrue();

            Sandbox plain = lab.sandbox("plain");
            net.connect(
                    plain,
                    EndpointRequest.builder()
                            .name("plain")
                            .disableIpv6(true)
                            .addLinkLocal(IpAddress.parse("169.254.7.2"))
                            .build());
            assertThat(Lab.in(plain, "ip", "-6", "address", "show", "dev", "eth0")
                            .output())
                    .isBlank();
            assertThat(Lab.reaches(plain, "169.254.7.1")).isTrue();
            assertThatThrownBy(() -> net.connect(
                            plain,
                            EndpointRequest.builder()
                                    .name("again")
                                    .disableIpv6(true)
                                    .addRoutes(StaticRoute.onLink("2001:db8::/48"))
                                    .build()))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("2001:db8::/48");
            assertThatThrownBy(() -> StaticRoute.onLink("0.0.0.0/0")).isInstanceOf(InvalidRequestException.class);
            assertThatThrownBy(() -> EndpointRequest.builder()
                            .name("x")
                            .addLinkLocal(IpAddress.parse("10.0.0.1"))
                            .build())
                    .isInstanceOf(InvalidRequestException.class);
        }
    }

    @KernelTest // SB-18, SB-19, SB-20, HO-07
    void othersFindItAsItIsCalledNow() throws Exception {
        try (var lab = new Lab(directory)) {
            Network net = lab.network("net");
            Sandbox web = lab.connected(net, "web");
            Sandbox other = lab.connected(net, "other");
            String address = Lab.address(web, Family.IPV4);
            assertThat(Resolver.DIG.find(other, "web", Resolver.Type.A)).containsExactly(address);

            web.rename("shop");
            assertThat(Resolver.DIG.find(other, "shop", Resolver.Type.A)).containsExactly(address);

            web.disableService();
            assertThat(Resolver.DIG.find(other, "shop", Resolver.Type.A)).isEmpty();
            assertThat(Lab.reaches(other, address)).isTrue();
            web.enableService();
            assertThat(Resolver.DIG.find(other, "shop", Resolver.Type.A)).containsExactly(address);

            web.update(SandboxUpdate.builder()
                    .hostname("front")
                    .extraHosts(java.util.List.of(ExtraHost.parse("printer:192.0.2.9")))
                    .build());
            assertThat(Resolver.DIG.find(other, "front", Resolver.Type.A)).containsExactly(address);
            assertThat(Files.readString(web.inspect().hostsFile())).contains("192.0.2.9\tprinter", address + "\tfront");
            assertThat(lab.controller().check()).isEmpty();
        }
    }
}
