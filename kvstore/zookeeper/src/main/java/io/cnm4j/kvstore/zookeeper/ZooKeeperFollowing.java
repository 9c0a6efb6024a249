package io.cnm4j.kvstore.zookeeper;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.kvstore.zookeeper.Connection.Node;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.KeyValueStore.Subscription;
import io.cnm4j.spi.store.Mirror;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Follows a prefix by a persistent recursive watch, which names what changed; what changed is read. After every break everything is listed
 * again. Reads are made by one task at a time.
 */
final class ZooKeeperFollowing implements Subscription, Watcher {
    private static final Logger LOG = System.getLogger(ZooKeeperFollowing.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Ensemble ensemble;
    private final ZooKeeperStore store;
    private final String prefix;
    private final Consumer<List<Change>> follower;
    private final Mirror mirror = new Mirror(); // belongs to the task
    private final Set<String> touched = new LinkedHashSet<>(); // paths; guarded by this
    private boolean all; // guarded by this
    private boolean busy = true; // a task is there or will be; guarded by this
    private @Nullable Connection watched; // belongs to the task
    private volatile boolean closed;

    ZooKeeperFollowing(Ensemble ensemble, ZooKeeperStore store, String prefix, Consumer<List<Change>> follower) {
        this.ensemble = ensemble;
        this.store = store;
        this.prefix = prefix;
        this.follower = follower;
    }

    void begin(Deadline deadline) {
        Connection.reading(
                () -> {
                    watch(deadline);
                    return true;
                },
                () -> !ensemble.isClosed(),
                deadline);
        ZooKeeperStore.Listing listing = store.listing(prefix, deadline);
        follower.accept(mirror.listed(listing.entries(), listing.revision()));
        catchUp();
    }

    private void watch(Deadline deadline) {
        Connection connection = ensemble.connection(deadline);
        if (!connection.equals(watched)) {
            String directory = KeyPaths.directory(KeyPaths.directoryPart(ensemble.prefix() + prefix));
            Connection.await(connection.watch(directory, this), deadline, "a watch");
            watched = connection;
        }
    }

    @Override
    public synchronized void process(WatchedEvent event) {
        if (event.getType() == EventType.None) {
            all |= event.getState() == KeeperState.SyncConnected || event.getState() == KeeperState.Expired;
        } else if (event.getPath() != null && KeyPaths.isEntry(event.getPath())) {
            touched.add(event.getPath());
        }
        if (!busy && (all || !touched.isEmpty())) {
            busy = true;
            ensemble.later(Duration.ZERO, this::catchUp);
        }
    }

    private void catchUp() {
        while (!closed && !ensemble.isClosed()) {
            boolean list;
            List<String> paths;
            synchronized (this) {
                list = all;
                paths = List.copyOf(touched);
                if (!list && paths.isEmpty()) {
                    busy = false;
                    return;
                }
                all = false;
                touched.clear();
            }
            if (!told(list, paths)) {
                return;
            }
        }
    }

    /** Tells what changed; tells whether that went well, else another task comes. */
    private boolean told(boolean list, List<String> paths) {
        try {
            List<Change> changes = list ? listed() : read(paths);
            if (!changes.isEmpty() && !closed) {
                follower.accept(changes);
            }
            return true;
        } catch (CnmException broken) {
            LOG.log(Level.DEBUG, "following ''{0}'' broke off: {1}", prefix, broken.getMessage());
            synchronized (this) {
                all = true;
            }
            ensemble.later(PAUSE, this::catchUp);
            return false;
        } catch (RuntimeException failure) {
            LOG.log(Level.WARNING, "a follower of '" + prefix + "' failed; it goes on", failure);
            return true;
        }
    }

    private List<Change> listed() {
        Deadline deadline = ensemble.deadline();
        watch(deadline);
        ZooKeeperStore.Listing listing = store.listing(prefix, deadline);
        return mirror.listed(listing.entries(), listing.revision());
    }

    private List<Change> read(List<String> paths) {
        Deadline deadline = ensemble.deadline();
        Connection connection = ensemble.connection(deadline);
        connection.sync();
        CompletableFuture<Optional<Stat>> revision = connection.stat(KeyPaths.REVISION); // first: nothing newer is gone
        var nodes = new LinkedHashMap<String, CompletableFuture<Optional<Node>>>();
        paths.stream()
                .filter(path -> KeyPaths.key(path).startsWith(ensemble.prefix() + prefix))
                .forEach(path -> nodes.put(path, connection.read(path)));
        long at = Connection.await(revision, deadline, "revision").orElseThrow().getMzxid();
        var changes = new ArrayList<Change>();
        nodes.forEach((path, answer) -> {
            Optional<Node> node = Connection.await(answer, deadline, "a change");
            changes.addAll(
                    node.isPresent()
                            ? mirror.put(store.entry(path, node.orElseThrow()))
                            : mirror.removed(
                                    KeyPaths.key(path)
                                            .substring(ensemble.prefix().length()),
                                    at));
        });
        changes.sort(Comparator.comparingLong(Change::revision));
        return changes;
    }

    @Override
    public void close() {
        closed = true;
    }
}
