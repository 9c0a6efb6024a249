package io.cnm4j.tck;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.EndpointId;
import io.cnm4j.api.NetworkId;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.spi.driver.EndpointState;
import io.cnm4j.spi.driver.NetworkPool;
import io.cnm4j.spi.driver.NetworkState;
import java.util.Map;
import java.util.Optional;

/** Networks and endpoints by number, 1 to 255, as the core hands them to a driver; all of one controller. */
public final class SampleRecords {
    /** The controller that owns them. */
    public static final ControllerId CONTROLLER = new ControllerId("c0ffee" + "0".repeat(58));

    private SampleRecords() {}

    /** Returns a network of both families without pools, options or note. */
    public static NetworkState.Builder requested(int number) {
        return NetworkState.builder()
                .controller(CONTROLLER)
                .id(new NetworkId("%02x".formatted(number).repeat(32)))
                .name("net" + number)
                .ipv4(true)
                .ipv6(true)
                .internal(false);
    }

    /** Returns the same network with a subnet of each family: 10.9.N.0/24 and fd00:9:N::/64, gateways the first. */
    public static NetworkState.Builder network(int number) {
        return requested(number).addPools(pool("10.9." + number + ".0/24"), pool("fd00:9:" + number + "::/64"));
    }

    /** Returns this subnet with its first address as gateway. */
    public static NetworkPool pool(String subnet) {
        IpPrefix prefix = IpPrefix.parse(subnet);
        return new NetworkPool(prefix, Optional.of(prefix.address().plus(1)), Map.of());
    }

    /** Returns this subnet with this gateway. */
    public static NetworkPool pool(String subnet, String gateway) {
        return new NetworkPool(IpPrefix.parse(subnet), Optional.of(IpAddress.parse(gateway)), Map.of());
    }

    /** Returns an endpoint without addresses, options or note. */
    public static EndpointState.Builder endpoint(int number) {
        return EndpointState.builder()
                .id(new EndpointId("%02x".formatted(number).repeat(32)))
                .name("endpoint" + number)
                .mac(MacAddress.localUnicast(0x4200_0000_0000L + number));
    }

    /** Returns an endpoint with the address {@code number} from the first of each subnet of a network. */
    public static EndpointState.Builder endpoint(int number, NetworkState network) {
        EndpointState.Builder endpoint = endpoint(number);
        for (NetworkPool pool : network.pools()) {
            endpoint.addAddresses(
                    pool.subnet().withAddress(pool.subnet().address().plus(number)));
        }
        return endpoint;
    }
}
