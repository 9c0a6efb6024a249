package io.cnm4j.examples.runtime;

import static io.cnm4j.examples.quickstart.Narration.require;

import com.sun.net.httpserver.HttpServer;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.examples.quickstart.Stage;
import io.cnm4j.examples.runtime.OciRuntime.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * runc and crun start containers: their hook hands the network namespace over, and when the container's process starts its addresses,
 * routes and names are there. Run it as root with {@code examples/run runtime}, or from an IDE.
 */
public final class RuntimeDemo {
    private RuntimeDemo() {}

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("cnm4j-runtime");
        try (Stage stage = Stage.build()) {
            ControllerConfig config = ControllerConfig.builder()
                    .from(stage.config())
                    .runtimeHooks(true)
                    .build();
            try (NetworkController controller = NetworkController.open(config)) {
                play(stage, controller, directory);
            }
            List<String> leaks = stage.leaks();
            require(leaks.isEmpty(), "everything is gone, but something was left over: " + leaks);
        } finally {
            delete(directory);
        }
        System.out.println("\nruntime: ok\nleaks: 0");
    }

    private static void play(Stage stage, NetworkController controller, Path directory) throws Exception {
        Network net = controller.createNetwork(NetworkRequest.named("net"));
        Sandbox web = controller.createSandbox(SandboxRequest.forContainer("web"));
        net.connect(web, EndpointRequest.named("web"));
        HttpServer server = web.call(RuntimeDemo::serve);
        try {
            for (OciRuntime runtime : OciRuntime.values()) {
                starts(runtime, controller, net, directory.resolve(runtime.toString()));
                doesNotStart(runtime, stage, controller, net, directory.resolve(runtime + "-refused"));
            }
        } finally {
            server.stop(0);
        }
        web.delete();
        net.delete();
    }

    private static HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", 80), 0);
        server.createContext("/", exchange -> {
            byte[] page = "hello from web".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static Sandbox connected(NetworkController controller, Network net, String container, String port) {
        Sandbox sandbox = controller.createSandbox(SandboxRequest.builder()
                .containerId(container)
                .namespaceLater(true) // the runtime makes it
                .build());
        net.connect(
                sandbox,
                EndpointRequest.builder()
                        .name(container)
                        .addPublish(PublishedPort.parse(port))
                        .build());
        return sandbox;
    }

    private static Result run(OciRuntime runtime, NetworkController controller, Sandbox sandbox, Bundle bundle)
            throws Exception {
        bundle.configure(
                "ip -o -4 address show dev eth0; ip route; wget -q -O - http://web/",
                sandbox.inspect().hostsFile(),
                sandbox.inspect().resolvConfFile(),
                controller.runtimeHook());
        return runtime.run(bundle.directory().resolve("state"), bundle.directory(), sandbox.containerId());
    }

    private static void starts(OciRuntime runtime, NetworkController controller, Network net, Path directory)
            throws Exception {
        Sandbox sandbox = connected(controller, net, "guest-of-" + runtime, "8001:80");
        Result result = run(runtime, controller, sandbox, new Bundle(directory));
        System.out.printf(
                "%n%s: %s said%n%s%n",
                runtime, sandbox.containerId(), result.said().indent(4));
        String address = sandbox.endpoints()
                .get(0)
                .inspect()
                .address(Family.IPV4)
                .orElseThrow()
                .toString();
        require(result.status() == 0, "the container should end well");
        require(result.said().contains(address), "it should have " + address);
        require(result.said().contains("default via"), "it should have a default route");
        require(result.said().contains("hello from web"), "it should have found 'web' by name");
        sandbox.delete();
        require(controller.check().isEmpty(), "a check should find nothing: " + controller.check());
    }

    /** Another program has the port that the container is to be published on. */
    private static void doesNotStart(
            OciRuntime runtime, Stage stage, NetworkController controller, Network net, Path directory)
            throws Exception {
        try (ServerSocket other = stage.onHost(() -> new ServerSocket(8001))) {
            Sandbox sandbox = connected(controller, net, "refused-by-" + runtime, other.getLocalPort() + ":80");
            Result result = run(runtime, controller, sandbox, new Bundle(directory));
            System.out.printf("%s: %s did not start, status %d%n", runtime, sandbox.containerId(), result.status());
            require(result.status() != 0, "the container should not start");
            require(!result.said().contains("default via"), "its process should not have run");
            require(sandbox.inspect().namespaceAwaited(), "its sandbox should be as before");
            sandbox.delete();
        }
        require(controller.check().isEmpty(), "a check should find nothing: " + controller.check());
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
