package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.ConflictException;
import io.cnm4j.api.error.InUseException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.ServicePort;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.tck.Together;
import io.cnm4j.tck.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Networks across hosts that are namespaces, with a real etcd and real packets. */
@Tag("kernel")
class OverlayTest extends FreshCluster {
    private static NetworkRequest overlay(String name) {
        return NetworkRequest.builder().name(name).driver("overlay").build();
    }

    private static Sandbox joined(Underlay.Host host, String network, String container) {
        Sandbox sandbox = host.controller().createSandbox(SandboxRequest.forContainer(container));
        seen(host, network).connect(sandbox, EndpointRequest.named(container));
        return sandbox;
    }

    /** Returns a network when a host has heard of it. */
    private static Network seen(Underlay.Host host, String network) {
        Waiting.until(() ->
                host.controller().networks().stream().anyMatch(n -> n.name().equals(network)));
        return host.controller().networkByName(network);
    }

    private static boolean finds(Sandbox sandbox, String name) {
        return !Resolver.DIG.find(sandbox, name, Resolver.Type.A).isEmpty();
    }

    private static boolean reaches(Sandbox from, Sandbox to, Family family) {
        String address = Lab.address(to, family);
        Waiting.until(() -> Traffic.echoes(Traffic.in(from), address), Duration.ofSeconds(5));
        return Lab.reaches(from, address);
    }

    @Test // OV-03, OV-07, OV-10, OV-14, OV-15, S12, *43
    void sandboxesOnTwoHostsReachEachOtherAndNothingStaysBehind() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            Underlay.Host one = underlay.host(1);
            Underlay.Host two = underlay.host(2);
            Network net = one.controller()
                    .createNetwork(NetworkRequest.builder()
                            .from(overlay("net"))
                            .ipv6(true)
                            .addSubnets(SubnetRequest.builder()
                                    .family(Family.IPV6)
                                    .pool(IpPrefix.parse("fd00:1::/64"))
                                    .build())
                            .build());
            assertThat(net.inspect().driverNote()).containsEntry("vni", "4096");
            assertThat(one.present()).isEmpty();

            Sandbox a = joined(one, "net", "a");
            assertThat(one.present()).hasSize(1);
            assertThat(two.present()).isEmpty();
            Sandbox b = joined(two, "net", "b");
            assertThat(reaches(a, b, Family.IPV4)).isTrue();
            assertThat(reaches(b, a, Family.IPV4)).isTrue();
            assertThat(reaches(a, b, Family.IPV6)).isTrue();
            assertThat(Traffic.passesWhole(Traffic.in(a), Lab.address(b, Family.IPV4), 1450))
                    .isTrue();
            assertThat(one.controller().check()).isEmpty();
            assertThat(two.controller().check()).isEmpty();

            a.delete();
            assertThat(one.present()).isEmpty();
            assertThatThrownBy(net::delete)
                    .isInstanceOf(InUseException.class)
                    .hasMessageContaining("b on host 10.77.0.2");
            b.delete();
            assertThat(two.present()).isEmpty();
            net.delete();
            Waiting.until(() -> two.controller().networks().isEmpty());
            assertThat(two.controller().networks()).isEmpty();
        }
    }

    @Test // OV-26, S6, OV-08
    void overlaysAreIsolatedAndASandboxOnBothReachesBoth() {
        try (var underlay = new Underlay(directory, store, 2, true)) {
            underlay.host(1).controller().createNetwork(overlay("red"));
            underlay.host(1).controller().createNetwork(overlay("blue"));
            Sandbox red = joined(underlay.host(1), "red", "red1");
            Sandbox blue = joined(underlay.host(1), "blue", "blue1");
            Sandbox both = underlay.host(2)
                    .controller()
                    .createSandbox(SandboxRequest.builder()
                            .containerId("both")
                            .connect(seen(underlay.host(2), "red"), EndpointRequest.named("both"))
                            .connect(seen(underlay.host(2), "blue"), EndpointRequest.named("both"))
                            .build());
            Sandbox apart = joined(underlay.host(2), "red", "apart");
            seen(underlay.host(2), "blue").connect(apart, EndpointRequest.named("apart"));
            Sandbox far = joined(underlay.host(2), "blue", "far");
            assertThat(reaches(apart, red, Family.IPV4)).isTrue();
            assertThat(reaches(apart, blue, Family.IPV4)).isTrue();
            assertThat(reaches(both, red, Family.IPV4)).isTrue();
            assertThat(reaches(both, blue, Family.IPV4)).isTrue();
            assertThat(reaches(far, blue, Family.IPV4)).isTrue();
            assertThat(Traffic.isSilent(Traffic.in(far), Lab.address(red, Family.IPV4)))
                    .isTrue();
            assertThat(Traffic.isSilent(Traffic.in(red), Lab.address(blue, Family.IPV4)))
                    .isTrue();
        }
    }

    @Test // DS-12, SD-02, SD-03
    void whatIsOnOtherHostsIsFoundByNameWhileItIsInASandbox() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            underlay.host(1).controller().createNetwork(overlay("red"));
            underlay.host(1).controller().createNetwork(overlay("blue"));
            Sandbox a = joined(underlay.host(1), "red", "a");
            Sandbox stranger = joined(underlay.host(1), "blue", "stranger");
            Network there = seen(underlay.host(2), "red");
            Sandbox db = underlay.host(2)
                    .controller()
                    .createSandbox(SandboxRequest.builder()
                            .containerId("d".repeat(64))
                            .hostname("db-host")
                            .build());
            Endpoint endpoint = there.createEndpoint(EndpointRequest.builder()
                    .name("db")
                    .addAliases("store")
                    .addServices(ServicePort.of("_redis._tcp.db", 6379))
                    .build());
            IpAddress address = endpoint.inspect().address(Family.IPV4).orElseThrow();
            assertThat(Resolver.DIG.find(a, "db", Resolver.Type.A)).isEmpty(); // it is in no sandbox

            endpoint.join(db);
            Waiting.until(() -> finds(a, "db"));
            for (String name : List.of("db", "DB.red", "store", "db-host", "dddddddddddd")) {
                assertThat(Resolver.DIG.find(a, name, Resolver.Type.A)).as(name).containsExactly("" + address);
            }
            assertThat(Resolver.DIG.find(a, "" + address, Resolver.Type.PTR)).containsExactly("db.red");
            assertThat(Resolver.run(a, "dig", "+short", "-t", "SRV", "_redis._tcp.db"))
                    .contains("6379 db.");
            assertThat(Resolver.DIG.find(stranger, "db", Resolver.Type.A)).isEmpty();
            assertThat(Resolver.DIG.find(db, "a", Resolver.Type.A)).hasSize(1);

            for (Runnable hide : List.<Runnable>of(db::disableService, endpoint::leave)) {
                db.enableService();
                Waiting.until(() -> finds(a, "store"));
                assertThat(finds(a, "store")).isTrue();
                hide.run();
                Waiting.until(() -> !finds(a, "db"));
                assertThat(finds(a, "db")).isFalse();
                assertThat(finds(a, "store")).isFalse();
            }
        }
    }

    @Test
    void hostsNeverGiveOneAddressOrNumberTwice() {
        try (var underlay = new Underlay(directory, store, 3, false)) {
            Together.run(3, host -> {
                for (int i = 0; i < 5; i++) {
                    underlay.host(host + 1).controller().createNetwork(overlay("n" + host + "-" + i));
                }
            });
            Waiting.until(() -> underlay.host(1).controller().networks().size() == 15);
            List<Network> networks = underlay.host(1).controller().networks();
            assertThat(networks).hasSize(15);
            assertThat(networks.stream().map(n -> n.inspect().driverNote().get("vni")))
                    .doesNotHaveDuplicates();
            assertThat(networks.stream().map(n -> n.inspect().subnets().get(0).pool()))
                    .doesNotHaveDuplicates();
            assertThatThrownBy(() -> underlay.host(2).controller().createNetwork(overlay("n0-0")))
                    .isInstanceOf(ConflictException.class);

            var taken = Collections.synchronizedList(new ArrayList<IpAddress>());
            for (int host = 1; host <= 3; host++) {
                seen(underlay.host(host), "n0-0");
            }
            Together.run(3, host -> {
                Network network = underlay.host(host + 1).controller().networkByName("n0-0");
                for (int i = 0; i < 20; i++) {
                    Endpoint endpoint = network.createEndpoint(EndpointRequest.named("e" + host + "-" + i));
                    taken.add(endpoint.inspect().address(Family.IPV4).orElseThrow());
                }
            });
            assertThat(taken).hasSize(60).doesNotHaveDuplicates();
            Network network = underlay.host(1).controller().networkByName("n0-0");
            assertThatThrownBy(() -> network.createEndpoint(EndpointRequest.named("e1-3")))
                    .isInstanceOf(ConflictException.class);
        }
    }

    @Test // OV-22, RS-06
    void aHostThatComesBackInTimeKeepsEverythingAndTrafficGoesOn() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            underlay.host(1).controller().createNetwork(overlay("net"));
            Sandbox a = joined(underlay.host(1), "net", "a");
            Sandbox b = joined(underlay.host(2), "net", "b");
            NamespaceRef inside = Traffic.in(b);
            String address = Lab.address(a, Family.IPV4);
            assertThat(reaches(b, a, Family.IPV4)).isTrue();

            underlay.host(2).goAway();
            assertThat(Traffic.echoes(inside, address)).isTrue();
            underlay.host(2).comeBack();
            assertThat(Traffic.echoes(inside, address)).isTrue();
            assertThat(underlay.host(2).controller().check()).isEmpty();
            Sandbox c = joined(underlay.host(1), "net", "c");
            assertThat(reaches(underlay.host(2).controller().sandboxByContainer("b"), c, Family.IPV4))
                    .isTrue();
        }
    }

    @Test
    void aHostThatIsGoneLosesItsEndpointsAndComesBackWithoutWhatOthersTook() {
        try (var underlay =
                new Underlay(directory, store, 2, false, config -> config.timeToLive(Underlay.SHORT_LIFE))) {
            Network net = underlay.host(1).controller().createNetwork(overlay("net"));
            joined(underlay.host(2), "net", "b");
            IpAddress address = seen(underlay.host(2), "net")
                    .endpointByName("b")
                    .inspect()
                    .address(Family.IPV4)
                    .orElseThrow();
            var again = EndpointRequest.builder().name("b").ipv4(address).build();
            assertThatThrownBy(() -> net.createEndpoint(again)).isInstanceOf(ConflictException.class);

            underlay.host(2).goAway();
            var made = new HashSet<String>();
            Waiting.until(() -> made.size() == 1 || tried(net, again, made), Duration.ofSeconds(20));
            assertThat(made).containsExactly(address.toString());

            underlay.host(2).comeBack();
            Waiting.until(
                    () -> underlay.host(2)
                                    .controller()
                                    .networkByName("net")
                                    .endpoints()
                                    .isEmpty()
                            && underlay.host(2).present().isEmpty(),
                    Duration.ofSeconds(10));
        }
    }

    private static boolean tried(Network net, EndpointRequest request, Set<String> made) {
        try {
            made.add(net.createEndpoint(request)
                    .inspect()
                    .address(Family.IPV4)
                    .orElseThrow()
                    .toString());
            return true;
        } catch (ConflictException notYet) {
            return false;
        }
    }

    @Test
    void whileTheStoreIsAwayTrafficGoesOnAndChangesAreRefused() {
        try (var underlay = new Underlay(directory, store, 2, false)) {
            underlay.host(1).controller().createNetwork(overlay("net"));
            Sandbox a = joined(underlay.host(1), "net", "a");
            Sandbox b = joined(underlay.host(2), "net", "b");
            assertThat(reaches(a, b, Family.IPV4)).isTrue();
            Sandbox late = underlay.host(1).controller().createSandbox(SandboxRequest.forContainer("late"));

            etcd.members().get(0).kill();
            try {
                assertThat(Lab.reaches(a, Lab.address(b, Family.IPV4))).isTrue();
                Network hasty = underlay.host(1)
                        .controller()
                        .within(Duration.ofSeconds(1))
                        .networkByName("net");
                assertThatThrownBy(() -> hasty.connect(late, EndpointRequest.named("late")))
                        .isInstanceOf(CnmException.class);
                a.delete(); // goes at once; the store learns of it later
            } finally {
                etcd.members().get(0).start();
            }
            Sandbox again = joined(underlay.host(1), "net", "a2");
            assertThat(reaches(b, again, Family.IPV4)).isTrue();
        }
    }
}
