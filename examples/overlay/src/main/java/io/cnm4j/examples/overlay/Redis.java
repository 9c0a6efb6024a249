package io.cnm4j.examples.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A connection to a Redis server, for words without line breaks (the protocol is RESP). Not thread-safe. */
final class Redis implements AutoCloseable {
    static final int PORT = 6379;
    private static final int PATIENCE_MILLIS = 3000;
    private static final int MOST = 10_000;

    private final Socket socket = new Socket();
    private final BufferedReader in;

    /** @throws java.net.UnknownHostException if nobody has the name */
    Redis(String host) throws IOException {
        InetAddress address = InetAddress.getByName(host);
        try {
            socket.connect(new InetSocketAddress(address, PORT), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    /** Makes a call; returns the parts of its answer. */
    List<String> ask(String... words) throws IOException {
        var call = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            call.append('$').append(word.getBytes(UTF_8).length).append("\r\n");
            call.append(word).append("\r\n");
        }
        socket.getOutputStream().write(call.toString().getBytes(UTF_8));
        String first = line();
        if (!first.startsWith("*")) {
            return List.of(value(first));
        }
        int count = Integer.parseInt(first.substring(1));
        var parts = new ArrayList<String>();
        for (int i = 0; i < Math.min(count, MOST); i++) {
            parts.add(value(line()));
        }
        return parts;
    }

    private String value(String line) throws IOException {
        if (line.startsWith("-")) {
            throw new IOException("the database says " + line.substring(1));
        }
        return line.startsWith("$") ? line() : line.substring(1);
    }

    private String line() throws IOException {
        String line = in.readLine();
        if (line == null || line.isEmpty()) {
            throw new IOException("the database hung up");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
