package io.cnm4j.kvstore.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.kvstore.http.Servers.Call;
import io.cnm4j.spi.host.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls to a server that does what a test wants. */
class ServersTest {
    private static final int LINES = 10_000;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answering = new CountDownLatch(1);
    private final Set<InetSocketAddress> callers = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private Servers servers;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/lines", exchange -> answer(exchange, "line\n".repeat(LINES)));
        server.createContext("/late", exchange -> {
            asked.countDown();
            await(answering);
            answer(exchange, "late");
        });
        server.start();
        servers = new Servers(StoreAddress.builder()
                .store("test")
                .servers(List.of("127.0.0.1:" + server.getAddress().getPort()))
                .build());
    }

    @AfterEach
    void stop() {
        answering.countDown();
        servers.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange, String text) throws IOException {
        callers.add(exchange.getRemoteAddress());
        byte[] body = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Call get(String path) {
        return new Call("GET", path, Map.of(), new byte[0], true);
    }

    private String text(String path, Deadline deadline) {
        return new String(servers.ask(get(path), answer -> false, deadline).body(), UTF_8);
    }

    private Lines lines() {
        return servers.lines(get("/lines"), LONG).join();
    }

    private static int count(Lines lines) {
        try {
            int count = 0;
            for (String line = lines.next(); line != null; line = lines.next()) {
                assertThat(line).isEqualTo("line");
                count++;
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyLineComesHoweverSlowlyTheyAreRead() throws Exception {
        Lines lines = lines();
        assertThat(lines.next()).isEqualTo("line");
        CompletableFuture<Integer> rest = CompletableFuture.supplyAsync(() -> count(lines), threads);
        assertThat(rest.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(LINES - 1);
        lines.close();
    }

    @Test
    void aConnectionServesOneCallAfterTheOther() {
        answering.countDown();
        for (int i = 0; i < 5; i++) {
            assertThat(text("/late", Deadline.after(LONG))).isEqualTo("late");
            assertThat(count(lines())).isEqualTo(LINES);
        }
        assertThat(callers).hasSize(1);
    }

    @Test
    void linesThatHaveEndedLetTheirConnectionGoAndDoNotCloseIt() throws Exception {
        Lines lines = lines();
        assertThat(count(lines)).isEqualTo(LINES);
        var late = CompletableFuture.supplyAsync(() -> text("/late", Deadline.after(LONG)), threads);
        await(asked);
        lines.close();
        answering.countDown();
        assertThat(late.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("late");
        assertThat(callers).hasSize(1);
    }

    @Test
    void linesThatAreClosedBeforeTheirEndCloseTheirConnection() throws Exception {
        Lines lines = lines();
        assertThat(lines.next()).isEqualTo("line");
        lines.close();
        answering.countDown();
        assertThat(text("/late", Deadline.after(LONG))).isEqualTo("late");
    }

    @Test
    void aCallThatIsOverdueIsGivenUpAndTheNextHasAnotherConnection() {
        assertThatThrownBy(() -> text("/late", Deadline.after(Duration.ofMillis(200))))
                .isInstanceOf(DeadlineException.class);
        answering.countDown();
        assertThat(text("/late", Deadline.after(LONG))).isEqualTo("late");
    }

    @Test
    void closingFailsWhatWaits() {
        CompletableFuture<Answer> late = servers.begin(get("/late"), LONG);
        await(asked);
        servers.close();
        assertThat(late).isCompletedExceptionally();
    }
}
