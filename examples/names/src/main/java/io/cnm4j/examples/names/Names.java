package io.cnm4j.examples.names;

import static io.cnm4j.examples.quickstart.Narration.require;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.ServicePort;
import io.cnm4j.examples.quickstart.HelloServer;
import io.cnm4j.examples.quickstart.Inside;
import io.cnm4j.examples.quickstart.Stage;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A web server on network {@code front}, a database on {@code back}, and an application on both: who finds whom by which name. Run it as
 * root with {@code examples/run names}, or from an IDE.
 */
public final class Names {
    private static final int PORT = 8080;

    private final NetworkController controller;
    private final Elsewhere elsewhere;
    private final Sandbox web;
    private final Sandbox app;
    private final Sandbox db;

    private Names(NetworkController controller, Elsewhere elsewhere) {
        this.controller = controller;
        this.elsewhere = elsewhere;
        Network front = network("front");
        Network back = network("back");
        this.web = sandbox("4d79b5c1a0e2f6");
        this.app = sandbox("app");
        this.db = sandbox("db");
        front.connect(
                web,
                EndpointRequest.builder()
                        .name("web")
                        .addAliases("shop", "www.shop.test")
                        .addServices(ServicePort.of("_http._tcp.web", PORT))
                        .build());
        front.connect(
                app,
                EndpointRequest.builder()
                        .name("app")
                        .addAliases("shop") // both of them are the shop
                        .putLinks("frontend", "web")
                        .build());
        back.connect(app, EndpointRequest.named("app"));
        back.connect(db, EndpointRequest.named("db"));
    }

    private Network network(String name) {
        return controller.createNetwork(
                NetworkRequest.builder().name(name).ipv6(true).build());
    }

    private Sandbox sandbox(String container) {
        return controller.createSandbox(SandboxRequest.builder()
                .containerId(container)
                .addNameServers(IpAddress.parse(Stage.OUTSIDE))
                .build());
    }

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        try (Stage stage = Stage.build()) {
            String outside = stage.config().hostNamespace().orElseThrow().resolveSibling("outside") + "";
            try (Elsewhere elsewhere = Elsewhere.open(NamespaceRef.at(outside), Stage.OUTSIDE);
                    NetworkController controller = NetworkController.open(stage.config())) {
                new Names(controller, elsewhere).play();
            }
            List<String> leaks = stage.leaks();
            require(leaks.isEmpty(), "everything is gone, but something was left over: " + leaks);
        }
        System.out.println("\nnames: ok\nleaks: 0");
    }

    private void play() throws Exception {
        title("app, on both networks");
        String webHere = address(web.endpoints().get(0), Family.IPV4);
        String appHere = address(controller.networkByName("front").endpointByName("app"), Family.IPV4);
        for (String name : List.of("web", "WEB", "web.front", "www.shop.test", "4d79b5c1a0e2", "frontend")) {
            find(app, name, Family.IPV4, webHere);
        }
        find(app, "web", Family.IPV6, address(web.endpoints().get(0), Family.IPV6));
        find(app, "shop", Family.IPV4, webHere, appHere);
        find(app, "db", Family.IPV4, address(db.endpoints().get(0), Family.IPV4));
        find(app, "db.back", Family.IPV6, address(db.endpoints().get(0), Family.IPV6));
        find(app, Elsewhere.KNOWN, Family.IPV4, Elsewhere.ADDRESS);
        reverse(app, webHere, "web.front");
        reverse(app, address(db.endpoints().get(0), Family.IPV6), "db.back");
        service();
        page();

        title("web, on 'front' alone");
        find(web, "app", Family.IPV4, appHere);
        find(web, "db", Family.IPV4); // to it a name like any other: it asks outside

        Set<String> left = new TreeSet<>(elsewhere.asked());
        System.out.println("\nThe name server outside was asked for " + left + ", and for nothing else.");
        require(left.equals(Set.of(Elsewhere.KNOWN, "db")), "what a sandbox can find should not be asked for outside");
        controller.sandboxes().forEach(Sandbox::delete);
        controller.networks().forEach(Network::delete);
    }

    private static void title(String where) {
        System.out.printf("%nFound in sandbox %s:%n%-44s %-40s %s%n", where, "", "answer", "according to");
    }

    private static String address(Endpoint endpoint, Family family) {
        return endpoint.inspect().address(family).orElseThrow().toString();
    }

    private static void find(Sandbox sandbox, String name, Family family, String... addresses) throws IOException {
        var expected = new TreeSet<>(List.of(addresses));
        for (Client client : Client.values()) {
            Set<String> found = client.addresses(sandbox, name, family);
            require(found.equals(expected), client + " found for " + name + " " + found + ", not " + expected);
        }
        show(name + ", " + family, expected.isEmpty() ? "-" : String.join(" ", expected));
    }

    private static void reverse(Sandbox sandbox, String address, String name) throws IOException {
        for (Client client : Client.values()) {
            Set<String> found = client.names(sandbox, address);
            require(found.equals(Set.of(name)), client + " found for " + address + " " + found + ", not " + name);
        }
        show(address, name);
    }

    private static void show(String question, String answer) {
        System.out.printf("%-44s %-40s dig, getent, busybox%n", question, answer);
    }

    private void service() throws IOException {
        String answer =
                Inside.run(app, "dig", "+short", "-t", "SRV", "_http._tcp.web").strip();
        require(answer.equals("0 0 " + PORT + " web."), "the service should be found, not " + answer);
        System.out.printf("%-44s %-40s dig%n", "_http._tcp.web, SRV", answer);
    }

    /** Asks for a page by name, with a program that knows nothing of us. */
    private void page() throws Exception {
        Process server = HelloServer.startIn(web, PORT);
        try {
            String page = Inside.run(app, "curl", "-s", "--max-time", "10", "http://web:" + PORT + "/");
            require(page.startsWith("hello"), "the server should have answered, not " + page);
            System.out.printf("%-44s %-40s curl%n", "http://web:" + PORT + "/", page);
        } finally {
            server.destroy();
            server.waitFor();
        }
    }
}
