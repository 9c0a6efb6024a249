package io.cnm4j.linux.hook;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.RuntimeHook;
import io.cnm4j.core.HookSource;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for hooks; each gets an answer. A few threads, which end with it. */
public final class HookServer implements HookSource.Open {
    private static final Logger LOG = LoggerFactory.getLogger(HookServer.class);
    private static final int AT_ONCE = 4;
    private static final long PATIENCE_SECONDS = 10; // with who connects and sends nothing
    private static final long PAUSE_NANOS = 100_000_000;
    private static final long LONGEST_PATH = 107; // unix(7): sun_path, with its end

    private final Path socket;
    private final Duration limit;
    private final HookSource.Taker taker;
    private final ServerSocketChannel server;
    private final ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE, HookServer::daemon);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(HookServer::daemon);
    private final Thread listening;

    private HookServer(Path socket, Duration limit, HookSource.Taker taker, ServerSocketChannel server) {
        this.socket = socket;
        this.limit = limit;
        this.taker = taker;
        this.server = server;
        this.listening = daemon(this::listen);
    }

    /**
     * Opens the socket and starts to listen.
     *
     * @param socket its path, in a directory of the controller's own; one that a process before left there is replaced
     * @param limit how long the controller works on one call
     * @throws ConfigurationException if there can be no socket at the path
     */
    public static HookServer open(Path socket, Duration limit, HookSource.Taker taker) {
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw new ConfigurationException("the path of the socket for hooks is longer than " + LONGEST_PATH
                    + " octets: " + socket + "; choose a shorter run directory");
        }
        try {
            Files.deleteIfExists(socket);
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                server.bind(UnixDomainSocketAddress.of(socket));
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------")); // XK-01
            } catch (IOException | RuntimeException | Error failure) {
                server.close();
                throw failure;
            }
            var opened = new HookServer(socket, limit, taker, server);
            opened.listening.start();
            return opened;
        } catch (IOException e) {
            throw new ConfigurationException("cannot listen for hooks at " + socket + ": " + e.getMessage(), e);
        }
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "cnm4j-hooks");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public RuntimeHook hook() {
        return new RuntimeHook(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                List.of(
                        "java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-Xmx16m",
                        "-cp",
                        classes(),
                        Hook.class.getName(),
                        socket.toString()),
                limit.plusSeconds(PATIENCE_SECONDS),
                socket);
    }

    /** Returns where the program is: the jar that this class is of, or the directory. */
    private static String classes() {
        try {
            return Path.of(Hook.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path has an entry that is no path", e);
        }
    }

    private void listen() {
        while (server.isOpen()) {
            try {
                SocketChannel call = server.accept();
                workers.execute(() -> answer(call));
            } catch (ClosedChannelException | RejectedExecutionException over) {
                return;
            } catch (IOException failure) { // such as: no descriptor is left
                LOG.warn("a hook could not be heard", failure);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void answer(SocketChannel call) {
        try (call) {
            String answer = answerTo(call);
            drain(call);
            ByteBuffer octets = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
            while (octets.hasRemaining()) {
                call.write(octets);
            }
        } catch (IOException gone) {
            LOG.warn("a hook did not wait for its answer", gone);
        }
    }

    /** Reads what nobody wants: a socket that is closed before all is read takes the answer with it (unix(7), ECONNRESET). */
    private static void drain(SocketChannel call) throws IOException {
        ByteBuffer rest = ByteBuffer.allocate(HookMessage.MOST);
        call.configureBlocking(false);
        int count = call.read(rest);
        while (count > 0 && rest.hasRemaining()) {
            count = call.read(rest);
        }
        call.configureBlocking(true);
    }

    private String answerTo(SocketChannel call) {
        try {
            HookMessage message = read(call);
            taker.take(message.container(), message.namespace());
            return "success"; // XK-03
        } catch (RuntimeException refused) { // XK-06
            LOG.warn("what a hook handed over was not taken", refused);
            return String.valueOf(refused.getMessage());
        }
    }

    private HookMessage read(SocketChannel call) {
        ScheduledFuture<?> end = clock.schedule(() -> close(call), PATIENCE_SECONDS, TimeUnit.SECONDS);
        try {
            return HookMessage.read(Channels.newInputStream(call));
        } finally {
            end.cancel(false);
        }
    }

    private static void close(SocketChannel call) {
        try {
            call.close();
        } catch (IOException e) {
            LOG.debug("closing a silent hook", e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warn("the socket for hooks stays at {}", socket, e);
        }
        clock.shutdown();
        workers.shutdown();
        boolean interrupted = false;
        try {
            listening.join();
            boolean ended = workers.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            workers.shutdownNow();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
