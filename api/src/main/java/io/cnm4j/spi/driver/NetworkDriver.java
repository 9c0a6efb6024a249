package io.cnm4j.spi.driver;

import io.cnm4j.api.error.UnsupportedException;
import io.cnm4j.spi.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Plans networks of one kind; found by {@link java.util.ServiceLoader}. */
public interface NetworkDriver {

    /** Returns the name by which a network asks for it. */
    String name();

    /**
     * Says what a network with these options needs.
     *
     * @param network the network as requested: it has neither pools nor a note yet
     * @throws io.cnm4j.api.error.InvalidRequestException if an option is wrong; the message names option and value
     */
    NetworkNeeds needs(NetworkState network);

    /**
     * Decides what depends on the host or on chance.
     *
     * @param network the network with its pools, without a note
     * @return the note, to be kept with the record
     * @throws io.cnm4j.api.error.InvalidRequestException if an option or pool does not suit the driver
     * @throws io.cnm4j.api.error.ConflictException if something on the host, or a sibling, is in the way
     * @throws io.cnm4j.api.error.UnsupportedException if the kernel lacks something
     */
    Map<String, String> decideNetwork(NetworkState network, DriverContext context);

    /** Returns how many endpoints of a network can be in sandboxes at once; as many as one likes if absent. */
    default OptionalInt capacity(NetworkState network) {
        return OptionalInt.empty();
    }

    /**
     * Returns what a user does who needs more than {@link #capacity}, as the end of a sentence.
     *
     * @return such as {@code use another network}
     */
    default String beyondCapacity(NetworkState network) {
        return "use another network";
    }

    /** Returns what the kernel holds for the network itself. */
    Plan planNetwork(NetworkState network);

    /**
     * Returns the options with which a network has this MTU. What differs then between the plans before and after is the MTU of links,
     * which the core changes while endpoints are joined.
     *
     * @param network the network as it is
     * @param mtu in octets, 68 to 65535; {@link #needs} is asked about the options afterwards
     * @throws UnsupportedException if that cannot change while the network lives; so it is unless a driver says otherwise
     */
    default Map<String, String> optionsWithMtu(NetworkState network, int mtu) {
        throw new UnsupportedException(
                "the MTU of network '" + network.name() + "' cannot change while it lives: driver '" + name()
                        + "' makes it once; make a network with the MTU and move the endpoints there");
    }

    /**
     * Goes on only if a network may get these subnets besides those it has. What the plans have then beyond those before is made while
     * endpoints are joined; nothing may go.
     *
     * @param network the network as it would be, with all its pools
     * @param added those of the pools that are new; not empty
     * @throws io.cnm4j.api.error.InvalidRequestException if a pool does not suit the driver
     * @throws io.cnm4j.api.error.ConflictException if something on the host, or a sibling, is in the way
     * @throws UnsupportedException if it cannot get more subnets while it lives; so it is unless a driver says otherwise
     */
    default void admitPools(NetworkState network, List<NetworkPool> added, DriverContext context) {
        throw new UnsupportedException(
                "network '" + network.name() + "' cannot get another subnet while it lives: driver '" + name()
                        + "' decides about them once; make a network that has them and move the endpoints there");
    }

    /**
     * Decides what depends on the host or on chance.
     *
     * @param network the network with its note
     * @param endpoint the endpoint with its addresses, without a note
     * @return the note, to be kept with the record
     * @throws io.cnm4j.api.error.InvalidRequestException if an option is wrong
     */
    Map<String, String> decideEndpoint(NetworkState network, EndpointState endpoint, DriverContext context);

    /** Returns what a sandbox that joins the endpoint gets. */
    Attachment planAttachment(NetworkState network, EndpointState endpoint, AttachPoint point);
}
