package io.cnm4j.examples.crashlab;

import io.cnm4j.api.Endpoint;
import io.cnm4j.api.Network;
import io.cnm4j.api.NetworkController;
import io.cnm4j.api.model.EndpointRequest;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.PublishedPort;
import io.cnm4j.api.model.SandboxRequest;

/**
 * One call of the API.
 *
 * @param verb which
 * @param network name of the network, looked at by verbs that concern one
 * @param container the same of the container
 * @param endpoint the same of the endpoint
 */
record Step(Verb verb, String network, String container, String endpoint) {
    enum Verb {
        CREATE_NETWORK,
        DELETE_NETWORK,
        CREATE_SANDBOX,
        DESTROY_SANDBOX,
        CONNECT,
        DISCONNECT,
        CREATE_ENDPOINT,
        JOIN,
        LEAVE,
        DELETE_ENDPOINT
    }

    static Step parse(String text) {
        String[] words = text.split(" ", 4);
        return new Step(Verb.valueOf(words[0]), words[1], words[2], words[3]);
    }

    /** Returns what {@link #parse} reads. */
    @Override
    public String toString() {
        return verb + " " + network + " " + container + " " + endpoint;
    }

    boolean concernsNetworkItself() {
        return verb == Verb.CREATE_NETWORK || verb == Verb.DELETE_NETWORK;
    }

    boolean concernsContainer() {
        return switch (verb) {
            case CREATE_NETWORK, DELETE_NETWORK, CREATE_ENDPOINT, DELETE_ENDPOINT -> false;
            default -> true;
        };
    }

    boolean concernsEndpoint() {
        return !concernsNetworkItself() && verb != Verb.CREATE_SANDBOX && verb != Verb.DESTROY_SANDBOX;
    }

    /** Tells whether both may run at once and neither changes what the other one comes to. */
    boolean isBeside(Step other) {
        boolean sameNetwork = network.equals(other.network);
        return !(concernsContainer() && other.concernsContainer() && container.equals(other.container))
                && !(concernsEndpoint() && other.concernsEndpoint() && sameNetwork && endpoint.equals(other.endpoint))
                && !(sameNetwork && (concernsNetworkItself() || other.concernsNetworkItself()));
    }

    void run(NetworkController controller) {
        switch (verb) {
            case CREATE_NETWORK -> controller.createNetwork(request());
            case CREATE_SANDBOX -> controller.createSandbox(SandboxRequest.forContainer(container));
            case DESTROY_SANDBOX -> controller.destroySandbox(container);
            case DELETE_NETWORK -> on(controller).delete();
            case CREATE_ENDPOINT -> on(controller).createEndpoint(EndpointRequest.named(endpoint));
            case CONNECT -> on(controller).connect(controller.sandboxByContainer(container), published());
            case JOIN -> of(controller).join(controller.sandboxByContainer(container));
            case LEAVE -> of(controller).leave();
            case DISCONNECT -> of(controller).disconnect();
            case DELETE_ENDPOINT -> of(controller).delete();
        }
    }

    private Network on(NetworkController controller) {
        return controller.networkByName(network);
    }

    private Endpoint of(NetworkController controller) {
        return on(controller).endpointByName(endpoint);
    }

    /** Returns an endpoint that publishes, where that can be. */
    private EndpointRequest published() {
        var request = EndpointRequest.builder().name(endpoint);
        if (!isInternal()) {
            request.addPublish(PublishedPort.parse("80"), PublishedPort.parse("53/udp"));
        }
        return request.build();
    }

    private boolean isInternal() {
        return number() % 3 == 0;
    }

    /** Tells whether a network of this name is the plug-in's. */
    static boolean isOutside(String network) {
        return number(network) > 4;
    }

    private boolean hasIpamOutside() {
        return number() > 5;
    }

    private int number() {
        return number(network);
    }

    private static int number(String network) {
        return Integer.parseInt(network.substring(1));
    }

    /** Networks differ: every second one does IPv6 too, every third is internal, those after the fourth are of the plug-in. */
    private NetworkRequest request() {
        return NetworkRequest.builder()
                .name(network)
                .driver(isOutside(network) ? LabPlugin.NAME : "bridge")
                .ipam(hasIpamOutside() ? LabPlugin.NAME : "default")
                .ipv6(number() % 2 == 0)
                .internal(isInternal())
                .build();
    }
}
