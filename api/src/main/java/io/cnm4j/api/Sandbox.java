package io.cnm4j.api;

import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.api.model.SandboxSnapshot;
import io.cnm4j.api.model.SandboxUpdate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** The network stack of one container: interfaces, addresses, routes, hosts and resolver files. A handle: see the package. */
public interface Sandbox {

    /** Returns its identity; answers also when the sandbox is gone. */
    SandboxId id();

    /** Returns the container it belongs to; answers also when the sandbox is gone. */
    String containerId();

    /**
     * Returns the path of its network namespace, to be opened for setns(2) or named in an OCI configuration. That of the host's own
     * namespace can be opened only while the controller is open.
     */
    Path namespacePath();

    /**
     * Returns all there is to know of it at this moment.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it was deleted
     */
    SandboxSnapshot inspect();

    /** Returns a snapshot of its endpoints, by name of their networks; one that the controller made comes last. */
    List<Endpoint> endpoints();

    /**
     * Hands over the network namespace of a sandbox that was requested with {@code namespaceLater}: it is kept at {@link #namespacePath}, and the
     * interfaces of all endpoints are made in it. One that was handed over before is let go first.
     *
     * @param path where it is found now, absolute, such as {@code /proc/PID/ns/net}
     * @throws io.cnm4j.api.error.InvalidRequestException if the sandbox was requested otherwise
     * @throws io.cnm4j.api.error.NotFoundException if there is no network namespace at the path
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses a step; all steps before it are undone
     */
    void useNamespace(Path path);

    /** Returns the counters of each interface inside, by interface name, the loopback included; none while its namespace is awaited. */
    Map<String, InterfaceStatistics> statistics();

    /**
     * Runs {@code task} on a thread inside the sandbox and returns its result. Sockets it opens stay in the sandbox and may be
     * used from any thread afterwards. Threads it starts stay in the sandbox too and keep it alive: start none. There is no limit of
     * time: it lasts as long as the task.
     *
     * @throws Exception what the task throws
     */
    <T> T call(Callable<T> task) throws Exception;

    /**
     * Starts a process inside the sandbox's network namespace; everything else is as {@link ProcessBuilder#start} does it, save
     * that the program is looked for in this JVM's own PATH.
     *
     * @throws IOException if the program cannot be started
     */
    Process start(ProcessBuilder builder) throws IOException;

    /**
     * Changes what the sandbox is called, asks and has as labels, with its files and the names that others find; its endpoints and their traffic stay as
     * they are.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if it shares another sandbox' files and more than labels is to change
     */
    void update(SandboxUpdate update);

    /**
     * Gives all its endpoints this name, all or none. Interfaces, addresses and ports stay.
     *
     * @throws io.cnm4j.api.error.ConflictException if an endpoint on one of its networks has the name
     * @throws io.cnm4j.api.error.UnsupportedException if it is on a network of the cluster
     */
    void rename(String name);

    /** Lets others find it by its names again. Idempotent. */
    void enableService();

    /**
     * Takes its names away from others: they do not find it any more, while all that they have open, and its addresses, stay. It lasts until
     * {@link #enableService}. Idempotent.
     */
    void disableService();

    /**
     * Deletes the sandbox with all its endpoints. A namespace that was given by the caller stays.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it is gone already
     * @throws io.cnm4j.api.error.InUseException if other sandboxes share its namespace; delete those first
     */
    void delete();
}
