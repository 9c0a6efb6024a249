package io.cnm4j.examples.quickstart;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A conversation of one question, over a plain socket: it starts no thread, so it may take place in {@code Sandbox.call}. */
final class Talk {
    private static final int PATIENCE_MILLIS = 500;

    private Talk() {}

    /**
     * Returns the page at {@code /}.
     *
     * @throws java.net.SocketTimeoutException if nobody answers
     */
    static String fetch(String address, int port) throws IOException {
        String answer = ask(address, port, "GET / HTTP/1.0\r\n\r\n");
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    /**
     * Sends a question and returns all that is answered until the other side hangs up.
     *
     * @throws java.net.SocketTimeoutException if nobody answers
     */
    static String ask(String address, int port, String question) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
