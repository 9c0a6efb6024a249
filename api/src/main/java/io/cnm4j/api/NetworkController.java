package io.cnm4j.api;

import io.cnm4j.api.error.ConfigurationException;
import io.cnm4j.api.model.ControllerConfig;
import io.cnm4j.api.model.Finding;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PruneFilter;
import io.cnm4j.api.model.RuntimeHook;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.api.model.SubnetUse;
import io.cnm4j.spi.host.ControllerProvider;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/**
 * Networks and sandboxes of one host network namespace. Several controllers, with different state directories, may work
 * in one JVM and on one host without touching each other's objects.
 */
public interface NetworkController extends AutoCloseable {

    /**
     * Opens a controller with the one provider on the class path.
     *
     * @param config where it keeps its records and in which host namespace it works
     * @return an open controller; close it when the program ends, which leaves networks and sandboxes as they are
     * @throws ConfigurationException if no or more than one provider is found, a capability is missing, or another process has a
     *     directory open
     * @throws io.cnm4j.api.error.StoreException if a directory cannot be used
     * @throws io.cnm4j.api.error.NotFoundException if no store has the configured name
     */
    static NetworkController open(ControllerConfig config) {
        Iterator<ControllerProvider> found =
                ServiceLoader.load(ControllerProvider.class).iterator();
        if (!found.hasNext()) {
            throw new ConfigurationException(
                    "no controller provider found; add io.cnm4j:cnm4j-impl-linux to the class path");
        }
        ControllerProvider provider = found.next();
        if (found.hasNext()) {
            throw new ConfigurationException(
                    "two controller providers found: " + provider.getClass().getName() + " and "
                            + found.next().getClass().getName() + "; remove one jar");
        }
        return provider.open(config);
    }

    /** Returns the identity that all kernel objects of this controller carry; the same after every open. */
    ControllerId id();

    /** Returns the same controller with another time limit for each call made through it and its handles. */
    NetworkController within(Duration callTimeout);

    /**
     * Creates a network.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if an option or address is wrong, or the name is that of a default network
     * @throws io.cnm4j.api.error.ConflictException if the name, the subnet or the bridge is taken
     * @throws io.cnm4j.api.error.NotFoundException if no driver or IPAM driver has the name asked for
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses a step; all steps before it are undone
     */
    Network createNetwork(NetworkRequest request);

    /**
     * Returns the network of this name if it exists and was requested the same way; creates it otherwise. Of many callers
     * at once one creates and all get the same network.
     *
     * @throws io.cnm4j.api.error.ConflictException if a network of this name exists that was requested differently
     */
    Network createNetworkIfAbsent(NetworkRequest request);

    /** Returns a snapshot of all networks, by name. */
    List<Network> networks();

    /** Visits networks, by name, until {@code stopAt} returns true; returns where it stopped. */
    default Optional<Network> walkNetworks(Predicate<Network> stopAt) {
        return networks().stream().filter(stopAt).findFirst();
    }

    /**
     * Returns the network of this name.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if the name is blank
     * @throws io.cnm4j.api.error.NotFoundException if there is none
     */
    Network networkByName(String name);

    /**
     * Returns the network with this id.
     *
     * @throws io.cnm4j.api.error.NotFoundException if there is none
     */
    Network networkById(NetworkId id);

    /**
     * Deletes networks without endpoints that fit, but never default ones. One that is used meanwhile stays.
     *
     * @return the names of those that were deleted
     */
    List<String> pruneNetworks(PruneFilter filter);

    /** Returns how the subnets of all networks are used, by name of network, and each address with its owner. */
    List<SubnetUse> addresses();

    /**
     * Creates a sandbox: a network namespace of its own, one that exists and is named in the request, the host's, or that of another
     * sandbox. It is connected to the networks of the request, to all of them or it is not created: what {@link Network#connect} throws is thrown then.
     *
     * @throws io.cnm4j.api.error.NotFoundException if the namespace, the container to share with, or a network is not there
     * @throws io.cnm4j.api.error.ConflictException if the container already has a sandbox
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses a step; all steps before it are undone
     */
    Sandbox createSandbox(SandboxRequest request);

    /** Returns a snapshot of all sandboxes, by container id. */
    List<Sandbox> sandboxes();

    /** Visits sandboxes, by container id, until {@code stopAt} returns true; returns where it stopped. */
    default Optional<Sandbox> walkSandboxes(Predicate<Sandbox> stopAt) {
        return sandboxes().stream().filter(stopAt).findFirst();
    }

    /**
     * Returns the sandbox of this container.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if the id is blank
     * @throws io.cnm4j.api.error.NotFoundException if there is none
     */
    Sandbox sandboxByContainer(String containerId);

    /**
     * Returns the sandbox with this id.
     *
     * @throws io.cnm4j.api.error.NotFoundException if there is none
     */
    Sandbox sandboxById(SandboxId id);

    /**
     * Returns the hook by which runtimes hand over the namespaces of containers whose sandbox was requested with {@code namespaceLater}. The
     * container's process starts when all its interfaces are there, and does not start if they cannot be made.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if the controller was opened without {@code runtimeHooks}
     */
    RuntimeHook runtimeHook();

    /** Deletes the sandbox of this container with all its endpoints; a container without one is fine. */
    void destroySandbox(String containerId);

    /**
     * Compares all records with the kernel and looks for what is left over; changes nothing. Cheap enough for every minute.
     *
     * @return what is not as the records say, networks first; empty if all is well
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses to tell
     */
    List<Finding> check();

    /**
     * Repairs what was found, where it is still so: makes what is missing, sets right what differs, removes what is left over.
     * What is foreign stays.
     *
     * @return what a check finds afterwards
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses; the other repairs are done, their failures suppressed
     * @throws io.cnm4j.api.error.PluginException if a plug-in does not do what would repair something; the rest is as above
     */
    List<Finding> repair(Collection<Finding> findings);

    /** Returns the verbs of this controller as plans: nothing is touched, nothing is kept. */
    DryRun dryRun();

    /** Ends all work of this controller. Networks, sandboxes and their traffic stay. Idempotent. */
    @Override
    void close();
}
