package io.cnm4j.core.secret;

import io.cnm4j.api.model.IpAddress;

/**
 * A host that has ends of encrypted tunnels.
 *
 * @param version of this form, 1
 * @param host the controller
 * @param address of the host in the underlay
 * @param life of its process: another one with each, at random, 32 hex digits
 * @param receives the latest key that it receives with
 * @param sends the key that it sends with
 */
public record Sealer(int version, String host, IpAddress address, String life, int receives, int sends) {}
