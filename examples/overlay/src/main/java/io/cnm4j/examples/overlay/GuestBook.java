package io.cnm4j.examples.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * A web application, as somebody would write it who knows nothing of networks: its guests sign, and a database called {@code db}
 * remembers them. {@code /sign/NAME} signs, {@code /} shows who did.
 */
public final class GuestBook {
    private static final int WEB = 80;
    private static final String SIGN = "/sign/";

    private GuestBook() {}

    /** Serves until the process is ended; prints a line when it does. */
    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", WEB), 0);
        server.createContext("/", exchange -> {
            byte[] page = page(args[0], exchange.getRequestURI().getPath()).getBytes(UTF_8);
            answer(exchange, page);
        });
        server.start();
        System.out.println("serving");
    }

    private static String page(String title, String path) {
        try (var db = new Redis("db")) {
            if (path.startsWith(SIGN)) {
                db.ask("RPUSH", "guests", path.substring(SIGN.length()));
            }
            return title + ": " + String.join(", ", db.ask("LRANGE", "guests", "0", "-1"));
        } catch (UnknownHostException unknown) {
            return title + ": knows no db";
        } catch (IOException failure) {
            return title + ": " + failure.getMessage();
        }
    }

    private static void answer(HttpExchange exchange, byte[] page) throws IOException {
        exchange.sendResponseHeaders(200, page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
    }
}
