package io.cnm4j.tck;

import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A driver that says what another says, for tests that change a part of that. */
public class DriverBetween implements NetworkDriver {
    private final NetworkDriver real;

    /** Stands between {@code real} and who asks. */
    public DriverBetween(NetworkDriver real) {
        this.real = real;
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public NetworkNeeds needs(NetworkState network) {
        return real.needs(network);
    }

    @Override
    public Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        return real.decideNetwork(network, context);
    }

    @Override
    public OptionalInt capacity(NetworkState network) {
        return real.capacity(network);
    }

    @Override
    public String beyondCapacity(NetworkState network) {
        return real.beyondCapacity(network);
    }

    @Override
    public Plan planNetwork(NetworkState network) {
        return real.planNetwork(network);
    }

    @Override
    public Map<String, String> optionsWithMtu(NetworkState network, int mtu) {
        return real.optionsWithMtu(network, mtu);
    }

    @Override
    public void admitPools(NetworkState network, List<NetworkPool> added, DriverContext context) {
        real.admitPools(network, added, context);
    }

    @Override
    public Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context) {
        return real.decideEndpoint(network, endpoint, context);
    }

    @Override
    public Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        return real.planAttachment(network, endpoint, point);
    }
}
