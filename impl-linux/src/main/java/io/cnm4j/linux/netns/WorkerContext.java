package io.cnm4j.linux.netns;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What one worker keeps between tasks: resources opened at home, such as netlink sockets. Used by its own thread alone. */
public final class WorkerContext {
    private static final Logger LOG = System.getLogger(WorkerContext.class.getName());

    private final Map<Class<?>, AutoCloseable> resources = new HashMap<>();
    private final Deque<AutoCloseable> inOrder = new ArrayDeque<>();
    private final Worker worker;

    WorkerContext(Worker worker) {
        this.worker = worker;
    }

    /**
     * Returns the context of the calling worker.
     *
     * @throws IllegalStateException if the calling thread is not a worker
     */
    public static WorkerContext current() {
        return Worker.current().context();
    }

    /**
     * Returns this worker's resource of a type; the first call makes it. It is closed when the worker ends.
     *
     * @throws IllegalStateException if it would have to be made while the worker is away from home
     */
    public <R extends AutoCloseable> R resource(Class<R> type, Supplier<R> maker) {
        AutoCloseable kept = resources.get(type);
        if (kept == null) {
            if (worker.isAway()) {
                throw new IllegalStateException(
                        "a " + type.getSimpleName() + " made now would stay in the namespace that " + worker.getName()
                                + " is inside of; ask for it before NamespaceWorkers.inside");
            }
            kept = maker.get();
            resources.put(type, kept);
            inOrder.push(kept);
        }
        return type.cast(kept);
    }

    /**
     * Closes and forgets this worker's resource of a type, so that the next call of {@link #resource} makes a new one.
     *
     * @throws Exception what closing it throws
     */
    public void drop(Class<? extends AutoCloseable> type) throws Exception {
        AutoCloseable kept = resources.remove(type);
        if (kept != null) {
            inOrder.remove(kept);
            kept.close();
        }
    }

    void closeAll() {
        while (!inOrder.isEmpty()) {
            AutoCloseable resource = inOrder.pop();
            try {
                resource.close();
            } catch (Exception e) { // the thread ends; there is no caller to tell
                LOG.log(Level.WARNING, "could not close " + resource + " of " + worker.getName(), e);
            }
        }
        resources.clear();
    }
}
