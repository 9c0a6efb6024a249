package io.cnm4j.kvstore.http;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Answers;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Servers of which any can be asked: the one that answered last first. Thread-safe. */
public final class Servers implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(50); // after all servers failed

    private final List<String> bases;
    private final String store;
    private final ExecutorService pool;
    private final ScheduledExecutorService clock;
    private final AtomicInteger current = new AtomicInteger();
    private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();
    private volatile @Nullable HttpClient client; // null once closed

    /** Makes them from an address; connects to none. */
    public Servers(StoreAddress address) {
        SSLContext tls = PemContext.of(address).orElse(null);
        this.store = address.store();
        this.bases = address.servers().stream()
                .map(server -> (tls == null ? "http://" : "https://") + server)
                .toList();
        this.pool = Executors.newCachedThreadPool(task -> thread(task, store));
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> thread(task, store + " clock"));
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .executor(pool);
        this.client = tls == null ? builder.build() : builder.sslContext(tls).build();
    }

    private static Thread thread(Runnable task, String name) {
        var thread = new Thread(task, "cnm4j " + name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * A call.
     *
     * @param method of HTTP
     * @param path with its query
     * @param headers more headers
     * @param body octets; empty for none
     * @param repeatable whether it does no harm to make it twice
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Call(String method, String path, Map<String, String> headers, byte[] body, boolean repeatable) {}

    /**
     * Makes a call and returns the answer, whatever its status, unless {@code elsewhere} says that another server would do better.
     *
     * @throws io.cnm4j.api.error.DeadlineException if none has answered by then
     * @throws io.cnm4j.api.error.ConfigurationException if no server and we can agree on TLS
     * @throws StoreException if a server broke off a call that must not be repeated
     */
    public HttpResponse<byte[]> ask(Call call, Predicate<HttpResponse<byte[]>> elsewhere, Deadline deadline) {
        String what = "store '" + store + "' (" + call.method() + " " + call.path() + ")";
        int strangers = 0;
        for (int tried = 1; ; tried++) {
            checkOpen();
            deadline.check(what);
            int server = current.get();
            try {
                HttpResponse<byte[]> answer = Answers.await(
                        send(server, call, HttpResponse.BodyHandlers.ofByteArray(), share(deadline, call)),
                        deadline,
                        what);
                if (!elsewhere.test(answer)) {
                    return answer;
                }
            } catch (StoreException failed) {
                checkOpen();
                boolean stranger = TlsRefusal.isOne(failed);
                strangers += stranger ? 1 : 0;
                if (strangers == bases.size()) {
                    throw TlsRefusal.of(store, bases, failed);
                }
                if (!call.repeatable() && !stranger && !neverReached(failed)) {
                    throw failed;
                }
            }
            current.compareAndSet(server, (server + 1) % bases.size());
            if (tried % bases.size() == 0) {
                pause(deadline);
            }
        }
    }

    /** Of several servers a silent one gets a share of the time only, if the call may be repeated. */
    private Duration share(Deadline deadline, Call call) {
        long left = Math.max(1, deadline.remainingNanos());
        return Duration.ofNanos(call.repeatable() && bases.size() > 1 ? Math.max(left / (bases.size() + 1), 1) : left);
    }

    private static boolean neverReached(StoreException failed) {
        return failed.getCause() instanceof ConnectException
                || failed.getCause() instanceof HttpConnectTimeoutException;
    }

    private void pause(Deadline deadline) {
        var over = new CompletableFuture<Boolean>();
        long nanos = Math.min(PAUSE.toNanos(), deadline.remainingNanos());
        var unused = clock.schedule(() -> over.complete(true), nanos, TimeUnit.NANOSECONDS);
        Answers.await(over, deadline, "store '" + store + "', none of whose servers answers");
    }

    /**
     * Begins a call whose answer comes in pieces or late, at the server that answered last. Fails like {@code java.net.http} does, also if
     * the answer has not begun after {@code silence}.
     */
    public <T> CompletableFuture<HttpResponse<T>> begin(Call call, BodyHandler<T> handler, Duration silence) {
        return send(current.get(), call, handler, silence);
    }

    /** Asks another server next: the one that answered last broke off. */
    public void next() {
        current.updateAndGet(server -> (server + 1) % bases.size());
    }

    private <T> CompletableFuture<HttpResponse<T>> send(
            int server, Call call, BodyHandler<T> handler, Duration timeout) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(bases.get(server) + call.path()))
                .method(
                        call.method(),
                        call.body().length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(call.body()))
                .timeout(timeout);
        call.headers().forEach(request::header);
        CompletableFuture<HttpResponse<T>> answer = client().sendAsync(request.build(), handler);
        long mine = number.incrementAndGet();
        open.put(mine, answer);
        var unused = answer.whenComplete((done, failure) -> open.remove(mine));
        return answer;
    }

    /** Returns what a failed future failed with. */
    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Runs a task after a delay, on a thread of its own. */
    public void later(Duration delay, Runnable task) {
        if (!isClosed()) {
            var unused = clock.schedule(() -> pool.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Runs a task on a thread of its own. */
    public void soon(Runnable task) {
        later(Duration.ZERO, task);
    }

    /** Tells whether they are closed. */
    public boolean isClosed() {
        return client == null;
    }

    /** Goes on only if they are not closed. */
    public void checkOpen() {
        client();
    }

    private HttpClient client() {
        HttpClient open = client;
        if (open == null) {
            throw new ClosedException("store '" + store + "' is closed; connect again");
        }
        return open;
    }

    /**
     * Breaks off all calls and ends all threads. Idempotent. The selector of {@code java.net.http} has no other end on JDK 17 than that of
     * an object that nobody refers to: two descriptors stay until the next garbage collection.
     */
    @Override
    public void close() {
        client = null;
        open.values().forEach(call -> call.cancel(true));
        clock.shutdownNow();
        pool.shutdownNow();
    }
}
