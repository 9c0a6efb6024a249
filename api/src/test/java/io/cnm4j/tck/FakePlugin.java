package io.cnm4j.tck;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A plug-in of Docker's protocol on a unix socket, in this process: it answers as a plug-in should that makes networks and endpoints,
 * remembers which it has, and misbehaves where it is told to. Thread-safe.
 */
public final class FakePlugin implements AutoCloseable {
    /** The option of endpoints whose joins it answers with this gateway. */
    public static final String GATEWAY = "gateway";

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    private final Path socket;
    private final ServerSocketChannel server;
    private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final Set<String> holds = new ConcurrentSkipListSet<>();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch end = new CountDownLatch(1);

    /** What is done when a method is called. */
    public interface Behaviour {
        /**
         * Answers a call.
         *
         * @param body the request
         * @param out where the answer goes, HTTP and all; closed afterwards
         */
        void answer(String body, SocketChannel out) throws IOException, InterruptedException;
    }

    /** Listens on this socket, which must not be there yet. */
    public FakePlugin(Path socket) {
        this.socket = socket;
        try {
            Files.createDirectories(socket.toAbsolutePath().getParent());
            server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var thread = new Thread(this::serve, "fake-plugin");
        thread.setDaemon(true);
        thread.start();
    }

    /** From now on this method answers this JSON. */
    public void says(String method, String json) {
        does(method, (body, out) -> write(out, 200, json));
    }

    /** From now on this method answers with this status and text. */
    public void says(String method, int status, String text) {
        does(method, (body, out) -> write(out, status, text));
    }

    /** From now on this method behaves so. */
    public void does(String method, Behaviour behaviour) {
        behaviours.put(method, behaviour);
    }

    /** From now on this method never answers, until this is closed. */
    public void hangs(String method) {
        does(method, (body, out) -> end.await());
    }

    /** From now on this method behaves as it did at first. */
    public void recovers(String method) {
        behaviours.remove(method);
    }

    /** Returns which methods were called, in order. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Returns the request lines and header fields of the calls, in order. */
    public List<String> heads() {
        return List.copyOf(heads);
    }

    /** Forgets which methods were called. */
    public void forgetCalls() {
        calls.clear();
        heads.clear();
    }

    /**
     * Returns what it has: {@code network ID}, {@code endpoint ID}, {@code joined ID}, {@code serving ID} (a gateway), {@code pool ID},
     * {@code address A}.
     */
    public Set<String> holds() {
        return Set.copyOf(holds);
    }

    /** From now on it has this too. */
    public void hold(String thing) {
        holds.add(thing);
    }

    /** Forgets what it has. */
    public void forget() {
        holds.clear();
    }

    private void serve() {
        while (true) {
            SocketChannel client;
            try {
                client = server.accept();
            } catch (IOException closed) {
                return;
            }
            open.add(client);
            var thread = new Thread(() -> converse(client), "fake-plugin-call");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void converse(SocketChannel client) {
        try (client) {
            String request = read(client);
            int head = request.indexOf("\r\n\r\n");
            String method = request.substring(request.indexOf('/') + 1, request.indexOf(" HTTP"));
            calls.add(method);
            heads.add(request.substring(0, head));
            Behaviour behaviour = behaviours.get(method);
            String body = request.substring(head + 4);
            if (behaviour != null) {
                behaviour.answer(body, client);
            } else {
                normal(method, body, client);
            }
        } catch (IOException | RuntimeException over) {
            // the caller hung up, or this is closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    private static String read(SocketChannel client) throws IOException {
        var octets = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(65536);
        while (client.read(buffer) >= 0) {
            octets.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            String text = octets.toString(StandardCharsets.UTF_8);
            int head = text.indexOf("\r\n\r\n");
            Matcher length = LENGTH.matcher(text);
            if (head >= 0 && (!length.find() || octets.size() >= head + 4 + Integer.parseInt(length.group(1)))) {
                return text;
            }
        }
        throw new IOException("hung up");
    }

    /** Does what a sound plug-in does and answers; also usable in a behaviour that does more. */
    public void normal(String method, String body, SocketChannel out) throws IOException {
        Optional<String> answer = act(method, body);
        write(out, answer.isPresent() ? 200 : 404, answer.orElse("page not found"));
    }

    /** Does what a sound plug-in does; returns the JSON that it would answer, nothing if it has no such method. */
    public synchronized Optional<String> act(String method, String body) {
        String network = field(body, "NetworkID");
        String endpoint = field(body, "EndpointID");
        boolean ghost = method.equals("NetworkDriver.Join") && !holds.contains("endpoint " + endpoint);
        if (ghost || (method.equals("NetworkDriver.CreateNetwork") && network.isEmpty())) {
            return Optional.of("{\"Err\":\"no such thing\"}");
        }
        return Optional.ofNullable(
                switch (method) {
                    case "Plugin.Activate" -> "{\"Implements\":[\"NetworkDriver\",\"IpamDriver\"]}";
                    case "NetworkDriver.GetCapabilities" -> "{\"Scope\":\"local\"}";
                    case "IpamDriver.GetCapabilities" -> "{}";
                    case "IpamDriver.GetDefaultAddressSpaces" ->
                        "{\"LocalDefaultAddressSpace\":\"here\",\"GlobalDefaultAddressSpace\":\"there\"}";
                    case "NetworkDriver.GwAllocCheck" -> "{}";
                    case "NetworkDriver.CreateNetwork" -> made("network " + network, "{}");
                    case "NetworkDriver.DeleteNetwork" -> gone("network " + network);
                    case "NetworkDriver.CreateEndpoint" -> made("endpoint " + endpoint, "{}");
                    case "NetworkDriver.DeleteEndpoint" -> gone("endpoint " + endpoint);
                    case "NetworkDriver.Join" -> made("joined " + endpoint, joined(field(body, GATEWAY)));
                    case "NetworkDriver.Leave" -> gone("joined " + endpoint);
                    case "NetworkDriver.ProgramExternalConnectivity" -> serving(endpoint);
                    case "NetworkDriver.RevokeExternalConnectivity" -> gone("serving " + endpoint);
                    case "IpamDriver.RequestPool" -> pool(field(body, "Pool"));
                    case "IpamDriver.ReleasePool" -> gone("pool " + field(body, "PoolID"));
                    case "IpamDriver.RequestAddress" -> address(body);
                    case "IpamDriver.ReleaseAddress" -> gone("address " + field(body, "Address"));
                    default -> null;
                });
    }

    private static String joined(String gateway) {
        return gateway.isEmpty() ? "{}" : "{\"Gateway\":\"" + gateway + "\"}";
    }

    private String serving(String endpoint) { // may be said again
        holds.add("serving " + endpoint);
        return "{}";
    }

    private String pool(String wish) {
        String pool = wish.isEmpty() ? "10.99.0.0/24" : wish;
        holds.add("pool p-" + pool);
        return "{\"PoolID\":\"p-" + pool + "\",\"Pool\":\"" + pool + "\"}";
    }

    private String address(String body) {
        String wish = field(body, "Address");
        String pool = field(body, "PoolID").replace("p-", "");
        String base = pool.substring(0, pool.lastIndexOf('.') + 1);
        if (holds.contains("address " + wish)) {
            return "{\"Error\":\"address " + wish + " is taken\"}";
        }
        String found = wish;
        for (int i = 1; found.isEmpty(); i++) {
            found = holds.contains("address " + base + i) ? "" : base + i;
        }
        holds.add("address " + found);
        return "{\"Address\":\"" + found + pool.substring(pool.indexOf('/')) + "\"}";
    }

    private String made(String thing, String answer) {
        return holds.add(thing) ? answer : "{\"Err\":\"" + thing + " exists\"}";
    }

    private String gone(String thing) {
        return holds.remove(thing)
                ? "{}"
                : "{\"Err\":\"" + thing + " not found\",\"Error\":\"" + thing + " not found\"}";
    }

    /** Returns a text field of a JSON object, empty if it has none. */
    public static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : "";
    }

    /** Writes a whole answer. */
    public static void write(SocketChannel out, int status, String body) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.UTF_8);
        raw(
                out,
                "HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\nContent-Length: " + octets.length
                        + "\r\n\r\n" + body);
    }

    /** Writes these octets. */
    public static void raw(SocketChannel out, String text) throws IOException {
        ByteBuffer octets = StandardCharsets.ISO_8859_1.encode(text);
        while (octets.hasRemaining()) {
            out.write(octets);
        }
    }

    /** Stops listening and hangs up; the socket's file goes. */
    @Override
    public void close() {
        end.countDown();
        try {
            server.close();
            for (SocketChannel client : open) {
                client.close();
            }
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
