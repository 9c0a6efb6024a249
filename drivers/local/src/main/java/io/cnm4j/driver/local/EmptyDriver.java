package io.cnm4j.driver.local;

import io.cnm4j.api.error.ConflictException;
import io.cnm4j.spi.driver.AttachPoint;
import io.cnm4j.spi.driver.Attachment;
import io.cnm4j.spi.driver.DriverContext;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkDriver;
import io.cnm4j.spi.driver.NetworkNeeds;
import io.cnm4j.spi.driver.NetworkState;
import io.cnm4j.spi.driver.PlacementDriver;
import io.cnm4j.spi.plan.Plan;
import java.util.List;
import java.util.Map;

/** One network without addresses, options or anything in the kernel. HN-01, HN-03 */
abstract sealed class EmptyDriver implements NetworkDriver, PlacementDriver permits HostDriver, NoneDriver {

    @Override
    public final NetworkNeeds needs(NetworkState network) {
        return new NetworkNeeds(false, false, false, "");
    }

    @Override
    public final Map<String, String> decideNetwork(NetworkState network, DriverContext context) {
        context.siblings().all().findFirst().ifPresent(there -> {
            throw new ConflictException("driver '" + name() + "' has one network, which is there already: '"
                    + there.name() + "'; use that one instead of '" + network.name() + "'");
        });
        return Map.of();
    }

    @Override
    public final Plan planNetwork(NetworkState network) {
        return Plan.EMPTY;
    }

    @Override
    public final Map<String, String> decideEndpoint(
            NetworkState network, EndpointState endpoint, DriverContext context) {
        return Map.of();
    }

    @Override
    public final Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point) {
        return new Attachment(Plan.EMPTY, List.of(), List.of());
    }
}
