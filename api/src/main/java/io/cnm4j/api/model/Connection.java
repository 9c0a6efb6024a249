package io.cnm4j.api.model;

import io.cnm4j.api.NetworkId;

/**
 * A network to which a new sandbox is connected.
 *
 * @param network which one
 * @param endpoint how: what {@link io.cnm4j.api.Network#connect} would be asked for
 */
public record Connection(NetworkId network, EndpointRequest endpoint) {}
