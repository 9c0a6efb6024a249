package io.cnm4j.core.cluster;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.ledger.ClusterEndpoint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Keys of a cluster's entries.
 *
 * <pre>
 * networks                     changes with every network: who makes one relies on what he knows of all
 * network/NETWORK              the network
 * leaving/NETWORK              while it is deleted: nobody makes an endpoint on it
 * endpoint/NETWORK/ENDPOINT    the endpoint
 * address/NETWORK/ADDRESS      the endpoint that has it
 * name/NETWORK/HASH            the endpoint that has the name
 * host/CONTROLLER              the host, held by its session
 * ring                         the keys of encrypted networks
 * sealer/CONTROLLER            a host that has ends of encrypted tunnels, and which keys it uses
 * number/NUMBER                the host that its keys are named by
 * </pre>
 */
final class Keys {
    static final String NETWORKS = "networks";
    static final String NETWORK = "network/";
    static final String ENDPOINT = "endpoint/";
    static final String ADDRESS = "address/";
    static final String HOST = "host/";
    static final String RING = "ring";
    static final String SEALER = "sealer/";
    static final String NUMBER = "number/";

    private Keys() {}

    static String network(NetworkId id) {
        return NETWORK + id;
    }

    static String leaving(NetworkId id) {
        return "leaving/" + id;
    }

    static String endpoint(ClusterEndpoint endpoint) {
        return endpoints(endpoint.network()) + endpoint.id();
    }

    static String endpoints(NetworkId network) {
        return ENDPOINT + network + "/";
    }

    static String address(NetworkId network, IpAddress address) {
        return ADDRESS + network + "/" + address;
    }

    static String host(String controller) {
        return HOST + controller;
    }

    static String sealer(String controller) {
        return SEALER + controller;
    }

    static String number(int number) {
        return NUMBER + number;
    }

    /** Names may be long: a hash has one length. */
    static String name(NetworkId network, String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return "name/" + network + "/" + HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static String last(String key) {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    static String middle(String key) {
        int slash = key.indexOf('/') + 1;
        return key.substring(slash, key.indexOf('/', slash));
    }
}
