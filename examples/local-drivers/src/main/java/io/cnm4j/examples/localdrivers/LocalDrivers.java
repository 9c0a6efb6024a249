package io.cnm4j.examples.localdrivers;

import static io.cnm4j.examples.quickstart.Narration.require;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.examples.quickstart.Stage;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Builds a network of every kind the kernel offers, side by side, and tries who reaches whom. Run it as root with {@code examples/run
 * local-drivers}, or from an IDE.
 */
public final class LocalDrivers {
    private final NetworkController controller;
    private final Street street;
    private final Sandbox host;

    private LocalDrivers(NetworkController controller, Street street) {
        this.controller = controller;
        this.street = street;
        controller.createNetwork(
                NetworkRequest.builder().name("host-itself").driver("host").build());
        this.host = controller.createSandbox(
                SandboxRequest.builder().containerId("host").hostNamespace(true).build());
        controller.networkByName("host-itself").connect(host, EndpointRequest.named("host"));
    }

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        try (Stage stage = Stage.build()) {
            var street = new Street(stage.config().hostNamespace().orElseThrow());
            try (NetworkController controller = NetworkController.open(stage.config())) {
                new LocalDrivers(controller, street).play();
            }
            List<String> leaks = stage.leaks();
            require(leaks.isEmpty(), "everything is gone, but something was left over: " + leaks);
        }
        System.out.println("\nlocal-drivers: ok\nleaks: 0");
    }

    private void play() throws Exception {
        Set<Kind> there = EnumSet.noneOf(Kind.class);
        for (Kind kind : Kind.values()) {
            if (build(kind)) {
                there.add(kind);
            }
        }
        System.out.printf("%n%-20s %10s %10s %10s %10s%n", "network", "neighbour", "outside", "host", "from host");
        for (Kind kind : there) {
            show(kind);
        }
        System.out.printf("%-20s %10s %10s%n", "host", "-", word(Reach.from(host, "203.0.113.1")));
        require(controller.check().isEmpty(), "a check should find nothing: " + controller.check());
        clear(there);
    }

    private boolean build(Kind kind) throws Exception {
        String parent = kind.hasParent() ? street.lay(kind) : "";
        try {
            Network network = controller.createNetwork(kind.request(parent));
            connect(network, kind.label() + "-1");
            if (!kind.isOfOne()) {
                connect(network, kind.label() + "-2");
            }
            return true;
        } catch (UnsupportedException lacking) {
            System.out.println(kind.label() + ": " + lacking.getMessage());
            if (kind.hasParent()) {
                street.take(kind);
            }
            return false;
        }
    }

    private void connect(Network network, String container) {
        Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer(container));
        network.connect(sandbox, EndpointRequest.named(container));
    }

    private Optional<String> address(String container) {
        Endpoint endpoint = controller.sandboxByContainer(container).endpoints().get(0);
        return endpoint.inspect().address(Family.IPV4).map(Object::toString);
    }

    private void show(Kind kind) throws Exception {
        Sandbox one = controller.sandboxByContainer(kind.label() + "-1");
        Optional<String> neighbour = kind.isOfOne() ? Optional.empty() : address(kind.label() + "-2");
        String outside = kind.hasParent() ? kind.address(1).toString() : "203.0.113.1";
        boolean[] reached = {
            neighbour.isPresent() && Reach.from(one, neighbour.orElseThrow()),
            Reach.from(one, outside),
            Reach.from(one, hostAddress(kind)),
            address(kind.label() + "-1").isPresent()
                    && Reach.from(host, address(kind.label() + "-1").orElseThrow())
        };
        var line = new StringBuilder("%-20s".formatted(kind.label()));
        for (int column = 0; column < reached.length; column++) {
            char expected = kind.expected(column);
            line.append(" %10s".formatted(expected == '-' && !reached[column] ? "-" : word(reached[column])));
            require(
                    expected == '-' || reached[column] == (expected == 'y'),
                    kind.label() + ", column " + (column + 1) + ": it should be " + (expected == 'y' ? "yes" : "no"));
        }
        System.out.println(line);
    }

    private String hostAddress(Kind kind) {
        if (kind == Kind.MACVLAN_HOST_LEG) {
            return kind.address(200).toString();
        }
        return kind.driver.equals("bridge")
                ? controller
                        .networkByName(kind.label())
                        .inspect()
                        .subnets()
                        .get(0)
                        .gateway()
                        .orElseThrow()
                        .toString()
                : Stage.UPLINK;
    }

    private static String word(boolean reached) {
        return reached ? "yes" : "no";
    }

    private void clear(Set<Kind> there) throws Exception {
        controller.sandboxes().forEach(Sandbox::delete);
        controller.networks().forEach(Network::delete);
        for (Kind kind : there) {
            if (kind.hasParent()) {
                street.take(kind);
            }
        }
    }
}
