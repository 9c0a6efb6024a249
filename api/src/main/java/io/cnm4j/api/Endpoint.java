package io.cnm4j.api;

import io.cnm4j.api.model.EndpointSnapshot;
import io.cnm4j.api.model.Exposure;
import java.util.List;
import java.util.Map;

/** A place on a network that a sandbox can join. A handle: see the package. */
public interface Endpoint {

    /** Returns its identity; answers also when the endpoint is gone. */
    EndpointId id();

    /** Returns its name; answers also when the endpoint is gone. */
    String name();

    /** Returns the network it is on. */
    Network network();

    /**
     * Returns all there is to know of it at this moment.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it was deleted
     */
    EndpointSnapshot inspect();

    /**
     * Returns what its driver has to tell of it now: what a plug-in answers, otherwise the driver's note. The values mean what the
     * driver wants; what is no text is JSON.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it was deleted
     * @throws io.cnm4j.api.error.PluginException if a plug-in does not tell
     */
    Map<String, String> driverInfo();

    /**
     * Returns from where its published ports are reached, in their order; empty while it publishes none.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it was deleted
     */
    List<Exposure> exposure();

    /**
     * Puts the endpoint's interface, addresses and routes into the sandbox.
     *
     * @throws io.cnm4j.api.error.InUseException if it is joined already, to this sandbox or another
     * @throws io.cnm4j.api.error.InvalidRequestException if the sandbox can have no such endpoint: it shares another's namespace, or is
     *     in the host's
     * @throws io.cnm4j.api.error.ConflictException if it is on a network that allows no other ({@code host}, {@code none}), or has an
     *     interface of the name that is asked for
     * @throws io.cnm4j.api.error.PortInUseException if a port to publish has an owner
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses a step; all steps before it are undone
     */
    void join(Sandbox sandbox);

    /**
     * Takes the interface out of its sandbox; name and addresses stay with the endpoint.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if no sandbox has joined it
     */
    void leave();

    /**
     * Deletes an endpoint that no sandbox has joined.
     *
     * @throws io.cnm4j.api.error.InUseException if a sandbox still has it; {@link #leave} first, or {@link #disconnect}
     * @throws io.cnm4j.api.error.NotFoundException if it is gone already
     */
    void delete();

    /**
     * Leaves, if joined, and deletes, in one step.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it is gone already
     */
    void disconnect();
}
