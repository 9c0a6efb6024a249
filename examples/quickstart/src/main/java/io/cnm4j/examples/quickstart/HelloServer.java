package io.cnm4j.examples.quickstart;

import com.sun.net.httpserver.HttpServer;
import io.cnm4j.api.Sandbox;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A program of its own that serves one page: what would be a container's process. */
public final class HelloServer {
    private static final String READY = "serving";

    private HelloServer() {}

    /** Starts this program inside the sandbox and returns when it serves. */
    public static Process startIn(Sandbox sandbox, int port) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        Process process = sandbox.start(
                new ProcessBuilder(java, "-cp", classPath, HelloServer.class.getName(), String.valueOf(port))
                        .redirectError(Redirect.INHERIT));
        String line = process.inputReader().readLine();
        if (!READY.equals(line)) {
            throw new IOException("the server did not start, it said: " + line);
        }
        return process;
    }

    /** Serves until the process is ended. */
    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(args[0])), 0);
        server.createContext("/", exchange -> {
            byte[] page = ("hello, " + exchange.getRemoteAddress().getAddress().getHostAddress())
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        System.out.println(READY);
    }
}
