package io.cnm4j.core;

import io.cnm4j.api.DryRun;
import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.Sandbox;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.SandboxRequest;
import io.cnm4j.spi.plan.Preview;

/** The verbs as plans. */
record CoreDryRun(CoreController controller) implements DryRun {
    @Override
    public Preview createNetwork(NetworkRequest request) {
        return controller.networks.previewCreate(request);
    }

    @Override
    public Preview updateNetwork(Network network, NetworkUpdate update) {
        return controller.alterations.preview(network.id(), update, controller.deadline());
    }

    @Override
    public Preview deleteNetwork(Network network) {
        return controller.networks.previewDelete(network.id());
    }

    @Override
    public Preview createSandbox(SandboxRequest request) {
        return controller.arrivals.preview(request);
    }

    @Override
    public Preview deleteSandbox(Sandbox sandbox) {
        return controller.sandboxes.previewDelete(sandbox.id());
    }

    @Override
    public Preview connect(Network network, Sandbox sandbox, EndpointRequest request) {
        return controller.endpoints.previewConnect(network.id(), sandbox.id(), request);
    }

    @Override
    public Preview disconnect(Endpoint endpoint) {
        return controller.endpoints.previewDisconnect(endpoint.id());
    }
}
