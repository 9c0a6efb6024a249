package io.cnm4j.examples.crashlab;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.PluginException;
import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointSnapshot;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.LinuxControllerProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A process that opens a controller, says what it finds, and does what it is told until it is killed. It waits for a first line
 * {@code open CALL before|after} and reads one {@link Step} a line from then on; {@code look} lets it say again what it
 * finds; {@code clear} removes everything; {@code close} ends it.
 */
final class Victim {
    /** Comes between a step that failed and the reason. */
    static final String BECAUSE = " because ";

    private static final int MOST_AT_ONCE = 3;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(45);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final NetworkController controller;

    private Victim(NetworkController controller) {
        this.controller = controller;
    }

    /**
     * Opens, reports and obeys.
     *
     * @param args host namespace, state directory, run directory, directory of plug-ins
     */
    public static void main(String[] args) throws Exception {
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String first = orders.readLine();
        if (first == null) {
            return; // a spare that was not needed
        }
        String[] open = first.split(" ", -1);
        var tap = new DeathTap();
        tap.arm(Integer.parseInt(open[1]), open[2].equals("before"));
        ControllerConfig config = ControllerConfig.builder()
                .hostNamespace(Path.of(args[0]))
                .stateDirectory(Path.of(args[1]))
                .runDirectory(Path.of(args[2]))
                .addPluginDirectories(Path.of(args[3]))
                .addAddressPools(AddressPool.of("10.64.0.0/12", 24)) // the plug-in has the usual ones
                .build();
        try (NetworkController controller = new LinuxControllerProvider(tap).open(config)) {
            System.out.println("writes " + tap.kernelWrites());
            var victim = new Victim(controller);
            victim.report();
            victim.obey(orders);
        }
    }

    private void report() throws Exception {
        mend();
        for (Network network : controller.networks()) {
            System.out.println("is " + World.network(network.name()));
            Holdings.of(network).forEach(thing -> System.out.println("outside " + thing));
            for (Endpoint endpoint : network.endpoints()) {
                report(network, endpoint.inspect());
            }
        }
        for (Sandbox sandbox : controller.sandboxes()) {
            System.out.println("is " + World.sandbox(sandbox.containerId()));
            System.out.println("namespace " + sandbox.containerId() + " " + sandbox.namespacePath());
            compare(sandbox);
        }
        System.out.println("ready");
    }

    /** One repair is enough, except where a plug-in does not answer yet. */
    private void mend() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        List<Finding> findings = controller.check();
        findings.forEach(finding -> System.out.println("finding " + text(finding)));
        while (!findings.isEmpty()) {
            findings = repaired(findings);
            List<Finding> wrong = System.nanoTime() > end
                    ? findings
                    : findings.stream()
                            .filter(left -> left.kind() != Finding.Kind.OUTSIDE)
                            .toList();
            if (!wrong.isEmpty()) {
                wrong.forEach(finding -> System.out.println("wrong after repair: " + text(finding)));
                return;
            }
            LockSupport.parkNanos(findings.isEmpty() ? 0 : PAUSE_NANOS);
        }
    }

    private List<Finding> repaired(List<Finding> findings) {
        try {
            return controller.repair(findings);
        } catch (PluginException | DeadlineException again) { // it died meanwhile
            return findings;
        }
    }

    private void report(Network network, EndpointSnapshot endpoint) {
        String place = endpoint.sandbox()
                .map(id -> World.endpoint(
                        network.name(),
                        endpoint.name(),
                        controller.sandboxById(id).containerId()))
                .orElseGet(() -> World.unjoined(network.name(), endpoint.name()));
        System.out.println("is " + place);
        System.out.println("addresses " + network.name() + "/" + endpoint.name() + " " + addresses(endpoint));
    }

    private static Set<String> addresses(EndpointSnapshot endpoint) {
        return endpoint.addresses().stream()
                .map(IpPrefix::address)
                .map(Object::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Compares the sandbox' endpoints with what its own files below /proc say. */
    private static void compare(Sandbox sandbox) throws Exception {
        var wanted = new TreeSet<String>();
        sandbox.endpoints().forEach(endpoint -> wanted.addAll(addresses(endpoint.inspect())));
        Set<String> seen = sandbox.call(Victim::addressesHere);
        if (!seen.equals(wanted)) {
            System.out.println("wrong inside " + sandbox.containerId() + ": " + seen + ", not " + wanted);
        }
    }

    /** Returns the addresses of the calling thread's namespace; the JDK would mix in IPv6 addresses of the main thread's. */
    private static Set<String> addressesHere() throws IOException {
        var addresses = new TreeSet<String>();
        NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .forEach(address -> addresses.add(IpAddress.of(address).toString()));
        Path file = Path.of("/proc/thread-self/net/if_inet6");
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            if (!line.startsWith("fe80") && !line.endsWith(" lo")) {
                addresses.add(IpAddress.of(HexFormat.of().parseHex(line, 0, 32)).toString());
            }
        }
        return addresses;
    }

    private static String text(Finding finding) {
        return finding.kind() + ", " + finding.owner() + ": " + finding.detail();
    }

    private void obey(BufferedReader orders) throws Exception {
        ExecutorService hands = Executors.newFixedThreadPool(MOST_AT_ONCE);
        String order = orders.readLine();
        while (order != null && !order.equals("close")) {
            if (order.equals("look")) {
                report();
            } else if (order.equals("clear")) {
                clear();
                System.out.println("cleared");
            } else {
                Step step = Step.parse(order);
                hands.execute(() -> act(step));
            }
            order = orders.readLine();
        }
        hands.shutdown();
    }

    private void act(Step step) {
        try {
            step.run(controller);
            System.out.println("done " + step);
        } catch (RuntimeException | Error failure) {
            failure.printStackTrace();
            System.out.println("failed " + step + BECAUSE + failure.toString().replace('\n', ' '));
        }
    }

    private void clear() {
        controller.sandboxes().forEach(Sandbox::delete);
        for (Network network : controller.networks()) {
            network.endpoints().forEach(Endpoint::delete);
            network.delete();
        }
    }
}
