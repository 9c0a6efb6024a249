package io.cnm4j.core.secret;

import io.cnm4j.api.model.IpAddress;

/**
 * A host that has ends of encrypted tunnels.
 *
 * @param version of this form, 2
 * @param host the controller
 * @param number of the host among those that are, 1 to 2^23-1: what its keys are named by
 * @param address of the host in the underlay
 * @param life of its end, from its first encrypted network to its last: another one each time, at random, 32 hex digits
 * @param receives the latest key that it receives with
 * @param sends the key that it sends with
 */
public record Sealer(int version, String host, int number, IpAddress address, String life, int receives, int sends) {}
