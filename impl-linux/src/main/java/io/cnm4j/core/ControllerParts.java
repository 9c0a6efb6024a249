package io.cnm4j.core;

import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.core.ledger.Ledger;
import io.cnm4j.core.names.NameDirectory;
import io.cnm4j.core.registry.Named;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.host.HostView;
import io.cnm4j.spi.host.NamespaceAccess;
import io.cnm4j.spi.host.PlanExecutor;
import io.cnm4j.spi.host.RunDirectory;
import io.cnm4j.spi.ipam.Ipam;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What a controller is made of.
 *
 * @param ledger the records
 * @param drivers network drivers by name
 * @param ipams opened IPAM drivers by name
 * @param host questions about the host
 * @param executor makes plans true
 * @param namespaces work inside namespaces
 * @param run where namespaces and sandbox files of this controller go
 * @param mayForward whether IP forwarding may be turned on
 * @param activeContainers whose sandboxes are kept at open; absent keeps those whose namespace is there
 * @param defaults the networks that are there by themselves
 * @param gateway how the network is by which sandboxes reach the outside that have no other way
 * @param watch whether damage from outside is repaired at once
 * @param hooks where runtimes hand over namespaces, if they do
 * @param names who is called what; filled by the controller
 * @param clock time
 * @param random chance
 * @param cluster what it needs to take part in a cluster, if it does
 */
public record ControllerParts(
        Ledger ledger,
        Named<NetworkDriver> drivers,
        Named<Ipam> ipams,
        HostView host,
        PlanExecutor executor,
        NamespaceAccess namespaces,
        RunDirectory run,
        boolean mayForward,
        Optional<Set<String>> activeContainers,
        List<NetworkRequest> defaults,
        NetworkRequest gateway,
        boolean watch,
        Optional<HookSource> hooks,
        NameDirectory names,
        Clock clock,
        RandomGenerator random,
        Optional<ClusterParts> cluster) {

    /**
     * Opens a controller: derives names, leases and claims from the records, and makes the kernel hold what they say. The
     * controller closes ledger, executor and drivers.
     *
     * @param callTimeout time limit of one call, this one included
     */
    public NetworkController open(Duration callTimeout) {
        return CoreController.open(this, callTimeout, System::nanoTime, Crew.USUAL);
    }
}
