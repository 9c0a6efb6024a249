package io.cnm4j.linux.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.api.error.DeadlineException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.TestNetns;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class NamespaceWorkersTest {
    private static final Deadline SOON = Deadline.after(Duration.ofMinutes(10));

    @TempDir
    Path directory;

    private NamespaceWorkers workers;

    @BeforeEach
    void open() {
        workers = new NamespaceWorkers(Path.of(TestNetns.here().path()));
    }

    @AfterEach
    void close() {
        workers.close();
    }

    static String inode() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }

    private NamespaceRef make(String name) {
        NamespaceRef namespace = NamespaceRef.at(directory.resolve(name).toString());
        workers.call(SOON, () -> {
            Namespaces.create(namespace, Map.of(), KernelTap.NONE);
            return true;
        });
        return namespace;
    }

    private void remove(NamespaceRef namespace) {
        workers.call(SOON, () -> {
            Namespaces.delete(namespace, KernelTap.NONE);
            return true;
        });
    }

    @KernelTest
    void aTaskRunsAtHomeWhoeverCalls() throws Exception {
        String home = inode();
        var seen = new String[2];
        NamespaceRef elsewhere = make("elsewhere");
        var caller = new Thread(() -> {
            try {
                seen[0] = workers.callAside(elsewhere, NamespaceWorkersTest::inode);
                seen[1] = workers.callAside(elsewhere, () -> workers.call(SOON, NamespaceWorkersTest::inode));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        caller.start();
        caller.join();
        assertThat(seen[0]).isNotEqualTo(home);
        assertThat(seen[1]).isEqualTo(home);
        remove(elsewhere);
    }

    @KernelTest
    void insideIsInsideAndThenHomeAgain() throws Exception {
        NamespaceRef one = make("one");
        NamespaceRef two = make("two");
        List<String> seen = workers.call(SOON, () -> {
            var inodes = new ArrayList<String>();
            inodes.add(inode());
            NamespaceWorkers.inside(one, () -> {
                inodes.add(inode());
                NamespaceWorkers.inside(two, () -> inodes.add(inode()));
                NamespaceWorkers.inside(NamespaceRef.HOST, () -> inodes.add(inode()));
                return inodes.add(inode());
            });
            inodes.add(inode());
            return inodes;
        });
        String home = inode();
        assertThat(seen).element(0).isEqualTo(home);
        assertThat(seen).element(3).isEqualTo(home);
        assertThat(seen).element(5).isEqualTo(home);
        assertThat(seen.get(4)).isEqualTo(seen.get(1)).isNotEqualTo(home);
        assertThat(seen.get(2)).isNotEqualTo(home).isNotEqualTo(seen.get(1));
        remove(one);
        remove(two);
    }

    @KernelTest
    void theTasksOwnExceptionArrivesWithBothStacks() {
        var own = new IllegalStateException("mine");
        assertThatThrownBy(() -> workers.call(SOON, () -> {
                    throw own;
                }))
                .isSameAs(own);
        assertThatThrownBy(() -> workers.call(SOON, () -> {
                    throw new IOException("checked");
                }))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(e.getStackTrace())
                        .anySatisfy(frame -> assertThat(frame.getClassName()).endsWith(".Worker"))
                        .anySatisfy(frame -> assertThat(frame.getMethodName())
                                .isEqualTo("theTasksOwnExceptionArrivesWithBothStacks")));
    }

    @KernelTest
    void aNamespaceThatIsNotThereIsAnErrorAndTheWorkerStays() throws Exception {
        NamespaceRef nowhere = NamespaceRef.at("/nowhere/at/all");
        NamespaceRef file =
                NamespaceRef.at(Files.createFile(directory.resolve("file")).toString());
        assertThatThrownBy(() -> workers.call(SOON, () -> NamespaceWorkers.inside(nowhere, () -> true)))
                .isInstanceOf(KernelException.class)
                .hasMessageContainingAll("/nowhere/at/all", "ENOENT");
        assertThatThrownBy(() -> workers.call(SOON, () -> NamespaceWorkers.inside(file, () -> true)))
                .isInstanceOf(KernelException.class)
                .hasMessageContainingAll(file.path(), "EINVAL");
        assertThat(workers.<String, IOException>call(SOON, NamespaceWorkersTest::inode))
                .isEqualTo(inode());
    }

    @KernelTest
    void onlyAWorkerMayGoInside() {
        assertThatThrownBy(() -> NamespaceWorkers.inside(NamespaceRef.HOST, () -> true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not a namespace worker");
    }

    @KernelTest
    void aTaskOfAWorkerThatCallsRunsAtOnce() {
        Thread[] seen = workers.call(SOON, () ->
                new Thread[] {Thread.currentThread(), workers.call(SOON, Thread::currentThread)});
        assertThat(seen[0]).isSameAs(seen[1]);
    }

    @KernelTest
    void aFewWorkersServeManyCallers() throws Exception {
        Set<String> names = ConcurrentHashMap.newKeySet();
        var threads = new ArrayList<Thread>();
        var count = new AtomicInteger();
        for (int i = 0; i < 16; i++) {
            threads.add(new Thread(() -> {
                for (int k = 0; k < 500; k++) {
                    names.add(workers.call(SOON, () -> Thread.currentThread().getName()));
                    count.incrementAndGet();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(count).hasValue(16 * 500);
        assertThat(names).hasSizeBetween(1, 4).allMatch(name -> name.startsWith("cnm4j-worker-"));
    }

    @KernelTest
    void waitingForAWorkerEndsWithTheDeadlineOrAnInterrupt() throws Exception {
        var release = new CountDownLatch(1);
        List<Thread> busy = occupyAll(release);
        var ran = new AtomicBoolean();
        assertThatThrownBy(() -> workers.call(Deadline.after(Duration.ofMillis(30)), () -> {
                    ran.set(true);
                    return true;
                }))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("free namespace worker");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> workers.call(SOON, () -> true))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        release.countDown();
        for (Thread thread : busy) {
            thread.join();
        }
        assertThat(ran).isFalse();
    }

    private List<Thread> occupyAll(CountDownLatch release) throws InterruptedException {
        var threads = new ArrayList<Thread>();
        int most = Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
        var started = new CountDownLatch(most);
        for (int i = 0; i < most; i++) {
            threads.add(new Thread(() -> workers.call(SOON, () -> {
                started.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return true;
            })));
        }
        threads.forEach(Thread::start);
        started.await();
        return threads;
    }

    @KernelTest
    void aWorkerThatCannotReturnDiesAndIsReplaced() throws Exception {
        NamespaceRef away = make("away");
        var lost = new AtomicBoolean();
        var calls = new AtomicInteger();
        try (var fragile = new NamespaceWorkers(Path.of(TestNetns.here().path()), fd -> {
            if (lost.get() && calls.incrementAndGet() == 2) { // the way in works, the way back does not
                return 9;
            }
            return LibC.CALLS.setns(fd, Worker.CLONE_NEWNET) == 0 ? 0 : LibC.errno();
        })) {
            Thread first = fragile.call(SOON, Thread::currentThread);
            lost.set(true);
            assertThatThrownBy(() -> fragile.call(SOON, () -> NamespaceWorkers.inside(away, () -> true)))
                    .isInstanceOf(NamespaceLostError.class)
                    .hasMessageContaining("could not return");
            first.join();
            String after = fragile.call(SOON, NamespaceWorkersTest::inode);
            assertThat(after).isEqualTo(inode());
        }
        remove(away);
    }

    @KernelTest
    void aResourceIsMadeOnceAWorkerAndClosedWithIt() {
        var made = new AtomicInteger();
        var closed = new AtomicInteger();
        class Held implements AutoCloseable {
            @Override
            public void close() {
                closed.incrementAndGet();
            }
        }
        NamespaceRef away = make("away");
        assertThatThrownBy(() -> workers.call(
                        SOON,
                        () -> NamespaceWorkers.inside(
                                away, () -> WorkerContext.current().resource(Held.class, Held::new))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("would stay in the namespace");
        for (int i = 0; i < 10; i++) {
            workers.call(
                    SOON,
                    () -> WorkerContext.current().resource(Held.class, () -> {
                        made.incrementAndGet();
                        return new Held();
                    }));
        }
        remove(away);
        workers.close();
        assertThat(made).hasValueBetween(1, 4);
        assertThat(closed).hasValue(made.get());
    }

    @KernelTest
    void whoIsWaitedForWaitsForNoWorker() throws Exception {
        var answered = new CountDownLatch(1);
        var refused = new AtomicBoolean();
        Runnable meanwhile = () -> {
            assertThatThrownBy(() -> workers.call(SOON, () -> true))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ask before");
            refused.set(true);
            answered.countDown();
        };
        assertThat(workers.<Boolean, InterruptedException>call(
                        SOON,
                        () -> {
                            answered.await();
                            return true;
                        },
                        meanwhile))
                .isTrue();
        assertThat(refused).isTrue();
        assertThat(workers.call(SOON, () -> true)).as("afterwards").isTrue();
    }

    @KernelTest
    void closedIsClosed() throws InterruptedException {
        Thread worker = workers.call(SOON, Thread::currentThread);
        workers.close();
        worker.join(10_000);
        assertThat(worker.isAlive()).isFalse();
        assertThatThrownBy(() -> workers.call(SOON, () -> true)).isInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> workers.callAside(NamespaceRef.HOST, () -> true))
                .isInstanceOf(ClosedException.class);
        workers.close();
    }
}
