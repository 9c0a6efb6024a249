package io.cnm4j.core.sim;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Draws calls. Names come from small sets, so that they meet. */
final class Verbs {
    static final List<String> NETWORKS = List.of("a", "b", "c");
    static final List<String> ENDPOINTS = List.of("e", "f");
    static final List<String> CONTAINERS = List.of("one", "two", "three", "guest");

    private final Random random;
    private final Set<String> facts;

    Verbs(Random random, Set<String> facts) {
        this.random = random;
        this.facts = facts;
    }

    /** Draws a call, mostly one that can succeed. */
    Step next() {
        String network = any("network ", NETWORKS);
        String container = any("sandbox ", CONTAINERS);
        String endpoint = network + "/" + any(ENDPOINTS);
        if (!facts.contains("network " + network)) {
            return random.nextInt(8) == 0 ? preview(network, container) : create(network);
        } else if (!facts.contains("sandbox " + container)) {
            return sandbox(container);
        }
        return switch (random.nextInt(16)) {
            case 0, 1 -> create(any(NETWORKS));
            case 2 -> delete(network);
            case 3, 4 -> sandbox(any(CONTAINERS));
            case 5 -> destroy(container);
            case 6 -> preview(network, container);
            case 7 -> update(network);
            default -> ofEndpoint(endpoint, container);
        };
    }

    private Step ofEndpoint(String endpoint, String container) {
        if (!facts.contains("endpoint " + endpoint)) {
            return random.nextInt(4) == 0 ? birth(endpoint) : connect(endpoint, container);
        }
        return switch (random.nextInt(8)) {
            case 0 -> connect(endpoint, container);
            case 1 -> join(endpoint, container);
            case 2 -> bury(endpoint);
            case 3, 4 -> disconnect(endpoint);
            default -> joinedTo(endpoint).isPresent() ? leave(endpoint) : join(endpoint, container);
        };
    }

    /** Draws one that there is, if there is one; now and then any. */
    private String any(String kind, List<String> all) {
        List<String> there =
                all.stream().filter(name -> facts.contains(kind + name)).toList();
        return any(there.isEmpty() || random.nextInt(8) == 0 ? all : there);
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static String network(String endpoint) {
        return endpoint.substring(0, endpoint.indexOf('/'));
    }

    private static String name(String endpoint) {
        return endpoint.substring(endpoint.indexOf('/') + 1);
    }

    private Optional<String> joinedTo(String endpoint) {
        return facts.stream().filter(fact -> fact.startsWith(endpoint + " in ")).findFirst();
    }

    private Set<String> with(String... more) {
        var after = new TreeSet<>(facts);
        after.addAll(List.of(more));
        return after;
    }

    private Set<String> without(Optional<String> place, String... less) {
        var after = new TreeSet<>(facts);
        place.ifPresent(after::remove);
        List.of(less).forEach(after::remove);
        return after;
    }

    private static Endpoint endpoint(NetworkController cnm, String endpoint) {
        return cnm.networkByName(network(endpoint)).endpointByName(name(endpoint));
    }

    private Step create(String network) {
        NetworkKind kind = any(List.of(NetworkKind.values()));
        NetworkRequest request = kind.request(network, NETWORKS.indexOf(network));
        boolean taken = facts.contains("network " + network);
        boolean ifAbsent = random.nextBoolean();
        return new Step(
                "create network " + network + " " + kind + (ifAbsent ? " if absent" : ""),
                true,
                !taken && kind.sure,
                taken ? facts : with("network " + network, network + Facts.ALTERED + 0),
                cnm -> {
                    Network made = ifAbsent ? cnm.createNetworkIfAbsent(request) : cnm.createNetwork(request);
                    made.inspect();
                });
    }

    private Step delete(String network) {
        boolean used = facts.stream().anyMatch(fact -> fact.startsWith("endpoint " + network + "/"));
        return new Step(
                "delete network " + network,
                false,
                !used,
                without(altered(network), "network " + network),
                cnm -> cnm.networkByName(network).delete());
    }

    private Optional<String> altered(String network) {
        return facts.stream()
                .filter(fact -> fact.startsWith(network + Facts.ALTERED))
                .findFirst();
    }

    private Step update(String network) {
        Optional<String> before = altered(network);
        int number = 1
                + before.map(fact -> Integer.parseInt(fact.substring(fact.lastIndexOf(' ') + 1)))
                        .orElse(0);
        var update = NetworkUpdate.builder().labels(Map.of(Facts.LABEL, String.valueOf(number)));
        boolean wider = random.nextInt(3) > 0;
        boolean larger = random.nextBoolean();
        if (wider) {
            update.mtu(1300 + 10 * number);
        }
        if (larger) {
            Family family = random.nextInt(4) == 0 ? Family.IPV6 : Family.IPV4;
            update.addSubnets(SubnetRequest.builder().family(family).build());
        }
        var after = without(before);
        after.add(network + Facts.ALTERED + number);
        return new Step(
                "update " + network + (wider ? " mtu" : "") + (larger ? " subnet" : "") + " " + number,
                true,
                !larger && facts.contains("network " + network),
                after,
                cnm -> cnm.networkByName(network).update(update.build()));
    }

    private Step sandbox(String container) {
        var request = SandboxRequest.builder().containerId(container);
        if (container.equals("guest")) {
            request.namespace(Path.of(World.FOREIGN.path()));
        }
        return new Step(
                "create sandbox " + container,
                true,
                !facts.contains("sandbox " + container),
                with("sandbox " + container),
                cnm -> cnm.createSandbox(request.build()).inspect());
    }

    private Step destroy(String container) {
        return new Step(
                "destroy sandbox " + container,
                false,
                true,
                Facts.without(facts, container),
                cnm -> cnm.destroySandbox(container));
    }

    private EndpointRequest request(String endpoint, boolean plain) {
        var request = EndpointRequest.builder()
                .name(name(endpoint))
                .gatewayPriority(Math.floorMod(endpoint.hashCode(), 3) - 1);
        if (!plain && random.nextBoolean()) {
            request.interfaceName("lan");
        } else if (!plain) {
            request.disableIpv6(true);
        }
        return request.build();
    }

    private Step birth(String endpoint) {
        return new Step(
                "create endpoint " + endpoint,
                true,
                false,
                with("endpoint " + endpoint),
                cnm -> cnm.networkByName(network(endpoint))
                        .createEndpoint(EndpointRequest.named(name(endpoint)))
                        .inspect());
    }

    private Step connect(String endpoint, String container) {
        boolean plain = random.nextInt(4) > 0;
        EndpointRequest request = request(endpoint, plain);
        return new Step(
                "connect " + endpoint + " to " + container + (plain ? "" : " as " + request.interfaceName()),
                true,
                false,
                with("endpoint " + endpoint, endpoint + " in " + container),
                cnm -> cnm.networkByName(network(endpoint))
                        .connect(cnm.sandboxByContainer(container), request)
                        .inspect());
    }

    private Step join(String endpoint, String container) {
        return new Step(
                "join " + endpoint + " to " + container,
                true,
                false,
                with(endpoint + " in " + container),
                cnm -> endpoint(cnm, endpoint).join(cnm.sandboxByContainer(container)));
    }

    private Step leave(String endpoint) {
        return new Step(
                "leave " + endpoint,
                false,
                true,
                without(joinedTo(endpoint)),
                cnm -> endpoint(cnm, endpoint).leave());
    }

    private Step bury(String endpoint) {
        return new Step(
                "delete endpoint " + endpoint,
                false,
                joinedTo(endpoint).isEmpty(),
                without(Optional.empty(), "endpoint " + endpoint),
                cnm -> endpoint(cnm, endpoint).delete());
    }

    private Step disconnect(String endpoint) {
        return new Step(
                "disconnect " + endpoint,
                false,
                true,
                without(joinedTo(endpoint), "endpoint " + endpoint),
                cnm -> endpoint(cnm, endpoint).disconnect());
    }

    private Step preview(String network, String container) {
        return new Step("dry runs of " + network + " and " + container, true, false, facts, cnm -> {
            var dry = cnm.dryRun();
            if (facts.contains("network " + network)) {
                Network there = cnm.networkByName(network);
                if (facts.contains("sandbox " + container)) {
                    dry.connect(there, cnm.sandboxByContainer(container), EndpointRequest.named("dry"))
                            .render();
                }
                there.endpoints().forEach(endpoint -> dry.disconnect(endpoint).render());
                dry.deleteNetwork(there).render();
            } else {
                dry.createNetwork(NetworkRequest.named(network)).render();
            }
        });
    }
}
