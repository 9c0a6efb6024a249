package io.cnm4j.examples.localdrivers;

import static io.cnm4j.examples.quickstart.Narration.require;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.ExhaustedException;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetRequest;
import io.cnm4j.driver.bridge.BridgeOptions;
import io.cnm4j.examples.quickstart.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * More endpoints on one network than a bridge has ports: what is said at the limit, and a network on several bridges, on which all reach
 * all. Run it as root with {@code examples/run capacity [COUNT]}, or from an IDE.
 */
public final class Capacity {
    private static final int USUAL = 1_500;
    private static final int SAMPLE = 5; // rounds of IPv6
    private static final Duration CLEANING = Duration.ofMinutes(5);

    private final NetworkController controller;
    private final int count;
    private final List<Sandbox> sandboxes = new ArrayList<>();

    private Capacity(NetworkController controller, int count) {
        this.controller = controller;
        this.count = count;
    }

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : USUAL;
        try (Stage stage = Stage.build()) {
            try (NetworkController controller = NetworkController.open(stage.config())) {
                new Capacity(controller, count).play();
            }
            List<String> leaks = leaks(stage);
            require(leaks.isEmpty(), "everything is gone, but something was left over: " + leaks);
        }
        System.out.println("\ncapacity: ok\nleaks: 0");
    }

    /** The kernel cleans up behind the caller: after so many namespaces that takes a while. */
    private static List<String> leaks(Stage stage) throws Exception {
        long end = System.nanoTime() + CLEANING.toNanos();
        List<String> leaks = stage.leaks();
        while (!leaks.isEmpty() && System.nanoTime() < end) {
            leaks = stage.leaks();
        }
        return leaks;
    }

    private void play() throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            sandboxes.add(controller.createSandbox(SandboxRequest.forContainer("c" + i)));
        }
        tell(count + " sandboxes", start);
        if (count > BridgeOptions.PORTS) {
            fill(network("narrow", 10, BridgeOptions.builder()));
        }
        int shards = Math.max(2, 1 + count / BridgeOptions.PORTS);
        Network wide = network("wide", 20, BridgeOptions.builder().shards(shards));
        start = System.nanoTime();
        for (Sandbox sandbox : sandboxes) {
            wide.connect(sandbox, EndpointRequest.named(sandbox.containerId()));
        }
        tell(
                count + " endpoints on " + shards + " bridges, which have room for "
                        + wide.inspect().capacity().orElseThrow(),
                start);
        talk(Family.IPV4, count - 1);
        talk(Family.IPV6, Math.min(SAMPLE, count - 1));
        start = System.nanoTime();
        require(controller.check().isEmpty(), "a check should find nothing");
        tell("a check, which finds nothing", start);
        start = System.nanoTime();
        controller.sandboxes().forEach(Sandbox::delete);
        controller.networks().forEach(Network::delete);
        tell("all gone", start);
    }

    private Network network(String name, int number, BridgeOptions.Builder options) {
        return controller.createNetwork(NetworkRequest.builder()
                .name(name)
                .ipv6(true)
                .resolution(false) // no name servers: the connections to be tracked are enough
                .options(options.build().toOptions())
                .addSubnets(SubnetRequest.of("10." + number + ".0.0/16"), SubnetRequest.of("fd00:" + number + "::/64"))
                .build());
    }

    /** Fills a network on one bridge, and asks for one endpoint more. */
    private void fill(Network narrow) {
        long start = System.nanoTime();
        int most = narrow.inspect().capacity().orElseThrow();
        sandboxes.subList(0, most).forEach(box -> narrow.connect(box, EndpointRequest.named(box.containerId())));
        tell(most + " endpoints on one bridge", start);
        try {
            narrow.connect(sandboxes.get(most), EndpointRequest.named("late"));
            throw new IllegalStateException("one more than " + most + " should be refused");
        } catch (ExhaustedException full) {
            System.out.println("one more: " + full.getMessage());
        }
        narrow.endpoints().forEach(Endpoint::disconnect);
        narrow.delete();
    }

    /** Lets everybody send a datagram to so many others: all of them, or those next to it. */
    private void talk(Family family, int others) throws Exception {
        long start = System.nanoTime();
        List<String> addresses = sandboxes.stream()
                .map(box -> box.endpoints()
                        .get(0)
                        .inspect()
                        .address(family)
                        .orElseThrow()
                        .toString())
                .toList();
        try (var crowd = new Crowd(sandboxes, addresses)) {
            long heard = 0;
            for (int further = 1; further <= others; further++) {
                heard += crowd.round(further);
            }
            long pairs = (long) count * others;
            require(heard == pairs, family + ": " + heard + " of " + pairs + " datagrams arrived");
            tell(
                    family + ": a datagram from each to " + (others == count - 1 ? "each other" : "the next " + others)
                            + ", " + pairs + " arrived, " + crowd.again() + " of them not at the first try",
                    start);
        }
    }

    private static void tell(String what, long start) {
        System.out.printf("%s: %.1f s%n", what, (System.nanoTime() - start) / 1e9);
    }
}
