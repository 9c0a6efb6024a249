package io.cnm4j.linux.dns;

import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import io.netty.channel.Channel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens sockets in namespaces for loops, which must not wait. One thread, while there is something to do. Thread-safe. */
final class Opener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Opener.class);
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int LINE = 1024;
    private static final long CLOSE_SECONDS = 10;

    private final NamespaceWorkers workers;
    private final ThreadPoolExecutor thread;

    Opener(NamespaceWorkers workers) {
        this.workers = workers;
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                LIMIT.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(LINE),
                new DefaultThreadFactory("cnm4j-names-opener", true));
        thread.allowCoreThreadTimeOut(true);
    }

    /** Makes a socket in a namespace and gives it to {@code then}, or null if it cannot be; on any thread. */
    void open(NamespaceRef namespace, Supplier<Channel> socket, Consumer<@Nullable Channel> then) {
        if (namespace.isHost()) { // loops are at home there
            then.accept(socket.get());
            return;
        }
        try {
            thread.execute(() -> then.accept(made(namespace, socket)));
        } catch (RejectedExecutionException tooMany) {
            then.accept(null);
        }
    }

    private @Nullable Channel made(NamespaceRef namespace, Supplier<Channel> socket) {
        try {
            return workers.call(Deadline.after(LIMIT), () -> NamespaceWorkers.inside(namespace, socket::get));
        } catch (RuntimeException gone) {
            LOG.debug("no socket in {}", namespace, gone);
            return null;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it ends by itself
        }
    }
}
