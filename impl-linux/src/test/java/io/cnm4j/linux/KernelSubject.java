package io.cnm4j.linux;

import io.cnm4j.linux.executor.LinuxPlanExecutor;
import io.cnm4j.linux.host.LinuxHostView;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import io.cnm4j.spi.plan.KernelOp.ServeNames;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import io.cnm4j.tck.ExecutorSubject;
import io.cnm4j.tck.Together;
import io.cnm4j.tck.WriteTap;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The real executor on the namespace of the thread that makes it. */
final class KernelSubject implements ExecutorSubject {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path namespace = Path.of(TestNetns.here().path());
    private final Path directory;
    private final NamespaceWorkers workers = new NamespaceWorkers(namespace);
    private final PlanExecutor executor;
    private volatile WriteTap tap = WriteTap.NONE;

    /** @param directory an empty one */
    KernelSubject(Path directory) {
        this.directory = directory;
        this.executor = new LinuxPlanExecutor(workers, new KernelTap() {
            @Override
            public void before(String call) {
                tap.before(call);
            }

            @Override
            public void after(String call) {
                tap.after(call);
            }
        });
        warm();
    }

    /** Lets each worker open its sockets, so that none is opened later: {@link #remember} counts descriptors. */
    private void warm() {
        int all = Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors())); // as many as there can be
        var barrier = new CyclicBarrier(all);
        Together.run(
                all,
                thread -> workers.call(Deadline.after(LIMIT), () -> {
                    barrier.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
                    return executor.check(Plan.EMPTY, Deadline.after(LIMIT));
                }));
        NamespaceRef asking = NamespaceRef.at(directory.resolve("netns-warm").toString());
        Plan named = Plan.of(new MakeNamespace(asking, Map.of()), new ServeNames(asking, "warm")); // loops stay too
        executor.apply(named, Deadline.after(LIMIT));
        executor.remove(named, Deadline.after(LIMIT));
    }

    @Override
    public PlanExecutor executor() {
        return executor;
    }

    @Override
    public HostView host() {
        return new LinuxHostView(workers, Path.of("/etc/resolv.conf"));
    }

    @Override
    public String directory() {
        return directory.toString();
    }

    @Override
    public Supplier<List<String>> remember() {
        HostSnapshot before = HostSnapshot.of(List.of(namespace), List.of(directory), directory);
        return () -> HostSnapshot.awaitSame(before, Deadline.after(LIMIT));
    }

    @Override
    public void makeForeignBridge(String name) {
        TestNetns.inHere("ip", "link", "add", "name", name, "type", "bridge");
    }

    @Override
    public void removeLink(String name) {
        TestNetns.inHere("ip", "link", "delete", "dev", name);
    }

    @Override
    public void tap(WriteTap listener) {
        tap = listener;
    }

    @Override
    public void close() {
        executor.close();
    }
}
