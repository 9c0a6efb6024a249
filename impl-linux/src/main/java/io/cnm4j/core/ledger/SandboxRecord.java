package io.cnm4j.core.ledger;

import io.cnm4j.api.SandboxId;
import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.spi.plan.NamespaceRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sandbox.
 *
 * @param version of this form, 1
 * @param id identity
 * @param containerId the container it belongs to
 * @param namespacePath its network namespace; empty if it is the host's
 * @param owned whether the namespace was made by us
 * @param sysctls what our namespace gets at birth; empty for a foreign one
 * @param ipv6 whether the kernel has IPv6
 * @param directory where its files are
 * @param hostname its host name, if it has one
 * @param extraHosts more lines of its hosts file
 * @param resolver what it asks for names
 * @param labels free labels
 * @param withdrawn when others do not find it by its names: true; none otherwise
 * @param external what is known of a namespace that is handed over later; none if it is not
 * @param shares the sandbox whose namespace and files it has
 */
public record SandboxRecord(
        int version,
        SandboxId id,
        String containerId,
        String namespacePath,
        boolean owned,
        Map<String, String> sysctls,
        boolean ipv6,
        String directory,
        Optional<String> hostname,
        List<ExtraHost> extraHosts,
        Resolver resolver,
        Map<String, String> labels,
        Optional<Boolean> withdrawn,
        Optional<External> external,
        Optional<SandboxId> shares) {

    /**
     * A namespace that is handed over after the sandbox is made.
     *
     * @param source where it was found when it was handed over; empty before
     * @param identity which one it is; empty before
     */
    public record External(String source, String identity) {
        /** It is not there yet. */
        public static final External AWAITED = new External("", "");
    }

    /**
     * What a sandbox asks for names.
     *
     * @param host the host's resolver configuration when it was made
     * @param beyondStub what the host's stub asked then
     * @param servers name servers instead of the host's
     * @param search search domains instead of the host's
     * @param options options instead of the host's
     */
    public record Resolver(
            String host, String beyondStub, List<String> servers, List<String> search, List<String> options) {
        /** It asks for nothing. */
        public static final Resolver NOTHING = new Resolver("", "", List.of(), List.of(), List.of());
    }

    /** Returns this record with what is known of its namespace now. */
    public SandboxRecord handed(External namespace) {
        return with(hostname, extraHosts, resolver, labels, withdrawn, Optional.of(namespace));
    }

    /** Returns this record with other names, files and labels. */
    public SandboxRecord updated(
            Optional<String> host, List<ExtraHost> hosts, Resolver asked, Map<String, String> labelled) {
        return with(host, List.copyOf(hosts), asked, Map.copyOf(labelled), withdrawn, external);
    }

    /** Returns this record with what it asks for names. */
    public SandboxRecord asking(Resolver asked) {
        return with(hostname, extraHosts, asked, labels, withdrawn, external);
    }

    /** Returns this record found by others, or not. */
    public SandboxRecord found(boolean byOthers) {
        return with(hostname, extraHosts, resolver, labels, Optional.of(true).filter(yes -> !byOthers), external);
    }

    private SandboxRecord with(
            Optional<String> host,
            List<ExtraHost> hosts,
            Resolver asked,
            Map<String, String> labelled,
            Optional<Boolean> gone,
            Optional<External> namespace) {
        return new SandboxRecord(
                version,
                id,
                containerId,
                namespacePath,
                owned,
                sysctls,
                ipv6,
                directory,
                host,
                hosts,
                asked,
                labelled,
                gone,
                namespace,
                shares);
    }

    /** Tells whether others find it by its names. */
    public boolean isFound() {
        return withdrawn.isEmpty();
    }

    /** Tells whether its namespace is to be handed over and was not yet. */
    public boolean awaitsNamespace() {
        return external.filter(External.AWAITED::equals).isPresent();
    }

    /** Returns its namespace as plans name it. */
    public NamespaceRef namespace() {
        return NamespaceRef.at(namespacePath);
    }

    /** Tells whether it is in the host's own namespace. */
    public boolean inHost() {
        return namespace().isHost();
    }

    /** Returns the path of its hosts file. */
    public String hostsFile() {
        return directory + "/hosts";
    }

    /** Returns the path of its resolver configuration. */
    public String resolvConfFile() {
        return directory + "/resolv.conf";
    }
}
