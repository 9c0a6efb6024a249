package io.cnm4j.kvstore.zookeeper;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.kvstore.zookeeper.Connection.Node;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Change;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** A store on ZooKeeper. Thread-safe. */
final class ZooKeeperStore implements KeyValueStore {
    private static final Comparator<Entry> BY_OCTETS = Comparator.comparing(
            entry -> entry.key().getBytes(java.nio.charset.StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private final Ensemble ensemble;
    private final @Nullable Deadline limit;

    ZooKeeperStore(Ensemble ensemble) {
        this(ensemble, null);
    }

    private ZooKeeperStore(Ensemble ensemble, @Nullable Deadline limit) {
        this.ensemble = ensemble;
        this.limit = limit;
    }

    @Override
    public KeyValueStore within(Deadline deadline) {
        return new ZooKeeperStore(ensemble, deadline);
    }

    private Deadline deadline() {
        return limit == null ? ensemble.deadline() : limit;
    }

    private <T> T reading(java.util.function.Function<Connection, T> read, Deadline deadline) {
        return Connection.reading(
                () -> {
                    Connection connection = ensemble.connection(deadline);
                    connection.sync();
                    return read.apply(connection);
                },
                () -> !ensemble.isClosed(),
                deadline);
    }

    @Override
    public Optional<Entry> get(String key) {
        Deadline deadline = deadline();
        String path = KeyPaths.of(ensemble.prefix() + key);
        return reading(connection -> Connection.await(connection.read(path), deadline, "'" + key + "'"), deadline)
                .map(node -> entry(path, node));
    }

    /** Returns a node as an entry. */
    Entry entry(String path, Node node) {
        return new Entry(
                KeyPaths.key(path).substring(ensemble.prefix().length()),
                node.value(),
                node.stat().getMzxid());
    }

    @Override
    public List<Entry> list(String prefix) {
        return listing(prefix, deadline()).entries();
    }

    /**
     * What there is.
     *
     * @param entries in key order
     * @param revision up to which at least they are listed
     */
    record Listing(List<Entry> entries, long revision) {}

    Listing listing(String prefix, Deadline deadline) {
        return reading(connection -> walk(connection, ensemble.prefix() + prefix, deadline), deadline);
    }

    private Listing walk(Connection connection, String prefix, Deadline deadline) {
        CompletableFuture<Optional<Stat>> revision = connection.stat(KeyPaths.REVISION);
        var paths = new ArrayList<String>();
        List<String> directories = List.of(KeyPaths.directoryPart(prefix));
        while (!directories.isEmpty()) { // level by level, each in one go
            var asked = new LinkedHashMap<String, CompletableFuture<Optional<List<String>>>>();
            directories.forEach(directory -> asked.put(directory, connection.children(KeyPaths.directory(directory))));
            var next = new ArrayList<String>();
            asked.forEach((directory, children) -> Connection.await(children, deadline, "list '" + prefix + "'")
                    .orElse(List.of())
                    .forEach(child -> sort(directory, child, prefix, paths, next)));
            directories = next;
        }
        var nodes = new LinkedHashMap<String, CompletableFuture<Optional<Node>>>();
        paths.forEach(path -> nodes.put(path, connection.read(path)));
        var entries = new ArrayList<Entry>();
        nodes.forEach((path, node) -> Connection.await(node, deadline, "list '" + prefix + "'")
                .ifPresent(found -> entries.add(entry(path, found))));
        entries.sort(BY_OCTETS);
        long at = Connection.await(revision, deadline, "revision").orElseThrow().getMzxid();
        return new Listing(List.copyOf(entries), at);
    }

    private static void sort(String directory, String child, String prefix, List<String> entries, List<String> deeper) {
        if (KeyPaths.isEntry(child)) {
            String key = directory + KeyPaths.decode(child);
            if (key.startsWith(prefix)) {
                entries.add(KeyPaths.of(key));
            }
        } else if (KeyPaths.isDirectory(child)) {
            String inside = directory + KeyPaths.decode(child) + "/";
            if (inside.startsWith(prefix)) {
                deeper.add(inside);
            }
        }
    }

    @Override
    public long commit(List<Write> writes) {
        Write.check(writes);
        Deadline deadline = deadline();
        Optional<ZooKeeperSession> session = session(writes);
        while (true) {
            Connection connection =
                    session.map(ZooKeeperSession::connection).orElseGet(() -> ensemble.connection(deadline));
            Map<String, Stat> stats = read(connection, session, writes, deadline);
            makeDirectories(connection, writes, stats, deadline);
            var multi = new Multi(
                    stats,
                    connection.access(),
                    ensemble.prefix(),
                    session.map(ZooKeeperSession::id).orElse(0L));
            try {
                List<OpResult> results = Connection.await(connection.multi(multi.ops(writes)), deadline, "a commit");
                var last = (OpResult.SetDataResult) results.get(results.size() - 1);
                return last.getStat().getMzxid();
            } catch (StoreException refused) {
                Code code = Connection.code(refused);
                if (session.isPresent() && code == Code.SESSIONEXPIRED) {
                    throw over();
                }
                if (code != Code.BADVERSION && code != Code.NODEEXISTS && code != Code.NONODE) {
                    throw refused;
                }
                deadline.check("a commit that others outrun");
            }
        }
    }

    private static ClosedException over() {
        return new ClosedException("the session is over; begin a new one");
    }

    private static Optional<ZooKeeperSession> session(List<Write> writes) {
        Set<Session> sessions = new LinkedHashSet<>();
        writes.forEach(write -> {
            if (write instanceof Write.Hold hold) {
                sessions.add(hold.session());
            }
        });
        if (sessions.isEmpty()) {
            return Optional.empty();
        }
        if (sessions.size() > 1 || !(sessions.iterator().next() instanceof ZooKeeperSession session)) {
            throw new InvalidRequestException("entries of one commit are held by one session of this store");
        }
        if (session.isOver()) {
            throw over();
        }
        return Optional.of(session);
    }

    /** Returns the state of all nodes and guards that the writes concern; the guards are read first. */
    private Map<String, Stat> read(
            Connection connection, Optional<ZooKeeperSession> session, List<Write> writes, Deadline deadline) {
        return Connection.reading(
                () -> {
                    connection.sync();
                    var paths = new LinkedHashSet<String>();
                    writes.forEach(write -> paths.add(KeyPaths.guard(ensemble.prefix() + write.key())));
                    writes.forEach(write -> paths.add(KeyPaths.of(ensemble.prefix() + write.key())));
                    var asked = new LinkedHashMap<String, CompletableFuture<Optional<Stat>>>();
                    paths.forEach(path -> asked.put(path, connection.stat(path)));
                    var stats = new HashMap<String, Stat>();
                    asked.forEach((path, answer) ->
                            Connection.await(answer, deadline, "a commit").ifPresent(stat -> stats.put(path, stat)));
                    return stats;
                },
                () -> {
                    if (session.map(ZooKeeperSession::isOver).orElse(false)) {
                        throw over();
                    }
                    return !ensemble.isClosed()
                            && connection.zookeeper().getState().isAlive();
                },
                deadline);
    }

    private void makeDirectories(
            Connection connection, List<Write> writes, Map<String, Stat> stats, Deadline deadline) {
        var directories = new LinkedHashSet<String>();
        for (Write write : writes) {
            String key = ensemble.prefix() + write.key();
            if (!stats.containsKey(KeyPaths.of(key))) {
                for (int slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
                    directories.add(KeyPaths.directory(key.substring(0, slash + 1)));
                }
            }
        }
        List<CompletableFuture<Boolean>> made = directories.stream()
                .map(directory -> connection.make(directory, CreateMode.CONTAINER))
                .toList();
        for (CompletableFuture<Boolean> directory : made) {
            try {
                Connection.await(directory, deadline, "a directory");
            } catch (StoreException refused) {
                if (Connection.code(refused) != Code.NONODE) { // the server tidied up above it: the commit tries again
                    throw refused;
                }
            }
        }
    }

    @Override
    public Subscription follow(String prefix, Consumer<List<Change>> follower) {
        var following = new ZooKeeperFollowing(ensemble, this, prefix, follower);
        following.begin(deadline());
        return following;
    }

    @Override
    public Session session(Duration timeToLive, Runnable over) {
        return ZooKeeperSession.begin(ensemble, timeToLive, over, deadline());
    }

    @Override
    public void close() {
        ensemble.close();
    }
}
