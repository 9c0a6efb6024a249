package io.cnm4j.core.ledger;

import io.cnm4j.api.SandboxId;
import io.cnm4j.spi.plan.NamespaceRef;
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
 * @param hosts content of its hosts file
 * @param resolvConf content of its resolver configuration
 * @param labels free labels
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
        String hosts,
        String resolvConf,
        Map<String, String> labels,
        Optional<SandboxId> shares) {

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
