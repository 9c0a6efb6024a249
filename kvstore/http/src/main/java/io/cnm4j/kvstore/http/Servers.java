package io.cnm4j.kvstore.http;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Answers;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Servers of which any can be asked: the one that answered last first. Thread-safe. */
public final class Servers implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(50); // after all servers failed

    private final StoreAddress address;
    private final String store;
    private final ExecutorService pool;
    private final Connections connections;
    private final AtomicInteger current = new AtomicInteger();
    private volatile boolean answered; // once at least: they and we agree
    private volatile boolean closed;

    /** Makes them from an address; connects to none. */
    public Servers(StoreAddress address) {
        this.address = address;
        this.store = address.store();
        this.pool = Executors.newCachedThreadPool(task -> thread(task, store));
        this.connections =
                new Connections("cnm4j " + store, PemContext.of(address).orElse(null), pool);
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
    public Answer ask(Call call, Predicate<Answer> elsewhere, Deadline deadline) {
        String what = "store '" + store + "' (" + call.method() + " " + call.path() + ")";
        if (!answered) {
            TlsProbe.run(address, "GET / HTTP/1.0\r\n\r\n", deadline);
        }
        int strangers = 0;
        for (int tried = 1; ; tried++) {
            checkOpen();
            deadline.check(what);
            int server = current.get();
            try {
                Answer answer =
                        Answers.await(send(server, call, new WholeAnswer(), share(deadline, call)), deadline, what);
                answered = true;
                if (!elsewhere.test(answer)) {
                    return answer;
                }
            } catch (StoreException failed) {
                checkOpen();
                boolean stranger = TlsRefusal.isOne(failed);
                strangers += stranger ? 1 : 0;
                if (strangers == address.servers().size()) {
                    throw TlsRefusal.of(store, address.servers(), failed);
                }
                if (!call.repeatable() && !stranger && !neverReached(failed)) {
                    throw failed;
                }
            }
            current.compareAndSet(server, (server + 1) % address.servers().size());
            if (tried % address.servers().size() == 0) {
                pause(deadline);
            }
        }
    }

    /** Of several servers a silent one gets a share of the time only, if the call may be repeated. */
    private Duration share(Deadline deadline, Call call) {
        long left = Math.max(1, deadline.remainingNanos());
        return Duration.ofNanos(
                call.repeatable() && address.servers().size() > 1
                        ? Math.max(left / (address.servers().size() + 1), 1)
                        : left);
    }

    private static boolean neverReached(StoreException failed) {
        return failed.getCause() instanceof ConnectException;
    }

    private void pause(Deadline deadline) {
        var over = new CompletableFuture<Boolean>();
        long nanos = Math.min(PAUSE.toNanos(), deadline.remainingNanos());
        connections.later(Duration.ofNanos(nanos), pool, () -> over.complete(true));
        Answers.await(over, deadline, "store '" + store + "', none of whose servers answers");
    }

    /**
     * Begins a call whose answer comes late, at the server that answered last. The future fails with an {@link java.io.IOException}, also
     * if it takes longer than {@code silence}; what waits for it must be quick.
     */
    public CompletableFuture<Answer> begin(Call call, Duration silence) {
        return send(current.get(), call, new WholeAnswer(), silence);
    }

    /** The same for an answer that comes line by line; {@code silence} ends with its first octet. */
    public CompletableFuture<Lines> lines(Call call, Duration silence) {
        return send(current.get(), call, new Lines().receiver(), silence);
    }

    /** Asks another server next: the one that answered last broke off. */
    public void next() {
        current.updateAndGet(server -> (server + 1) % address.servers().size());
    }

    private <T> CompletableFuture<T> send(int server, Call call, Receiver<T> receiver, Duration timeout) {
        checkOpen();
        return connections.send(address.servers().get(server), call, receiver, timeout);
    }

    /** Runs a task after a delay, on a thread of its own; never, if they are closed by then. */
    public void later(Duration delay, Runnable task) {
        connections.later(delay, pool, task);
    }

    /** Runs a task on a thread of its own. */
    public void soon(Runnable task) {
        later(Duration.ZERO, task);
    }

    /** Tells whether they are closed. */
    public boolean isClosed() {
        return closed;
    }

    /** Goes on only if they are not closed. */
    public void checkOpen() {
        if (closed) {
            throw new ClosedException("store '" + store + "' is closed; connect again");
        }
    }

    /** Breaks off all calls, closes all connections and ends all threads. Idempotent. */
    @Override
    public void close() {
        closed = true;
        connections.close();
        pool.shutdownNow();
    }
}
