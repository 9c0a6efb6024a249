package io.cnm4j.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.model.StoreAddress;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.store.Entry;
import io.cnm4j.spi.store.KeyValueStore;
import io.cnm4j.spi.store.Session;
import io.cnm4j.spi.store.StaleWriteException;
import io.cnm4j.spi.store.StoreProvider;
import io.cnm4j.spi.store.Write;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What every store does that hosts share, against a real server: the whole contract of stores, and what becomes of it when the server fails. */
public abstract class SharedStoreContract extends KeyValueStoreContract {
    private static final int CLOSED = 10;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private String prefix = "";

    /** Returns what connects to this kind of store. */
    protected abstract StoreProvider provider();

    /** Returns the one server, started, where {@link #servers} says. */
    protected abstract ServerProcess server();

    /** Returns where the server is, as {@code host:port}. */
    protected abstract List<String> servers();

    /** Returns the shortest time to live that sessions of this store have. */
    protected abstract Duration leastTimeToLive();

    @Override
    protected KeyValueStore newStore() {
        prefix = "test" + NUMBER.incrementAndGet() + "-"
                + ProcessHandle.current().pid() + "/";
        return connect(servers());
    }

    private KeyValueStore connect(List<String> servers) {
        return provider()
                .connect(StoreAddress.builder()
                        .store(provider().name())
                        .servers(servers)
                        .prefix(prefix)
                        .timeout(Duration.ofSeconds(20))
                        .build());
    }

    @Override
    protected Optional<KeyValueStore> reopen() {
        return Optional.of(connect(servers()));
    }

    @Test
    @DisplayName("C1 MUST: what one connection commits, another reads at once and its follower is told soon")
    void connectionsShare() {
        var told = new Follower("");
        try (KeyValueStore other = connect(servers());
                var following = other.follow("", told)) {
            long first = put("a", "one", Write.ABSENT);
            assertThat(other.get("a").orElseThrow().revision()).isEqualTo(first);
            assertThatThrownBy(() -> other.commit(List.of(new Write.Put("a", octets("x"), Write.ABSENT))))
                    .isInstanceOf(StaleWriteException.class);
            Waiting.until(() -> told.values().containsKey("a"));
            assertThat(told.values()).containsEntry("a", "one");
            assertThat(following).isNotNull();
        }
    }

    @Test
    @DisplayName("C2 MUST: what the session of a connection that went away held is gone after its time to live")
    void sessionsRunOut() {
        KeyValueStore other = connect(servers());
        Session session = other.session(leastTimeToLive(), () -> {});
        other.commit(List.of(new Write.Hold("held", octets("x"), Write.ABSENT, session)));
        assertThat(store.get("held")).isPresent();
        other.close();
        Waiting.until(() -> store.get("held").isEmpty(), leastTimeToLive().multipliedBy(4));
        assertThat(store.get("held")).isEmpty();
    }

    @Test
    @DisplayName("C2 MUST: a session lasts while its connection does, longer than its time to live")
    void sessionsLast() {
        var over = new AtomicInteger();
        Session session = store.session(leastTimeToLive(), over::incrementAndGet);
        store.commit(List.of(new Write.Hold("held", octets("x"), Write.ABSENT, session)));
        Waiting.until(
                () -> store.get("held").isEmpty(),
                leastTimeToLive().multipliedBy(5).dividedBy(2));
        assertThat(store.get("held")).isPresent();
        assertThat(over).hasValue(0);
        session.close();
        assertThat(store.get("held")).isEmpty();
    }

    @Test
    @DisplayName(
            "C3 MUST: after kill -9 and a restart of the server all is there, and followers are told what came after")
    void serverIsKilled() {
        long before = put("a", "one", Write.ABSENT);
        put("gone", "one", Write.ABSENT);
        var told = new Follower("");
        try (var following = store.follow("", told)) {
            server().kill();
            assertThatThrownBy(() ->
                            store.within(Deadline.after(Duration.ofMillis(700))).get("a"))
                    .isInstanceOf(CnmException.class);
            server().start();
            assertThat(store.get("a").orElseThrow().revision()).isEqualTo(before);
            store.commit(List.of(new Write.Put("b", octets("two"), Write.ABSENT), new Write.Delete("gone", Write.ANY)));
            Waiting.until(() -> told.holds(store.list("")), Duration.ofSeconds(30));
            assertThat(told.values()).containsOnlyKeys("a", "b");
            assertThat(following).isNotNull();
        }
    }

    @Test
    @DisplayName("C4 MUST: a server that says nothing holds a call no longer than its deadline")
    void serverIsPaused() {
        put("a", "one", Write.ABSENT);
        var told = new Follower("");
        try (var following = store.follow("", told)) {
            server().pause();
            long begun = System.nanoTime();
            try {
                KeyValueStore hasty = store.within(Deadline.after(Duration.ofMillis(500)));
                assertThatThrownBy(() -> hasty.get("a")).isInstanceOf(CnmException.class);
                KeyValueStore again = store.within(Deadline.after(Duration.ofMillis(500)));
                assertThatThrownBy(() -> again.commit(List.of(new Write.Put("b", octets("two"), Write.ABSENT))))
                        .isInstanceOf(CnmException.class);
            } finally {
                server().resume();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
            assertThat(store.get("a")).isPresent();
            put("c", "three", Write.ABSENT);
            Waiting.until(() -> told.values().containsKey("c"), Duration.ofSeconds(30));
            assertThat(told.values()).containsKeys("a", "c");
            assertThat(following).isNotNull();
        }
    }

    @Test
    @DisplayName("C5 MUST: of several servers one that answers is enough")
    void oneServerAnswers() {
        String nobody = "127.0.0.1:" + ServerProcess.freePort();
        try (KeyValueStore other = connect(List.of(nobody, servers().get(0)))) {
            other.commit(List.of(new Write.Put("a", octets("one"), Write.ABSENT)));
            assertThat(store.get("a").map(Entry::value)).contains("one".getBytes(UTF_8));
        }
        try (KeyValueStore none = connect(List.of(nobody))) {
            assertThatThrownBy(() ->
                            none.within(Deadline.after(Duration.ofMillis(300))).get("a"))
                    .isInstanceOf(DeadlineException.class);
        }
    }

    @Test
    @DisplayName(
            "C6 MUST: a store that is closed in the middle of calls leaves no descriptor open and no thread running")
    void closedIsClosed() throws IOException {
        List<String> before = open("socket:", "anon_inode:");
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        for (int i = 0; i < CLOSED; i++) {
            KeyValueStore other = connect(servers());
            other.follow("", changes -> {});
            other.session(leastTimeToLive(), () -> {});
            other.commit(List.of(new Write.Put("a", octets("x"), Write.ANY)));
            other.close();
        }
        Waiting.until(() -> left(threads).isEmpty());
        assertThat(left(threads)).isEmpty();
        assertThat(open("socket:", "anon_inode:")).hasSizeLessThanOrEqualTo(before.size());
    }

    private static List<Thread> left(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.getName().startsWith("cnm4j"))
                .toList();
    }

    /** Returns the descriptors of this process that are open on these kinds of things. */
    private static List<String> open(String... kinds) throws IOException {
        var open = new ArrayList<String>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                String what = Files.exists(descriptor, LinkOption.NOFOLLOW_LINKS)
                        ? Files.readSymbolicLink(descriptor).toString()
                        : "";
                if (Stream.of(kinds).anyMatch(what::startsWith)) {
                    open.add(what);
                }
            }
        }
        return open;
    }
}
