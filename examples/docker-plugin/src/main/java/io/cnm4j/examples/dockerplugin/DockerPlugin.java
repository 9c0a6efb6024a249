package io.cnm4j.examples.dockerplugin;

import io.cnm4j.examples.quickstart.Stage;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Docker's engine with networks of cnm4j: two containers that reach each other and the outside, and one that is reached at a
 * published port, also after the plug-in was restarted under them. Run it as root with {@code examples/run docker-plugin}.
 */
public final class DockerPlugin {
    private static final String BUSYBOX = "/bin/busybox";

    private static final String PAGE =
            BUSYBOX + " mkdir /www; echo open > /www/index.html; " + BUSYBOX + " httpd -p 80 -h /www";

    private final Stage stage;
    private final Engine engine;
    private final Path host;
    private final Path directory;

    private DockerPlugin(Stage stage, Engine engine, Path host, Path directory) {
        this.stage = stage;
        this.engine = engine;
        this.host = host;
        this.directory = directory;
    }

    /** Plays the story; throws if it takes another turn than it should. */
    public static void main(String[] args) throws Exception {
        try (Stage stage = Stage.build()) {
            Path directory = Files.createTempDirectory(Path.of("/tmp"), "cnm4j-docker"); // paths of sockets are short
            try {
                play(stage, directory);
            } finally {
                delete(directory);
            }
            Files.createDirectories(stage.config().runDirectory()); // no controller was opened here
            List<String> leaks = stage.leaks();
            leaks.forEach(System.out::println);
            require(leaks.isEmpty(), "everything is gone, but something was left over");
        }
        System.out.println("\ndocker-plugin: ok\nleaks: 0");
    }

    private static void play(Stage stage, Path directory) throws Exception {
        Path host = stage.config().hostNamespace().orElseThrow();
        Path plugins = Files.createDirectories(directory.resolve("plugins"));
        try (var engine = new Engine(host, directory, plugins)) {
            engine.makeImage();
            new DockerPlugin(stage, engine, host, directory).play();
        }
    }

    private ServedBridge serve() {
        return new ServedBridge(host, directory.resolve("plugin"), directory.resolve("plugins/cnm4j.sock"));
    }

    private void play() throws Exception {
        try (ServedBridge plugin = serve()) {
            require(plugin != null, "the plug-in serves");
            say("docker network create -d cnm4j --ipam-driver cnm4j shop");
            engine.docker("network", "create", "-d", "cnm4j", "--ipam-driver", "cnm4j", "shop");
            start("server");
            start("visitor");
            meet("visitor", address("server"));
            meet("visitor", Stage.OUTSIDE);
            start("till", "-p", "8080:80");
            engine.docker("exec", "till", BUSYBOX, "sh", "-c", PAGE);
            buy();
            require(!engine.succeeds(run("other", "-p", "8080:80")), "a port that is taken is refused");
            engine.docker("rm", "other");
        }
        say("the plug-in is restarted under them");
        try (ServedBridge again = serve()) {
            require(again != null, "the plug-in serves again");
            meet("visitor", address("server"));
            buy();
            start("late");
            meet("late", address("server"));
            meet("late", Stage.OUTSIDE);
            engine.docker("network", "disconnect", "shop", "late");
            require(!reaches("late", address("server")), "who is disconnected reaches nobody");
            engine.docker("network", "connect", "shop", "late");
            meet("late", address("server"));
            engine.docker("rm", "--force", "late", "server", "till", "visitor");
            require(stage.outside(() -> page().isEmpty()), "a port goes with its container");
            engine.docker("network", "rm", "shop");
        }
    }

    private static String[] run(String name, String... more) {
        return Stream.of(
                        Stream.of("run", "--detach", "--name", name, "--network", "shop"),
                        Stream.of(more),
                        Stream.of("bb", BUSYBOX, "sleep", "600"))
                .flatMap(words -> words)
                .toArray(String[]::new);
    }

    private void start(String name, String... more) throws Exception {
        engine.docker(run(name, more));
        say("container '" + name + "' has " + address(name));
    }

    private String address(String name) throws Exception {
        return engine.docker("inspect", "--format", "{{.NetworkSettings.Networks.shop.IPAddress}}", name);
    }

    private void meet(String from, String address) throws Exception {
        require(reaches(from, address), "container '" + from + "' should reach " + address);
        say("container '" + from + "' reaches " + address);
    }

    private boolean reaches(String from, String address) throws Exception {
        return engine.succeeds("exec", from, BUSYBOX, "ping", "-c", "1", "-W", "3", address);
    }

    private void buy() throws Exception {
        require(
                stage.outside(DockerPlugin::page).endsWith("open\n"),
                "the published port should be reached from outside");
        say("from outside " + Stage.UPLINK + ":8080 is reached: container 'till' is open");
    }

    /** Returns what a request for a page is answered with; empty if nobody listens. */
    private static String page() throws IOException {
        try (var socket = new Socket(Stage.UPLINK, 8080)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (ConnectException nobody) {
            return "";
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private static void require(boolean so, String what) {
        if (!so) {
            throw new IllegalStateException(what);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        }
    }
}
