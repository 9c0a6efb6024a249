package io.cnm4j.spi.driver;

import io.cnm4j.spi.plan.Plan;
import java.util.Map;

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

    /** Returns what the kernel holds for the network itself. */
    Plan planNetwork(NetworkState network);

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
