package io.cnm4j.examples.overlay;

import static io.cnm4j.examples.quickstart.Narration.require;

import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.examples.quickstart.Inside;
import io.cnm4j.tck.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Two hosts, two networks across them. On {@code shop} a web application on host one finds its database, a real Redis on host two, by the
 * name {@code db}, and is published as port 8001; on {@code blog} the same application, of the same name, is on its own. Run it as root with
 * {@code examples/run overlay [--encrypted] [--store embedded|etcd|consul|zookeeper]}, or from an IDE.
 */
public final class Overlay {
    private static final String WEB = "http://web/";

    private final TwoHosts hosts;
    private final NetworkController one;
    private final NetworkController two;
    private final boolean encrypted;
    private final List<Process> programs = new ArrayList<>();

    private Overlay(TwoHosts hosts, NetworkController one, NetworkController two, boolean encrypted) {
        this.encrypted = encrypted;
        this.hosts = hosts;
        this.one = one;
        this.two = two;
    }

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        boolean encrypted = args.length > 0 && args[0].equals("--encrypted");
        StoreKind kind = StoreKind.of(encrypted ? Arrays.copyOfRange(args, 1, args.length) : args);
        Path directory = Files.createTempDirectory("cnm4j-overlay");
        StoreKind.Running store = kind.start(directory);
        try (AutoCloseable server = store.server();
                var hosts = new TwoHosts(directory, store.address())) {
            try (NetworkController one = NetworkController.open(hosts.config(1));
                    NetworkController two = NetworkController.open(hosts.config(2))) {
                System.out.println("store: " + kind.label() + "; hosts: " + TwoHosts.address(1) + ", "
                        + TwoHosts.address(2) + (encrypted ? "; what is between them is encrypted" : ""));
                var story = new Overlay(hosts, one, two, encrypted);
                try {
                    story.play();
                } finally {
                    story.end();
                }
            }
            List<String> leaks = hosts.leaks();
            require(leaks.isEmpty(), "everything is gone, but something was left over: " + leaks);
            require(server != null, "the store outlives the controllers");
        } finally {
            delete(directory);
        }
        System.out.println("\noverlay: ok\nleaks: 0");
    }

    private void play() throws Exception {
        one.createNetwork(overlay("shop"));
        two.createNetwork(overlay("blog")); // either host may: the cluster has it
        Sandbox shop = connected(one, "shop", "web", PublishedPort.parse("8001:80"));
        Sandbox db = connected(two, "shop", "db");
        Sandbox customer = connected(two, "shop", "customer");
        Sandbox blog = connected(two, "blog", "web");
        Sandbox reader = connected(one, "blog", "reader");
        startDatabase(db);
        programs.add(Inside.start(shop, GuestBook.class, "shop"));
        programs.add(Inside.start(blog, GuestBook.class, "blog"));

        title("who", "asks for", "and gets");
        ask("customer, on host two", customer, WEB + "sign/ann", "shop: ann");
        ask("the shop itself", shop, "http://localhost/sign/bob", "shop: ann, bob");
        ask("customer, on host two", customer, WEB, "shop: ann, bob");
        ask("reader, on host one", reader, WEB, "blog: knows no db");
        String shopAddress = address(shop);
        String blogAddress = address(blog);
        ask("reader, on host one", reader, "http://" + shopAddress + "/", "");
        ask("customer, on host two", customer, "http://" + blogAddress + "/", "");
        ask("customer, on host two", customer, "http://" + shopAddress + "/", "shop: ann, bob");
        ask("reader, on host one", reader, "http://db:" + Redis.PORT + "/", "");
        askDirectly("host one", "http://" + shopAddress + "/", "", task -> hosts.on(1, task));
        askDirectly("somebody outside", "http://" + TwoHosts.UPLINK + ":8001/", "shop: ann, bob", hosts::outside);
        String outside = said(shop, "ping", "-c1", "-W2", TwoHosts.OUTSIDE);
        show("the shop itself", "ping " + TwoHosts.OUTSIDE, outside.contains("1 received") ? "an answer" : "");
        require(outside.contains("1 received"), "the shop should reach the outside");

        require(one.check().isEmpty(), "a check of host one should find nothing: " + one.check());
        require(two.check().isEmpty(), "a check of host two should find nothing: " + two.check());
    }

    private NetworkRequest overlay(String name) {
        return NetworkRequest.builder()
                .name(name)
                .driver("overlay")
                .options(encrypted ? Map.of("encrypted", "") : Map.of())
                .build();
    }

    private static Sandbox connected(NetworkController host, String network, String name, PublishedPort... ports) {
        Sandbox sandbox = host.createSandbox(SandboxRequest.forContainer(network + "-" + name));
        Waiting.until(() -> host.networks().stream().anyMatch(n -> n.name().equals(network)));
        host.networkByName(network)
                .connect(
                        sandbox,
                        EndpointRequest.builder().name(name).addPublish(ports).build());
        return sandbox;
    }

    private static String address(Sandbox sandbox) {
        return sandbox.endpoints()
                .get(0)
                .inspect()
                .address(Family.IPV4)
                .orElseThrow()
                .toString();
    }

    private void startDatabase(Sandbox sandbox) throws IOException {
        programs.add(Inside.start(
                sandbox,
                "redis-server",
                "--port",
                "" + Redis.PORT,
                "--bind",
                "0.0.0.0",
                "--save",
                "",
                "--protected-mode",
                "no"));
        Waiting.until(() -> said(sandbox, "redis-cli", "ping").startsWith("PONG"));
    }

    private static String said(Sandbox sandbox, String... words) {
        try {
            return Inside.run(sandbox, words).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void ask(String who, Sandbox sandbox, String url, String expected) {
        String got = page(sandbox, url);
        if (!got.equals(expected) && !expected.isEmpty()) { // a host hears of the other's endpoints a moment later
            Waiting.until(() -> page(sandbox, url).equals(expected));
            got = page(sandbox, url);
        }
        show(who, url, got);
        require(got.equals(expected), who + " should get '" + expected + "' from " + url + ", not '" + got + "'");
    }

    private static String page(Sandbox sandbox, String url) {
        return said(sandbox, "curl", "-s", "--max-time", "2", url);
    }

    /** A place that is no sandbox. */
    private interface Place {
        Process visit(Callable<Process> task) throws Exception;
    }

    private static void askDirectly(String who, String url, String expected, Place place) throws Exception {
        Process curl = place.visit(() -> new ProcessBuilder("curl", "-s", "--max-time", "2", url).start());
        String got = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        show(who, url, got);
        require(got.equals(expected), who + " should get '" + expected + "' from " + url + ", not '" + got + "'");
    }

    private static void title(String... columns) {
        System.out.printf("%n%-24s %-26s %s%n", (Object[]) columns);
    }

    private static void show(String who, String url, String page) {
        System.out.printf("%-24s %-26s %s%n", who, url, page.isEmpty() ? "nothing" : page);
    }

    private void end() throws InterruptedException {
        programs.forEach(Process::destroy);
        for (Process program : programs) {
            program.waitFor();
        }
        for (NetworkController host : List.of(one, two)) {
            host.sandboxes().forEach(Sandbox::delete);
        }
        one.networks().forEach(Network::delete);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
    }
}
