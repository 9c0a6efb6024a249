package io.cnm4j.examples.publish;

import static io.cnm4j.examples.quickstart.Narration.require;

import com.sun.net.httpserver.HttpServer;
import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.examples.quickstart.Stage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Publishes a real web server, that of the JDK, in a sandbox: 8001 of the host for everybody, 8002 for the host alone. Then everybody tries
 * everything. Run it as root with {@code examples/run publish}, or from an IDE.
 */
public final class Publish {
    private static final int WEB = 80;

    private Publish() {}

    /** Who tries, and what should come of it: the published port, the one of the host alone, the container's own address. */
    private enum From {
        NEIGHBOUR("yes - no"),
        HOST("yes yes yes"),
        SAME_NETWORK("yes - yes"),
        OTHER_NETWORK("yes - no"),
        CONTAINER_ITSELF("yes - yes");

        private final String expected;

        From(String expected) {
            this.expected = expected;
        }

        private List<String> expected() {
            return List.of(expected.split(" ", -1));
        }

        private String label() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        try (Stage stage = Stage.build()) {
            try (NetworkController controller = NetworkController.open(stage.config())) {
                play(stage, controller);
            }
            List<String> leaks = stage.leaks();
            require(leaks.isEmpty(), "everything is gone, but something was left over: " + leaks);
        }
        System.out.println("\npublish: ok\nleaks: 0");
    }

    private static void play(Stage stage, NetworkController controller) throws Exception {
        Network web = controller.createNetwork(NetworkRequest.named("web"));
        Sandbox server = controller.createSandbox(SandboxRequest.forContainer("server"));
        Endpoint endpoint = web.connect(
                server,
                EndpointRequest.builder()
                        .name("server")
                        .addPublish(PublishedPort.parse("8001:80"), PublishedPort.parse("127.0.0.1:8002:80"))
                        .build());
        endpoint.inspect().ports().forEach(port -> System.out.println("published: " + port));
        Sandbox sibling = connected(controller, web, "sibling");
        Sandbox stranger = connected(controller, controller.createNetwork(NetworkRequest.named("other")), "stranger");
        stage.showTheWay(web.inspect().subnets().get(0).pool()); // a neighbour that tries hard
        HttpServer running = server.call(Publish::serve); // a socket stays where it is opened
        try {
            String inside =
                    endpoint.inspect().address(Family.IPV4).orElseThrow().toString();
            System.out.printf("%n%-18s %16s %16s %16s%n", "from", Stage.UPLINK + ":8001", "127.0.0.1:8002", inside);
            show(From.NEIGHBOUR, tried(From.NEIGHBOUR, inside, task -> stage.outside(task::ask)));
            show(From.HOST, tried(From.HOST, inside, task -> stage.onHost(task::ask)));
            show(From.SAME_NETWORK, tried(From.SAME_NETWORK, inside, task -> sibling.call(task::ask)));
            show(From.OTHER_NETWORK, tried(From.OTHER_NETWORK, inside, task -> stranger.call(task::ask)));
            show(From.CONTAINER_ITSELF, tried(From.CONTAINER_ITSELF, inside, task -> server.call(task::ask)));
        } finally {
            running.stop(0);
        }
        require(controller.check().isEmpty(), "a check should find nothing: " + controller.check());
        controller.sandboxes().forEach(Sandbox::delete);
        controller.networks().forEach(Network::delete);
    }

    private static Sandbox connected(NetworkController controller, Network network, String container) {
        Sandbox sandbox = controller.createSandbox(SandboxRequest.forContainer(container));
        network.connect(sandbox, EndpointRequest.named(container));
        return sandbox;
    }

    private static HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", WEB), 0);
        server.createContext("/", exchange -> {
            byte[] page = "hello".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** Where a request is made. */
    private interface Place {
        boolean ask(Request request) throws Exception;
    }

    private static List<String> tried(From from, String inside, Place place) throws Exception {
        var answers = new java.util.ArrayList<String>();
        for (Request request :
                List.of(new Request(Stage.UPLINK, 8001), new Request("127.0.0.1", 8002), new Request(inside, WEB))) {
            boolean concerns = !from.expected().get(answers.size()).equals("-");
            answers.add(!concerns ? "-" : place.ask(request) ? "yes" : "no");
        }
        return answers;
    }

    private static void show(From from, List<String> answers) {
        System.out.printf("%-18s %16s %16s %16s%n", from.label(), answers.get(0), answers.get(1), answers.get(2));
        require(answers.equals(from.expected()), from.label() + ": it should be " + from.expected);
    }
}
