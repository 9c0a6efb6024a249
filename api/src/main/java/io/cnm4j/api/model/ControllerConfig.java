package io.cnm4j.api.model;

import io.cnm4j.api.NameListener;
import io.cnm4j.api.error.InvalidRequestException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.immutables.value.Value;

/** Where a controller keeps its records, where it works and what it may do. */
@Value.Immutable
public interface ControllerConfig {

    /** Returns a builder. */
    static Builder builder() {
        return new Builder();
    }

    /** Returns the configuration with defaults throughout. */
    static ControllerConfig defaults() {
        return builder().build();
    }

    /** Records that outlive a reboot: networks. Default {@code /var/lib/cnm4j}; made if absent, mode 0700. */
    @Value.Default
    default Path stateDirectory() {
        return Path.of("/var/lib/cnm4j");
    }

    /** What lives as long as the kernel: namespaces, sandbox files, records of endpoints. Default {@code /run/cnm4j}. */
    @Value.Default
    default Path runDirectory() {
        return Path.of("/run/cnm4j");
    }

    /** The network namespace that plays the host; the one of the calling thread if absent. */
    Optional<Path> hostNamespace();

    /** The name of the store for the records; default {@code embedded}. */
    @Value.Default
    default String store() {
        return "embedded";
    }

    /**
     * Pools from which subnets of networks that end at this host are taken when none is named, in this order. A family that has
     * none here has the built-in ones.
     */
    List<AddressPool> addressPools();

    /**
     * The same for networks that span the hosts of a cluster; give it alike on all of them. A subnet may be here and in
     * {@link #addressPools}: the two know nothing of each other.
     */
    List<AddressPool> globalAddressPools();

    /** Time limit of one call; default 30 seconds. */
    @Value.Default
    default Duration callTimeout() {
        return Duration.ofSeconds(30);
    }

    /**
     * Whether IP forwarding may be turned on in the host namespace when a network needs it; default true. Where cnm4j turned it
     * on, traffic between interfaces that are not its own stays blocked, and it is turned off again with the last network.
     */
    @Value.Default
    default boolean enableForwarding() {
        return true;
    }

    /**
     * The containers that are alive, at open: their sandboxes are kept, and made anew where they are damaged; all others are
     * removed. If absent, a sandbox is kept if its namespace is there.
     */
    Optional<Set<String>> activeContainers();

    /**
     * Whether a thread follows the host and repairs at once what somebody else damages: a flushed firewall, a deleted link. Default
     * false. What is repaired is logged; extras, orphans and foreign things are left to {@code NetworkController.check}.
     */
    @Value.Default
    default boolean watch() {
        return false;
    }

    /**
     * Whether a socket in the run directory, for its owner alone, listens for hooks of OCI runtimes, which hand over the namespaces of containers: see {@code
     * NetworkController.runtimeHook}. Default false.
     */
    @Value.Default
    default boolean runtimeHooks() {
        return false;
    }

    /** Told of what name servers answer, and of upstreams that fail; nobody if absent. */
    Optional<NameListener> nameListener();

    /** How it takes part in networks that several hosts share; not at all if absent. */
    Optional<ClusterConfig> cluster();

    /**
     * Where sockets, {@code .spec} and {@code .json} files of remote plug-ins are looked for, in this order; where Docker's engine
     * does if empty.
     */
    List<Path> pluginDirectories();

    /**
     * Whether the networks {@code bridge}, {@code host} and {@code none} are there when the controller is open; they cannot be deleted
     * then. Default false.
     */
    @Value.Default
    default boolean defaultNetworks() {
        return false;
    }

    /**
     * How the default network {@code bridge} should be; default a bridge called {@code cnm0}, a free subnet and no resolution. If it is there and was
     * requested differently, it is made anew at open, unless it has endpoints.
     */
    @Value.Default
    default NetworkRequest defaultBridge() {
        return NetworkRequest.builder()
                .name(NetworkRequest.BRIDGE)
                .resolution(false)
                .putOptions("com.docker.network.bridge.name", "cnm0")
                .build();
    }

    /**
     * How the network should be by which sandboxes reach the outside whose own networks do not lead there; default a bridge network
     * {@code cnm_gateway} without IPv6, whose endpoints do not reach each other; its interfaces in sandboxes are {@code gw0} and so on. It is made with the first such sandbox and goes with the last. If there is a network of that name,
     * that one is used and stays.
     */
    @Value.Default
    default NetworkRequest gatewayNetwork() { // GW-07
        return NetworkRequest.builder()
                .name("cnm_gateway")
                .resolution(false)
                .putOptions("com.docker.network.bridge.enable_icc", "false")
                .putOptions("com.docker.network.bridge.enable_ip_masquerade", "true")
                .putOptions("com.docker.network.container_iface_prefix", "gw")
                .build();
    }

    /** Refuses relative directories, a default bridge of another name and a time limit that is not positive. */
    @Value.Check
    default void check() {
        for (Path directory : List.of(stateDirectory(), runDirectory())) {
            if (!directory.isAbsolute()) {
                throw new InvalidRequestException("directory '" + directory + "' must be absolute");
            }
        }
        if (!defaultBridge().name().equals(NetworkRequest.BRIDGE)) {
            throw new InvalidRequestException("the default bridge network is called '" + NetworkRequest.BRIDGE
                    + "', not '" + defaultBridge().name() + "'");
        }
        if (callTimeout().isZero() || callTimeout().isNegative()) {
            throw new InvalidRequestException("call timeout " + callTimeout() + " must be positive");
        }
    }

    /** Builds a configuration. Not thread-safe. */
    final class Builder extends ImmutableControllerConfig.Builder {
        /** Starts with nothing but defaults. */
        public Builder() {}
    }
}
