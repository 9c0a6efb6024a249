package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Debian's etcd on the loopback: one server, or several that form a cluster. */
public final class EtcdServer implements AutoCloseable {
    private final List<Integer> ports = new ArrayList<>();
    private final List<ServerProcess> members = new ArrayList<>();

    /**
     * Starts servers.
     *
     * @param directory where they keep data and logs
     * @param count how many
     * @param more more arguments
     */
    public EtcdServer(Path directory, int count, String... more) {
        List<Integer> peers = IntStream.range(0, count)
                .mapToObj(i -> ServerProcess.freePort())
                .toList();
        String cluster = IntStream.range(0, count)
                .mapToObj(i -> "m" + i + "=http://127.0.0.1:" + peers.get(i))
                .collect(Collectors.joining(","));
        boolean tls = List.of(more).contains("--client-cert-auth");
        for (int i = 0; i < count; i++) {
            int port = ServerProcess.freePort();
            ports.add(port);
            String client = (tls ? "https" : "http") + "://127.0.0.1:" + port;
            String peer = "http://127.0.0.1:" + peers.get(i);
            var command = new ArrayList<>(List.of("etcd", "--name", "m" + i));
            command.addAll(List.of("--data-dir", directory.resolve("etcd" + i).toString()));
            command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
            command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
            command.addAll(List.of("--initial-cluster", cluster, "--initial-cluster-state", "new"));
            command.addAll(List.of("--logger=zap", "--log-level=error"));
            command.addAll(List.of(more));
            members.add(new ServerProcess(
                    command, directory.resolve("etcd" + i + ".log"), () -> tls ? accepts(port) : answers(port)));
        }
        members.forEach(ServerProcess::launch);
        members.forEach(ServerProcess::awaitReady);
    }

    private static boolean accepts(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Tells whether a server reads, which takes a leader. */
    private static boolean answers(int port) {
        try {
            return post(port, "/v3/kv/range", "{\"key\":\"AA==\"}").contains("header");
        } catch (IOException notYet) {
            return false;
        }
    }

    private static String post(int port, String path, String json) throws IOException {
        var call = (HttpURLConnection) new URL("http://127.0.0.1:" + port + path).openConnection();
        call.setConnectTimeout(2000);
        call.setReadTimeout(2000);
        call.setDoOutput(true);
        call.getOutputStream().write(json.getBytes(UTF_8));
        try (InputStream answer = call.getInputStream()) {
            return new String(answer.readAllBytes(), UTF_8);
        }
    }

    /** Makes a call of the gateway at the first server; returns the answer. */
    public String post(String path, String json) throws IOException {
        return post(ports.get(0), path, json);
    }

    /** Returns where the servers are, as {@code host:port}. */
    public List<String> addresses() {
        return ports.stream().map(port -> "127.0.0.1:" + port).toList();
    }

    /** Returns the servers' processes. */
    public List<ServerProcess> members() {
        return members;
    }

    /** Returns which of the servers leads. */
    public ServerProcess leader() throws IOException {
        for (int i = 0; i < ports.size(); i++) {
            String status = post(ports.get(i), "/v3/maintenance/status", "{}");
            String id = status.replaceAll("(?s).*\"member_id\":\"(\\d+)\".*", "$1");
            if (status.contains("\"leader\":\"" + id + "\"")) {
                return members.get(i);
            }
        }
        throw new AssertionError("no server leads");
    }

    @Override
    public void close() {
        members.forEach(ServerProcess::close);
    }
}
