package io.cnm4j.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.driver.bridge.GatewayMode;
import io.cnm4j.spi.plan.NamespaceRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.io.TempDir;

/** Who reaches a container on a bridge network, and where: every combination, with packets. Section 4.1.5, BI-03 to BI-19, *48 to *50. */
class ReachabilityTest {
    private static final int PUBLISHED = 80;
    private static final int OTHER = 81;
    private static final int HOST_PORT = 8001;
    private static final int AT_A_TIME = 12;

    @TempDir
    Path directory;

    private enum Kind {
        NAT(GatewayMode.NAT, false),
        NAT_TRUSTING(GatewayMode.NAT, false),
        NAT_DIRECT(GatewayMode.NAT, false),
        UNPROTECTED(GatewayMode.NAT_UNPROTECTED, false),
        ROUTED(GatewayMode.ROUTED, false),
        INTERNAL(GatewayMode.NAT, true),
        ISOLATED(GatewayMode.ISOLATED, true);

        private final GatewayMode mode;
        private final boolean internal;

        Kind(GatewayMode mode, boolean internal) {
            this.mode = mode;
            this.internal = internal;
        }
    }

    private enum From {
        NEIGHBOUR,
        TRUSTED_NEIGHBOUR,
        HOST,
        SIBLING,
        STRANGER,
        ITSELF
    }

    private enum To {
        HOST_PORT,
        PUBLISHED_PORT,
        OTHER_PORT
    }

    /** One question. */
    private record Cell(Kind kind, boolean icc, Family family, From from, To to) {
        /** Returns what the rows say. */
        boolean isReached() {
            if (to == To.HOST_PORT) { // 4.1.5: DNAT in both nat modes; from everywhere, the network itself included
                return !kind.internal && kind.mode != GatewayMode.ROUTED;
            }
            return switch (from) {
                case ITSELF -> true;
                case HOST -> kind != Kind.ISOLATED; // BR-28
                case SIBLING -> icc; // BI-03, BI-06
                case NEIGHBOUR, STRANGER -> isOpen(); // BI-09, BI-19
                case TRUSTED_NEIGHBOUR -> isOpen() || (kind == Kind.NAT_TRUSTING && to == To.PUBLISHED_PORT); // BR-08
            };
        }

        private boolean isOpen() {
            return switch (kind) {
                case NAT, NAT_TRUSTING, INTERNAL, ISOLATED -> false;
                case NAT_DIRECT, ROUTED -> to == To.PUBLISHED_PORT;
                case UNPROTECTED -> true;
            };
        }
    }

    private record Answer(Cell cell, boolean reached) {}

    @KernelTest
    void everyCombinationIsAsTheRowsSay() throws Exception {
        var answers = new ArrayList<Answer>();
        ExecutorService askers = Executors.newFixedThreadPool(AT_A_TIME);
        try (var loopback = new Loopback();
                var lab = new Lab(directory)) {
            Map<From, NamespaceRef> places = neighbours(lab);
            places.put(From.HOST, TestNetns.here());
            Network elsewhere = network(lab, "elsewhere", Kind.NAT, true, 9);
            places.put(From.STRANGER, Traffic.in(lab.connected(elsewhere, "stranger")));
            for (Kind kind : Kind.values()) {
                for (boolean icc : new boolean[] {true, false}) {
                    answers.addAll(ask(lab, kind, icc, places, askers));
                }
            }
        } finally {
            askers.shutdownNow();
        }
        assertThat(answers).hasSizeGreaterThanOrEqualTo(300);
        assertThat(answers.stream().filter(answer -> answer.reached).count())
                .as("cells that are reached")
                .isBetween(100L, answers.size() - 100L);
        assertThat(answers)
                .filteredOn(answer -> answer.reached != answer.cell.isReached())
                .isEmpty();
    }

    private static Map<From, NamespaceRef> neighbours(Lab lab) {
        TestNetns neighbour = neighbour(lab, "out", "192.0.2", "2001:db8");
        TestNetns trusted = neighbour(lab, "safe", "198.51.100", "2001:db8:1");
        var places = new EnumMap<From, NamespaceRef>(From.class);
        places.put(From.NEIGHBOUR, neighbour.ref());
        places.put(From.TRUSTED_NEIGHBOUR, trusted.ref());
        return places;
    }

    /** A neighbour that knows the way to everything behind the host. */
    private static TestNetns neighbour(Lab lab, String name, String net4, String net6) {
        TestNetns neighbour = lab.neighbour(name, net4 + ".1/24", net4 + ".2/24");
        TestNetns.inHere("ip", "address", "add", net6 + "::1/64", "dev", name, "nodad");
        neighbour.run("ip", "address", "add", net6 + "::2/64", "dev", "eth0", "nodad");
        neighbour.run("ip", "route", "add", "default", "via", net4 + ".1");
        neighbour.run("ip", "-6", "route", "add", "default", "via", net6 + "::1");
        return neighbour;
    }

    private static Network network(Lab lab, String name, Kind kind, boolean icc, int number) {
        BridgeOptions.Builder options =
                BridgeOptions.builder().icc(icc).gatewayModeIpv4(kind.mode).gatewayModeIpv6(kind.mode);
        if (kind == Kind.NAT_TRUSTING) {
            options.addTrustedHostInterfaces("safe");
        }
        options.allowDirectRouting(kind == Kind.NAT_DIRECT);
        return lab.controller()
                .createNetwork(NetworkRequest.builder()
                        .name(name)
                        .ipv6(true)
                        .internal(kind.internal)
                        .addSubnets(
                                SubnetRequest.of("10.20." + number + ".0/24"),
                                SubnetRequest.of("fd00:20:" + number + "::/64"))
                        .options(options.build().toOptions())
                        .build());
    }

    private static List<Answer> ask(
            Lab lab, Kind kind, boolean icc, Map<From, NamespaceRef> outside, ExecutorService askers) throws Exception {
        Network network = network(lab, "web", kind, icc, 1);
        Sandbox server = lab.sandbox("web");
        EndpointRequest.Builder request = EndpointRequest.builder().name("web");
        if (!kind.internal) {
            request.addPublish(PublishedPort.parse(HOST_PORT + ":" + PUBLISHED));
        }
        network.connect(server, request.build());
        Sandbox sibling = lab.connected(network, "sibling");
        var places = new EnumMap<From, NamespaceRef>(outside);
        places.put(From.SIBLING, Traffic.in(sibling));
        places.put(From.ITSELF, Traffic.in(server));
        var asked = new ArrayList<Future<Answer>>();
        try (EchoServer published = EchoServer.in(server, PUBLISHED);
                EchoServer other = EchoServer.in(server, OTHER)) {
            for (Family family : Family.values()) {
                String address = Lab.address(server, family);
                places.forEach((from, place) -> {
                    for (To to : To.values()) {
                        var cell = new Cell(kind, icc, family, from, to);
                        asked.add(askers.submit(() -> answer(cell, place, address)));
                    }
                });
            }
            var answers = new ArrayList<Answer>();
            for (Future<Answer> one : asked) {
                answers.add(one.get());
            }
            return answers;
        } finally {
            server.delete();
            sibling.delete();
            network.delete();
        }
    }

    private static Answer answer(Cell cell, NamespaceRef place, String container) throws Exception {
        String host = cell.family == Family.IPV4 ? "192.0.2.1" : "2001:db8::1";
        String address = cell.to == To.HOST_PORT ? host : container;
        int port = cell.to == To.HOST_PORT ? HOST_PORT : cell.to == To.PUBLISHED_PORT ? PUBLISHED : OTHER;
        boolean reached = cell.isReached()
                ? EchoServer.askTcp(place, address, port).isPresent()
                : EchoServer.askTcpShortly(place, address, port).isPresent();
        return new Answer(cell, reached);
    }
}
