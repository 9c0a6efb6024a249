package io.cnm4j.api;

import io.cnm4j.api.model.InterfaceStatistics;
import io.cnm4j.api.model.SandboxSnapshot;
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
     * used from any thread afterwards. Threads it starts stay in the sandbox too and keep it alive: start none.
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
     * Deletes the sandbox with all its endpoints. A namespace that was given by the caller stays.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it is gone already
     * @throws io.cnm4j.api.error.InUseException if other sandboxes share its namespace; delete those first
     */
    void delete();
}
