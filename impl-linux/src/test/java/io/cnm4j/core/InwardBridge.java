package io.cnm4j.core;

import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.InwardDriver;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.Plan;
import java.util.List;
import java.util.Map;

/** Bridges that lead nowhere and publish nothing. */
final class InwardBridge implements NetworkDriver, InwardDriver {
    static final String NAME = "inward";

    private final BridgeDriver bridges = new BridgeDriver();

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        return bridges.needs(network);
    }

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        return bridges.decideNetwork(network, context);
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        return bridges.planNetwork(network);
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        return bridges.decideEndpoint(network, endpoint, context);
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        Attachment attachment = bridges.planAttachment(network, endpoint, point);
        return new Attachment(attachment.link(), List.of(), attachment.routes());
    }

    @Override
    public boolean needsWayOut(NetworkState network, EndpointState endpoint) {
        return true;
    }
}
