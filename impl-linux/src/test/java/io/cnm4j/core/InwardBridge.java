package io.cnm4j.core;

import io.cnm4j.driver.bridge.BridgeDriver;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.InwardDriver;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.tck.DriverBetween;
import java.util.List;

/** Bridges that lead nowhere and publish nothing. */
final class InwardBridge extends DriverBetween implements InwardDriver {
    static final String NAME = "inward";

    InwardBridge() {
        super(new BridgeDriver());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        Attachment attachment = super.planAttachment(network, endpoint, point);
        return new Attachment(
                attachment.link(), List.of(), attachment.routes(), attachment.alone(), attachment.neighbours());
    }

    @Override
    public boolean needsWayOut(NetworkState network, EndpointState endpoint) {
        return true;
    }
}
