package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Debian's Consul on the loopback: one server, which keeps its data. */
public final class ConsulServer implements AutoCloseable {
    private final int port = ServerProcess.freePort();
    private final ServerProcess process;

    /**
     * Starts it.
     *
     * @param directory where it keeps data and log
     * @param more more arguments
     */
    public ConsulServer(Path directory, String... more) {
        var command = new ArrayList<>(List.of("consul", "agent", "-server", "-bootstrap-expect=1"));
        command.addAll(List.of("-data-dir", directory.resolve("consul").toString()));
        command.addAll(List.of("-bind", "127.0.0.1", "-client", "127.0.0.1", "-http-port", "" + port));
        command.addAll(List.of("-dns-port", "-1", "-grpc-port", "-1", "-serf-wan-port", "-1"));
        command.addAll(List.of("-serf-lan-port", "" + ServerProcess.freePort()));
        command.addAll(List.of("-server-port", "" + ServerProcess.freePort()));
        command.addAll(List.of("-hcl", "performance { raft_multiplier = 1 }", "-log-level", "warn"));
        command.addAll(List.of(more));
        process = new ServerProcess(command, directory.resolve("consul.log"), this::answers);
        process.start();
    }

    /** Tells whether this machine has it; .ci/setup takes it from Debian 11, if that can be reached. */
    public static boolean isInstalled() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "consul")));
    }

    private boolean answers() {
        try {
            return !call("GET", "/v1/status/leader", "").equals("\"\"");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Makes a call of the API without a token; returns the answer. */
    public String call(String method, String path, String body) throws IOException {
        var call = (HttpURLConnection) new URL("http://" + address() + path).openConnection();
        call.setRequestMethod(method);
        call.setConnectTimeout(2000);
        call.setReadTimeout(5000);
        if (!body.isEmpty()) {
            call.setDoOutput(true);
            call.getOutputStream().write(body.getBytes(UTF_8));
        }
        try (InputStream answer = call.getInputStream()) {
            return new String(answer.readAllBytes(), UTF_8).strip();
        }
    }

    /** Returns where it is, as {@code host:port}. */
    public String address() {
        return "127.0.0.1:" + port;
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
