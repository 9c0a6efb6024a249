package io.cnm4j.kvstore.zookeeper;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.error.StoreException;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Answers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** One session of ZooKeeper: its calls as futures, which are answered in the order in which they were made. Thread-safe. */
record Connection(ZooKeeper zookeeper, List<ACL> access) {

    /** An entry's node. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Node(byte[] value, Stat stat) {}

    /** Makes all later reads of this connection see what was committed before. */
    void sync() {
        zookeeper.sync(KeyPaths.ROOT, (code, path, context) -> {}, null);
    }

    CompletableFuture<Optional<Node>> read(String path) {
        var answer = new CompletableFuture<Optional<Node>>();
        zookeeper.getData(
                path,
                false,
                (code, p, context, value, stat) ->
                        settle(answer, code, path, Optional.ofNullable(value).map(v -> new Node(v, stat))),
                null);
        return answer;
    }

    CompletableFuture<Optional<Stat>> stat(String path) {
        var answer = new CompletableFuture<Optional<Stat>>();
        zookeeper.exists(
                path, false, (code, p, context, stat) -> settle(answer, code, path, Optional.ofNullable(stat)), null);
        return answer;
    }

    CompletableFuture<Optional<List<String>>> children(String path) {
        var answer = new CompletableFuture<Optional<List<String>>>();
        zookeeper.getChildren(
                path,
                false,
                (int code, String p, Object context, List<String> children) ->
                        settle(answer, code, path, Optional.ofNullable(children)),
                null);
        return answer;
    }

    CompletableFuture<List<OpResult>> multi(List<Op> ops) {
        var answer = new CompletableFuture<List<OpResult>>();
        zookeeper.multi(
                ops,
                (code, path, context, results) -> {
                    if (code == Code.OK.intValue()) {
                        answer.complete(results);
                    } else {
                        answer.completeExceptionally(KeeperException.create(Code.get(code)));
                    }
                },
                null);
        return answer;
    }

    /** Makes a node; one that is there already is fine. */
    CompletableFuture<Boolean> make(String path, CreateMode mode) {
        var answer = new CompletableFuture<Boolean>();
        zookeeper.create(
                path,
                new byte[0],
                access,
                mode,
                (code, p, context, name) -> {
                    if (code == Code.OK.intValue() || code == Code.NODEEXISTS.intValue()) {
                        answer.complete(true);
                    } else {
                        answer.completeExceptionally(KeeperException.create(Code.get(code), path));
                    }
                },
                null);
        return answer;
    }

    CompletableFuture<Boolean> watch(String path, Watcher watcher) {
        var answer = new CompletableFuture<Boolean>();
        zookeeper.addWatch(
                path,
                watcher,
                AddWatchMode.PERSISTENT_RECURSIVE,
                (code, p, context) -> {
                    if (code == Code.OK.intValue()) {
                        answer.complete(true);
                    } else {
                        answer.completeExceptionally(KeeperException.create(Code.get(code), path));
                    }
                },
                null);
        return answer;
    }

    private static <T> void settle(CompletableFuture<Optional<T>> answer, int code, String path, Optional<T> found) {
        if (code == Code.OK.intValue() || code == Code.NONODE.intValue()) {
            answer.complete(found);
        } else {
            answer.completeExceptionally(KeeperException.create(Code.get(code), path));
        }
    }

    /**
     * Waits for an answer; what ZooKeeper refused is the cause of the exception.
     *
     * @throws ConfigurationException if the user may not
     */
    static <T> T await(CompletableFuture<T> answer, Deadline deadline, String what) {
        try {
            return Answers.await(answer, deadline, what + " of store 'zookeeper'");
        } catch (StoreException refused) {
            Code code = code(refused);
            if (code == Code.NOAUTH || code == Code.AUTHFAILED) {
                throw new ConfigurationException(
                        "ZooKeeper refuses " + what + " (" + code + "): the nodes under " + KeyPaths.ROOT
                                + " belong to another user; see user and password, or who made these nodes",
                        refused);
            }
            throw refused;
        }
    }

    /** Returns ZooKeeper's code of what failed, if it is one of its own. */
    static @Nullable Code code(Throwable failure) {
        Throwable cause = failure instanceof CompletionException || failure instanceof StoreException
                ? failure.getCause()
                : failure;
        return cause instanceof KeeperException refused ? refused.code() : null;
    }

    /** Tells whether the call got no answer since the connection broke. */
    static boolean isLoss(@Nullable Code code) {
        return code == Code.CONNECTIONLOSS || code == Code.SESSIONEXPIRED || code == Code.OPERATIONTIMEOUT;
    }

    /** Repeats a read until it gets an answer. */
    static <T> T reading(Supplier<T> read, Supplier<Boolean> goOn, Deadline deadline) {
        while (true) {
            try {
                return read.get();
            } catch (StoreException broken) {
                if (!isLoss(code(broken)) || !goOn.get()) {
                    throw broken;
                }
                deadline.check("store 'zookeeper' to answer");
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        }
    }
}
