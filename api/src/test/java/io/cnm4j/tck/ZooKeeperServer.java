package io.cnm4j.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Debian's ZooKeeper on the loopback: one server, with ticks of half a second. */
public final class ZooKeeperServer implements AutoCloseable {
    private static final List<String> JARS = List.of(
            "zookeeper", "zookeeper-jute", "slf4j-api", "slf4j-simple", "commons-cli", "metrics-core", "snappy-java");

    private final int port = ServerProcess.freePort();
    private final int securePort = ServerProcess.freePort();
    private final ServerProcess process;

    /** Starts it with data and log in this directory. */
    public ZooKeeperServer(Path directory) {
        this(directory, List.of());
    }

    /** The same, with another port for clients with TLS and with certificates of this authority. */
    public ZooKeeperServer(Path directory, Certificates authority) {
        this(directory, authority.sign("server"), authority.authority());
    }

    private ZooKeeperServer(Path directory, Certificates.Signed own, Path authority) {
        this(
                directory,
                List.of(
                        "ssl.keyStore.type=PEM",
                        "ssl.keyStore.location=" + own.both(),
                        "ssl.trustStore.type=PEM",
                        "ssl.trustStore.location=" + authority));
    }

    private ZooKeeperServer(Path directory, List<String> tls) {
        Path configuration = directory.resolve("zoo.cfg");
        try {
            Files.writeString(configuration, """
                    tickTime=500
                    dataDir=%s
                    clientPort=%d
                    clientPortAddress=127.0.0.1
                    maxClientCnxns=0
                    admin.enableServer=false
                    4lw.commands.whitelist=*
                    %s
                    """.formatted(directory.resolve("zookeeper"), port, secure(tls)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        process = new ServerProcess(
                List.of(
                        java(),
                        "-Xmx256m",
                        "-Dzookeeper.serverCnxnFactory=org.apache.zookeeper.server." + (tls.isEmpty() ? "NIO" : "Netty")
                                + "ServerCnxnFactory",
                        "-cp",
                        jars(),
                        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                        configuration.toString()),
                directory.resolve("zookeeper.log"),
                this::answers);
        process.start();
    }

    private String secure(List<String> tls) {
        return tls.isEmpty()
                ? ""
                : "secureClientPort=" + securePort + "\nsecureClientPortAddress=127.0.0.1\n" + String.join("\n", tls);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String jars() {
        Path share = Path.of("/usr/share/java");
        try (Stream<Path> netty = Files.list(share)) {
            return Stream.concat(
                            JARS.stream().map(name -> share.resolve(name + ".jar")),
                            netty.filter(jar -> jar.getFileName().toString().startsWith("netty-")))
                    .map(Path::toString)
                    .collect(Collectors.joining(":"));
        } catch (IOException e) {
            throw new UncheckedIOException("/usr/share/java has no ZooKeeper; .ci/setup installs it", e);
        }
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(500);
            socket.getOutputStream().write("ruok".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).equals("imok");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Returns where it is, as {@code host:port}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Returns where it is for clients with TLS. */
    public String secureAddress() {
        return "127.0.0.1:" + securePort;
    }

    /** Returns its process. */
    public ServerProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
