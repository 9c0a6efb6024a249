package io.cnm4j.api;

import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkSnapshot;
import io.cnm4j.api.model.NetworkUpdate;
import io.cnm4j.api.model.SubnetUse;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A set of endpoints that can talk to each other. A handle: see the package. */
public interface Network {

    /** Returns its identity; answers also when the network is gone. */
    NetworkId id();

    /** Returns its name; answers also when the network is gone. */
    String name();

    /**
     * Returns all there is to know of it at this moment.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it was deleted
     */
    NetworkSnapshot inspect();

    /**
     * Returns it with its endpoints as {@code docker network inspect} prints a network: one JSON object. Subnets are those that were
     * allocated; endpoints of other hosts are not among its containers.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it was deleted
     */
    String inspectJson();

    /**
     * Returns how its subnets are used, and each address with its owner.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it was deleted
     */
    List<SubnetUse> addresses();

    /**
     * Creates an endpoint that no sandbox has joined yet: a name and addresses.
     *
     * @throws io.cnm4j.api.error.ConflictException if the name or an address is taken
     * @throws io.cnm4j.api.error.InvalidRequestException if an address lies outside the subnets
     * @throws io.cnm4j.api.error.ExhaustedException if no address is left
     */
    Endpoint createEndpoint(EndpointRequest request);

    /**
     * Creates an endpoint and joins it to the sandbox, in one plan and one commit.
     *
     * @throws io.cnm4j.api.error.ConflictException if the name or an address is taken, or the sandbox is on a network that allows no
     *     other ({@code host}, {@code none})
     * @throws io.cnm4j.api.error.PortInUseException if a port to publish has an owner
     * @throws io.cnm4j.api.error.InvalidRequestException if an address lies outside the subnets, or the sandbox can have no such
     *     endpoint: see {@link Endpoint#join}
     * @throws io.cnm4j.api.error.ExhaustedException if no address is left, or no port on its bridge
     * @throws io.cnm4j.api.error.NotFoundException if the network or the sandbox was deleted
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses a step; all steps before it are undone
     */
    Endpoint connect(Sandbox sandbox, EndpointRequest request);

    /** Returns a snapshot of its endpoints, by name. */
    List<Endpoint> endpoints();

    /** Visits endpoints, by name, until {@code stopAt} returns true; returns where it stopped. */
    default Optional<Endpoint> walkEndpoints(Predicate<Endpoint> stopAt) {
        return endpoints().stream().filter(stopAt).findFirst();
    }

    /**
     * Returns the endpoint of this name.
     *
     * @throws io.cnm4j.api.error.InvalidRequestException if the name is blank
     * @throws io.cnm4j.api.error.NotFoundException if there is none
     */
    Endpoint endpointByName(String name);

    /**
     * Returns the endpoint with this id.
     *
     * @throws io.cnm4j.api.error.NotFoundException if there is none
     */
    Endpoint endpointById(EndpointId id);

    /**
     * Makes it other than it was requested, with all its endpoints: one commit and one plan, which is undone if a step fails. A request
     * that asks for it as it is now finds it with {@link NetworkController#createNetworkIfAbsent}.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it was deleted
     * @throws io.cnm4j.api.error.InvalidRequestException if it cannot be so, or is one of the default networks
     * @throws io.cnm4j.api.error.ConflictException if a subnet overlaps another
     * @throws io.cnm4j.api.error.UnsupportedException if its driver or IPAM driver cannot change that while it lives
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses a step; all is as before then
     */
    void update(NetworkUpdate update);

    /**
     * Deletes the network.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it is gone already
     * @throws io.cnm4j.api.error.InvalidRequestException if it is one of the default networks
     * @throws io.cnm4j.api.error.InUseException if it still has endpoints; the message names them
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses to remove something; the network stays, call again
     */
    void delete();

    /**
     * Deletes the network with its endpoints although its driver or IPAM driver is a plug-in that does not answer, or refuses: it is
     * asked once, then what it may still hold is forgotten and logged.
     *
     * @throws io.cnm4j.api.error.NotFoundException if it is gone already
     * @throws io.cnm4j.api.error.KernelException if the kernel refuses to remove something; the network stays, call again
     */
    void deleteByForce();
}
