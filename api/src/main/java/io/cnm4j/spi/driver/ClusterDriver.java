package io.cnm4j.spi.driver;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.spi.plan.NamespaceRef;
import io.cnm4j.spi.plan.Plan;
import java.util.Map;

/**
 * Implemented by drivers whose networks span hosts: their records are in the store that the hosts share. {@code planNetwork} is empty, as
 * nothing is on a host before an endpoint is; {@link DriverContext#siblings} are the networks of the whole cluster, and
 * {@code decideNetwork} is called again if another host was faster.
 */
public interface ClusterDriver extends NetworkDriver {

    /**
     * What a host is to the others.
     *
     * @param address at which they reach it
     * @param mtu of the link that has the address, in octets
     * @param dataPort UDP port of the tunnels
     * @param encryptedPort UDP port of encrypted ones; what is encrypted goes to the next port
     * @param kernelEncryption whether the kernel is to encrypt, and can
     * @param namespace where the network's namespace on this host is, or will be
     */
    record Underlay(
            IpAddress address,
            int mtu,
            int dataPort,
            int encryptedPort,
            boolean kernelEncryption,
            NamespaceRef namespace) {}

    /**
     * An endpoint on another host.
     *
     * @param endpoint the endpoint
     * @param host the address of its host
     */
    record Peer(EndpointState endpoint, IpAddress host) {}

    /**
     * Decides how the network is on this host. The note becomes part of the notes of all its endpoints here.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if the network does not go with the host, such as an MTU that its link has not
     */
    Map<String, String> decidePresence(NetworkState network, Underlay underlay);

    /** Returns what the kernel holds for the network while at least one endpoint is in a sandbox here. */
    Plan planPresence(NetworkState network, Map<String, String> presence);

    /** Returns what makes an endpoint on another host reachable. */
    Plan planPeer(NetworkState network, Map<String, String> presence, Peer peer);
}
