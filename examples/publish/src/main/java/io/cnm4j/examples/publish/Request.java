package io.cnm4j.examples.publish;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A request for a page, over a plain socket: it starts no thread, so it may be made in {@code Sandbox.call}. */
record Request(String address, int port) {
    private static final int PATIENCE_MILLIS = 500;

    /** Tells whether the page came. */
    boolean ask() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).endsWith("hello");
        } catch (IOException nobody) {
            return false;
        }
    }
}
