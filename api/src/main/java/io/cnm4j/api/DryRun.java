package io.cnm4j.api;

import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.spi.plan.Preview;

/**
 * What each verb would do, without doing it. A request is checked, addresses are chosen and given back, the plan is made as
 * it would be made for real, and returned. Give the request an id and addresses where the real call must match to the letter.
 */
public interface DryRun {

    /** Returns what {@link NetworkController#createNetwork} would do. */
    Preview createNetwork(NetworkRequest request);

    /** Returns what {@link Network#update} would do. */
    Preview updateNetwork(Network network, NetworkUpdate update);

    /** Returns what {@link Network#delete} would do. */
    Preview deleteNetwork(Network network);

    /** Returns what {@link NetworkController#createSandbox} would do. */
    Preview createSandbox(SandboxRequest request);

    /** Returns what {@link Sandbox#delete} would do. */
    Preview deleteSandbox(Sandbox sandbox);

    /** Returns what {@link Network#connect} would do. */
    Preview connect(Network network, Sandbox sandbox, EndpointRequest request);

    /** Returns what {@link Endpoint#disconnect} would do. */
    Preview disconnect(Endpoint endpoint);
}
